#include "sandbox/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "sandbox/command.hpp"
#include "sandbox/filter.hpp"
#include "sandbox/launch.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

struct Ends {
    int read = -1, write = -1;
    Ends() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            throw Error(std::string("the sandbox cannot open a pipe: ") + std::strerror(errno));
        read = ends[0];
        write = ends[1];
    }
    ~Ends() {
        for (const int fd : {read, write}) {
            if (fd >= 0) ::close(fd);
        }
    }
    Ends(const Ends&) = delete;
    Ends& operator=(const Ends&) = delete;
    void close_write() { ::close(std::exchange(write, -1)); }
};

/// A user who is not root sees a file's last three permissions only, once it is staged where anyone may go.
void require_readable(const Shown& shown, uid_t user) {
    struct stat status {};
    if (::stat(shown.from.c_str(), &status) != 0)
        throw Error("the sandbox cannot show " + shown.from.string() + ": " + std::strerror(errno));
    const mode_t needed = S_ISDIR(status.st_mode) ? S_IROTH | S_IXOTH : S_IROTH;
    if (user != 0 && (status.st_mode & needed) != needed) {
        throw Error("the sandbox cannot show " + shown.from.string() + " to user " + std::to_string(user) +
                    ", whom root becomes before it starts a submission: the file is not readable for everyone. Run: "
                    "chmod -R o+rX " +
                    shown.from.string());
    }
}

int pidfd_of(pid_t process) {
    return static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
}

bool polls_readable(int fd, int milliseconds) {
    pollfd watched{fd, POLLIN, 0};
    int ready = 0;
    do {
        ready = ::poll(&watched, 1, milliseconds);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

}  // namespace

SandboxedProcess::SandboxedProcess(const SandboxSpec& spec, const std::vector<std::string>& argv,
                                   const SandboxStreams& streams) {
    if (spec.level == SandboxLevel::none)
        throw Error("this machine has no sandbox, and a program was to run in one; it was not started");
    if (spec.level != SandboxLevel::rlimits)
        group_ = std::make_unique<ControlGroup>(spec.level, group_folders(spec.level), spec.limits);
    launch(spec, argv, streams);
}

SandboxedProcess::~SandboxedProcess() {
    end();
    for (const int fd : {ended_, first_}) {
        if (fd >= 0) ::close(fd);
    }
}

void SandboxedProcess::launch(const SandboxSpec& spec, const std::vector<std::string>& argv,
                              const SandboxStreams& streams) {
    Launch launch;
    launch.become = ::geteuid() == 0 ? spec.uid : 0;
    std::vector<Shown> shown = spec.shown;
    shown.push_back(shown_entry());
    for (const Shown& one : shown) require_readable(one, launch.become);
    if (launch.become != 0) {
        launch.staged = shown;
        for (std::size_t i = 0; i < shown.size(); ++i)
            launch.staged[i].as = shown[i].from = fs::path(stage_folder) / std::to_string(i);
    }
    launch.argv = sandbox_command(spec, shown, argv);
    if (group_) launch.doors = group_->doors();

    Ends info, filter;
    const std::string& program = seccomp_filter();  // a few hundred bytes: a pipe holds them
    if (::write(filter.write, program.data(), program.size()) != static_cast<ssize_t>(program.size()))
        throw Error("the sandbox cannot hand over its filter");
    filter.close_write();
    launch.descriptors = {streams.in, streams.out, streams.err, streams.channel, info.write, filter.read};
    static_assert(info_descriptor == 4 && filter_descriptor == 5);
    // Bubblewrap leaves before the first process of its namespace, which would then be for the system's first process to bury: one that does
    // not bury, as in many containers, would gather a zombie for each sandbox. So it becomes ours.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_ = wb::grader::launch(launch);
    ended_ = pidfd_of(pid_);
    info.close_write();
    read_info(info.read);
}

void SandboxedProcess::read_info(int fd) {
    std::string text;
    std::array<char, 512> buffer;
    while (text.find('}') == std::string::npos) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return;  // it is over before it began
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    const std::string_view key = "\"child-pid\": ";
    const std::size_t at = text.find(key);
    if (at == std::string::npos) return;
    pid_t first = 0;
    std::from_chars(text.data() + at + key.size(), text.data() + text.size(), first);
    if (first > 0) first_ = pidfd_of(first);
}

bool SandboxedProcess::has_ended() {
    if (pid_ < 0) return true;
    if (::waitpid(pid_, &status_, WNOHANG) != pid_) return false;
    pid_ = -1;
    return true;
}

std::optional<double> SandboxedProcess::cpu_seconds() const {
    return group_ ? group_->cpu_seconds() : std::nullopt;
}

SandboxEnd SandboxedProcess::end() {
    if (end_) return *end_;
    SandboxEnd end;
    end.started = first_ >= 0;
    end.killed = !has_ended();
    if (end.killed) {
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
    }
    if (first_ >= 0) {
        ::syscall(SYS_pidfd_send_signal, first_, SIGKILL, nullptr, 0);
        polls_readable(first_, 10'000);  // in a moment, unless the kernel itself is stuck
        siginfo_t unused{};
        ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(first_), &unused, WEXITED | WNOHANG);
    }
    if (group_) {
        end.memory_exceeded = group_->memory_exceeded();
        end.processes_exceeded = group_->processes_exceeded();
        end.cpu_seconds = group_->cpu_seconds();
        group_.reset();
    }
    if (WIFSIGNALED(status_)) {
        end.signal = WTERMSIG(status_);
    } else if (const int status = WEXITSTATUS(status_); status > 128 && status <= 128 + SIGRTMAX) {
        end.signal = status - 128;
    } else if (end.started) {
        end.exit_status = status;
    }
    end_ = end;
    return end;
}

}  // namespace wb::grader
