#include "judge/worker_host.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "judge/frame_fault.hpp"
#include "probe/reply.hpp"

namespace wb::grader {
namespace {

using std::chrono::milliseconds;

int milliseconds_until(WorkerHost::Clock::time_point deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - WorkerHost::Clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, 3'600'000));
}

std::string signal_sentence(int signal) {
    const char* name = sigabbrev_np(signal);
    const char* words = sigdescr_np(signal);
    return "killed by SIG" + std::string(name != nullptr ? name : "?") + " (" +
           (words != nullptr ? words : "unknown signal") + ")";
}

std::string exit_sentence(int status) {
    return "exited with status " + std::to_string(status) + " before answering";
}

}  // namespace

WorkerHost::WorkerHost(const std::string& executable) {
    start(executable, nullptr);
}

WorkerHost::WorkerHost(const std::string& executable, const SandboxSpec& sandbox) {
    start(executable, &sandbox);
}

void WorkerHost::start(const std::string& executable, const SandboxSpec* sandbox) {
    std::array<int, 2> channel{};
    std::array<int, 2> output{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel.data()) != 0 ||
        ::pipe2(output.data(), O_CLOEXEC) != 0) {
        throw Verdict(Status::protocol_error, std::string("cannot open a pipe to the worker: ") + std::strerror(errno));
    }
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    std::string fault;
    if (sandbox != nullptr) {
        SandboxSpec spec = *sandbox;
        spec.shown.push_back({executable, "/w/worker"});
        memory_bytes_ = spec.limits.memory_bytes;
        try {
            sandbox_ = std::make_unique<SandboxedProcess>(
                spec, std::vector<std::string>{"/w/worker"},
                SandboxStreams{.in = null, .out = output[1], .err = output[1], .channel = channel[1]});
        } catch (const Error& error) {
            fault = error.what();
        }
    } else if (pid_ = ::fork(); pid_ == 0) {
        // Only async-signal-safe calls from here to exec. The worker gets stdin, stdout, stderr and its channel; nothing else.
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        ::dup2(null, 0);
        ::dup2(output[1], 1);
        ::dup2(output[1], 2);
        if (channel[1] == worker_channel) {
            ::fcntl(worker_channel, F_SETFD, 0);
        } else {
            ::dup2(channel[1], worker_channel);
        }
        ::close_range(worker_channel + 1, ~0U, 0);
        char* const argv[] = {const_cast<char*>(executable.c_str()), nullptr};
        ::execv(executable.c_str(), argv);
        ::_exit(127);
    }
    if (sandbox == nullptr && pid_ < 0) fault = std::strerror(errno);
    ::close(null);
    ::close(channel[1]);
    ::close(output[1]);
    channel_ = channel[0];
    output_ = output[0];
    if (!fault.empty()) {  // the destructor does not run
        ::close(channel_);
        ::close(output_);
        throw Verdict(Status::protocol_error, "cannot start a worker: " + fault);
    }
    if (pid_ > 0) ::setpgid(pid_, pid_);
    ::fcntl(channel_, F_SETFL, O_NONBLOCK);
    ::fcntl(output_, F_SETFL, O_NONBLOCK);
}

WorkerHost::~WorkerHost() {
    kill_group();
    if (channel_ >= 0) ::close(channel_);
    if (output_ >= 0) ::close(output_);
}

double WorkerHost::end() {
    kill_group();
    return cpu_seconds_;
}

void WorkerHost::kill_group() {
    if (sandbox_) cpu_seconds_ = sandbox_->end().cpu_seconds.value_or(0);
    sandbox_.reset();
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
}

void WorkerHost::keep(std::string_view text) {
    printed_bytes_ += text.size();
    if (head_.size() < kept_output) {
        const std::size_t room = std::min(kept_output - head_.size(), text.size());
        head_.append(text.substr(0, room));
        text.remove_prefix(room);
    }
    tail_.append(text);
    if (tail_.size() > 2 * kept_output) tail_.erase(0, tail_.size() - kept_output);
}

void WorkerHost::drain() {
    std::array<char, 65536> buffer;
    for (int i = 0; i < 64; ++i) {  // at most 4 MB a turn, so that a flood cannot hold the judge here past its deadline
        const ssize_t got = ::read(output_, buffer.data(), buffer.size());
        if (got <= 0) return;
        keep(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    }
}

std::string WorkerHost::printed() const {
    const std::string tail = tail_.size() > kept_output ? tail_.substr(tail_.size() - kept_output) : tail_;
    const std::uint64_t cut = printed_bytes_ - head_.size() - tail.size();
    if (cut == 0) return head_ + tail;
    return head_ + "\n[... " + std::to_string(cut) + " bytes left out ...]\n" + tail;
}

void WorkerHost::pump(const Bytes& out, std::size_t& sent, Bytes& in, std::size_t wanted, Clock::time_point deadline) {
    std::size_t got = 0;
    in.resize(wanted);
    while (sent < out.size() || got < wanted) {
        const int timeout = milliseconds_until(deadline);
        if (timeout == 0) {
            drain();
            kill_group();
            throw Verdict(Status::timed_out, "no answer within the time limit");
        }
        // Bytes beyond what is wanted stay in the socket; the next exchange finds them and calls them garbage.
        const int interest = (got < wanted ? POLLIN : 0) | (sent < out.size() ? POLLOUT : 0);
        std::array<pollfd, 2> events{pollfd{channel_, static_cast<short>(interest), 0}, pollfd{output_, POLLIN, 0}};
        if (::poll(events.data(), events.size(), timeout) < 0 && errno != EINTR) continue;
        if ((events[1].revents & POLLIN) != 0) drain();
        if ((events[1].revents & (POLLHUP | POLLERR)) != 0 && (events[1].revents & POLLIN) == 0) {
            ::close(output_);  // a submission may close its stdout; poll skips a negative descriptor
            output_ = -1;
        }
        if ((events[0].revents & POLLOUT) != 0) {
            const ssize_t put = ::send(channel_, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
            if (put > 0) sent += static_cast<std::size_t>(put);
            if (put < 0 && errno != EAGAIN && errno != EINTR && (events[0].revents & POLLIN) == 0) gone(got);
        }
        if ((events[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            if (got == wanted) gone(got);  // the question was not read to its end
            const ssize_t read = ::recv(channel_, in.data() + got, wanted - got, 0);
            if (read > 0) {
                got += static_cast<std::size_t>(read);
            } else if (read == 0 || (errno != EAGAIN && errno != EINTR)) {
                gone(got);
            }
        }
    }
}

/// Waits for a worker in no sandbox, and says how it ended; empty when it goes on running.
std::string WorkerHost::how_it_died() {
    int status = 0;
    pid_t reaped = 0;
    // The channel is closed, so the process has died or is about to; one that only closed the channel gets a second to end.
    for (int i = 0; i < 100 && (reaped = ::waitpid(pid_, &status, WNOHANG)) == 0; ++i) {
        drain();
        ::poll(nullptr, 0, 10);
    }
    drain();
    if (reaped != pid_) return "";
    ::kill(-pid_, SIGKILL);  // children that the submission left behind
    pid_ = -1;
    return WIFSIGNALED(status) ? signal_sentence(WTERMSIG(status)) : exit_sentence(WEXITSTATUS(status));
}

/// The same of a worker in a sandbox.
std::string WorkerHost::how_the_sandbox_ended() {
    for (int i = 0; i < 100 && !sandbox_->has_ended(); ++i) {
        drain();
        ::poll(nullptr, 0, 10);
    }
    drain();
    if (!sandbox_->has_ended()) return "";
    const SandboxEnd end = sandbox_->end();
    cpu_seconds_ = end.cpu_seconds.value_or(0);
    sandbox_.reset();
    if (!end.started) throw Verdict(Status::protocol_error, "the sandbox did not start: " + printed());
    if (end.memory_exceeded && end.signal == SIGKILL)
        return "killed: it used more than the " + std::to_string(memory_bytes_ >> 20U) +
               " MB of memory that a submission may";
    return end.signal != 0 ? signal_sentence(end.signal) : exit_sentence(end.exit_status);
}

void WorkerHost::gone(std::size_t bytes_of_answer) {
    std::string sentence = sandbox_ ? how_the_sandbox_ended() : how_it_died();
    if (sentence.empty()) {
        kill_group();
        throw Verdict(Status::protocol_error, "closed the pipe to the judge and went on running");
    }
    if (const std::string summary = sanitizer_summary(printed()); !summary.empty())
        throw Verdict(Status::crashed, summary);
    if (bytes_of_answer > 0) sentence += ", in the middle of an answer";
    throw Verdict(Status::crashed, sentence);
}

Bytes WorkerHost::exchange(const Bytes& payload, Clock::time_point deadline) {
    if (pid_ <= 0 && !sandbox_) throw Verdict(Status::crashed, "the worker is gone");
    FrameHeader question;
    if (::getrandom(question.nonce.data(), question.nonce.size(), 0) != static_cast<ssize_t>(question.nonce.size())) {
        throw Verdict(Status::protocol_error, "the system gives no random bytes");
    }
    question.size = payload.size();
    Bytes frame(sizeof question + payload.size());
    std::memcpy(frame.data(), &question, sizeof question);
    if (!payload.empty()) std::memcpy(frame.data() + sizeof question, payload.data(), payload.size());

    std::size_t sent = 0;
    Bytes bytes;
    pump(frame, sent, bytes, sizeof(FrameHeader), deadline);
    FrameHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    if (const std::string fault = frame_fault(header, question); !fault.empty()) {
        kill_group();
        throw Verdict(Status::protocol_error, fault);
    }
    pump(frame, sent, bytes, header.size, deadline);
    drain();
    return bytes;
}

}  // namespace wb::grader
