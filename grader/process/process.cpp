#include "process/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <utility>

#include "files/descriptor.hpp"
#include "wb/errors.hpp"

extern char** environ;

namespace wb::grader {
namespace {

using Clock = std::chrono::steady_clock;

/// Groups alive now, for the signal handler: slots are claimed and freed by atomic exchange only.
std::array<std::atomic<pid_t>, 256> living_groups{};

class LivingGroup {
 public:
    explicit LivingGroup(pid_t group) {
        for (auto& slot : living_groups) {
            pid_t free = 0;
            if (slot.compare_exchange_strong(free, group)) {
                slot_ = &slot;
                return;
            }
        }
    }
    ~LivingGroup() {
        if (slot_) slot_->store(0);
    }
    LivingGroup(const LivingGroup&) = delete;
    LivingGroup& operator=(const LivingGroup&) = delete;

 private:
    std::atomic<pid_t>* slot_ = nullptr;
};

/// For the signal handler, which may run in the midst of anything: it reads the pointer once, and what that points to stays.
std::atomic<const std::string*> last_words{nullptr};

extern "C" void kill_groups_and_leave(int signal) {
    for (auto& slot : living_groups) {
        if (const pid_t group = slot.load(); group > 0) ::kill(-group, SIGKILL);
    }
    if (const std::string* words = last_words.load()) [[maybe_unused]]
        const auto written = ::write(STDOUT_FILENO, words->data(), words->size());
    ::_exit(128 + signal);
}

struct Pipe {
    Descriptor read, write;
};

/// Both ends above 10, so that no dup2 onto 0..3 in the child can overwrite one.
Pipe make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(std::string("cannot open a pipe: ") + std::strerror(errno));
    Descriptor low_read(ends[0]), low_write(ends[1]);
    Pipe pipe{Descriptor(::fcntl(ends[0], F_DUPFD_CLOEXEC, 10)), Descriptor(::fcntl(ends[1], F_DUPFD_CLOEXEC, 10))};
    if (!pipe.read.open() || !pipe.write.open()) throw Error("cannot open a pipe: too many open files");
    ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
    return pipe;
}

double cpu_seconds_of(const rusage& used) {
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> result;
    for (std::string& text : strings) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& extra) {
    std::vector<std::string> result;
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text(*entry);
        if (!extra.contains(std::string(text.substr(0, text.find('='))))) result.emplace_back(text);
    }
    for (const auto& [name, value] : extra) result.push_back(name + "=" + value);
    return result;
}

pid_t spawn(const ProcessOptions& options, const Pipe& output, const Pipe& results) {
    std::vector<std::string> argv = options.argv, environment = merged_environment(options.environment);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output.write.get(), 1);
    posix_spawn_file_actions_adddup2(&actions, output.write.get(), 2);
    if (results.write.open()) posix_spawn_file_actions_adddup2(&actions, results.write.get(), 3);
    posix_spawn_file_actions_addclosefrom_np(&actions, results.write.open() ? 4 : 3);
    if (!options.directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());
    sigset_t defaults, none;
    sigemptyset(&none);
    sigemptyset(&defaults);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&defaults, signal);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    pid_t pid = -1;
    const int error = ::posix_spawnp(&pid, argv[0].c_str(), &actions, &attributes, pointers(argv).data(),
                                     pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) throw Error("cannot start " + options.argv[0] + ": " + std::strerror(error));
    return pid;
}

/// Splits what arrives on descriptor 3 into lines, each at most `cap` bytes.
class LineReader {
 public:
    LineReader(const std::function<void(std::string_view)>& sink, std::size_t cap) : sink_(sink), cap_(cap) {}

    void feed(std::string_view bytes) {
        for (const char byte : bytes) {
            if (byte == '\n') {
                flush();
            } else if (line_.size() < cap_) {
                line_ += byte;
            }
        }
    }
    /// Hands over the line so far, newline or not.
    void flush() {
        if (!line_.empty() && sink_) sink_(line_);
        line_.clear();
    }

 private:
    const std::function<void(std::string_view)>& sink_;
    std::size_t cap_;
    std::string line_;
};

/// Reads what is there; false at the end of the pipe.
template <class Sink>
bool drain(const Descriptor& fd, Sink&& sink) {
    std::array<char, 1 << 16> buffer;
    for (int rounds = 0; rounds < 16; ++rounds) {  // then the other pipe's turn, and the clock's
        const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
        if (got > 0) {
            sink(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
        } else if (got == 0) {
            return false;
        } else if (errno == EAGAIN) {
            return true;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::string ProcessResult::how_it_ended() const {
    if (timed_out) return "was stopped after " + std::to_string(std::lround(seconds)) + " s";
    if (signal != 0) return std::string("was killed by signal ") + ::strsignal(signal);
    return "exited with status " + std::to_string(exit_status);
}

ProcessResult run_process(const ProcessOptions& options) {
    Pipe output = make_pipe();
    Pipe results = options.on_result ? make_pipe() : Pipe{};
    const auto start = Clock::now();
    const pid_t pid = spawn(options, output, results);
    const LivingGroup registered(pid);
    output.write.close();
    results.write.close();
    const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));

    ProcessResult result;
    LineReader lines(options.on_result, options.line_cap);
    const auto keep = [&](std::string_view bytes) {
        if (options.on_output) options.on_output(bytes);
        const std::size_t room = options.output_cap - std::min(options.output_cap, result.output.size());
        if (bytes.size() > room) result.output_cut = true;
        result.output.append(bytes.substr(0, room));
    };
    bool leader_left = false;
    Clock::time_point drain_until{};
    while (output.read.open() || results.read.open() || !leader_left) {
        const auto now = Clock::now();
        if (leader_left && now >= drain_until) break;  // someone outside the group holds a pipe: do not wait for them
        if (!leader_left && options.time_limit.count() > 0 && now - start >= options.time_limit) {
            result.timed_out = true;
            ::kill(-pid, SIGKILL);
        }
        std::array<pollfd, 3> watched{pollfd{output.read.get(), POLLIN, 0}, pollfd{results.read.get(), POLLIN, 0},
                                      pollfd{leader_left ? -1 : process.get(), POLLIN, 0}};
        ::poll(watched.data(), watched.size(), process.open() && !result.timed_out ? 50 : 5);
        if (output.read.open() && !drain(output.read, keep)) output.read.close();
        if (results.read.open() && !drain(results.read, [&](std::string_view b) { lines.feed(b); }))
            results.read.close();
        siginfo_t info{};
        if (!leader_left && ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid == pid) {
            leader_left = true;  // not reaped yet, so the group's number cannot be anyone else's
            ::kill(-pid, SIGKILL);
            drain_until = Clock::now() + std::chrono::seconds(1);
        }
    }
    lines.flush();
    int status = 0;
    rusage used{};
    while (::wait4(pid, &status, 0, &used) < 0 && errno == EINTR) {
    }
    result.cpu_seconds = cpu_seconds_of(used);
    result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (WIFEXITED(status)) result.exit_status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
    return result;
}

void exec_program(const std::vector<std::string>& argv) {
    std::vector<std::string> copy = argv;
    ::execvp(copy[0].c_str(), pointers(copy).data());
    throw Error("cannot start " + argv[0] + ": " + std::strerror(errno));
}

void kill_children_when_interrupted() {
    struct sigaction action {};
    action.sa_handler = kill_groups_and_leave;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

void say_when_interrupted(const std::string& words) {
    static std::array<std::string, 2> texts;  // a handler that still reads the one is not disturbed by the other
    static std::size_t next = 0;
    texts[next] = words;
    last_words.store(&texts[next]);
    next = 1 - next;
}

}  // namespace wb::grader
