#include "sandbox/run.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "files/descriptor.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace {

using Clock = std::chrono::steady_clock;

Descriptor checked(int fd) {
    if (fd < 0) throw Error(std::string("the sandbox cannot open a pipe: ") + std::strerror(errno));
    return Descriptor(fd);
}

/// Reads what is there; false at the end of the pipe, or once there is more than `most`.
bool read_some(int fd, std::string& text, std::uint64_t most) {
    std::array<char, 65536> buffer;
    for (int turn = 0; turn < 16; ++turn) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got < 0) return errno == EAGAIN || errno == EINTR;
        if (got == 0) return false;
        text.append(buffer.data(), static_cast<std::size_t>(got));
        if (text.size() > most) return false;
    }
    return true;
}

/// The limit behind a signal, as far as it can be told.
SandboxLimit limit_behind(const SandboxEnd& end, const SandboxLimits& limits, double seconds) {
    if (end.memory_exceeded && end.signal == SIGKILL) return SandboxLimit::memory;
    if (end.signal == SIGXCPU) return SandboxLimit::cpu_time;
    if (end.signal == SIGXFSZ) return SandboxLimit::file_size;
    // SIGXCPU was ignored: a second later comes this.
    if (end.signal == SIGKILL && end.cpu_seconds.value_or(seconds) >= limits.cpu_seconds) return SandboxLimit::cpu_time;
    return SandboxLimit::none;
}

}  // namespace

std::string_view name_of(SandboxLimit limit) {
    switch (limit) {
        case SandboxLimit::none:
            return "none";
        case SandboxLimit::wall_time:
            return "wall time";
        case SandboxLimit::cpu_time:
            return "processor time";
        case SandboxLimit::memory:
            return "memory";
        case SandboxLimit::file_size:
            return "file size";
        case SandboxLimit::output:
            return "output";
    }
    return "none";
}

std::string SandboxResult::how_it_ended(const SandboxLimits& limits) const {
    constexpr double mega = 1U << 20U;
    if (!started) return "was not started: " + output;
    switch (limit) {
        case SandboxLimit::none:
            break;
        case SandboxLimit::wall_time:
            return fmt::format("was stopped: it ran longer than {:g} s",
                               std::chrono::duration<double>(limits.wall).count());
        case SandboxLimit::cpu_time:
            return fmt::format("was stopped: it used more than {} s of processor time", limits.cpu_seconds);
        case SandboxLimit::memory:
            return fmt::format("was stopped: it used more than {:g} MB of memory",
                               static_cast<double>(limits.memory_bytes) / mega);
        case SandboxLimit::file_size:
            return fmt::format("was stopped: it wrote a file of more than {:g} MB",
                               static_cast<double>(limits.file_bytes) / mega);
        case SandboxLimit::output:
            return fmt::format("was stopped: it printed more than {:g} MB",
                               static_cast<double>(limits.output_bytes) / mega);
    }
    if (signal != 0) return std::string("was killed by signal ") + ::strsignal(signal);
    return fmt::format("exited with status {}", exit_status);
}

SandboxResult run_in_sandbox(const SandboxSpec& spec, const std::vector<std::string>& argv, int channel, int input) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw Error(std::string("the sandbox cannot open a pipe: ") + std::strerror(errno));
    Descriptor output = checked(ends[0]), output_end = checked(ends[1]);
    const Descriptor null = checked(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ::fcntl(output.get(), F_SETFL, O_NONBLOCK);

    const auto start = Clock::now();
    SandboxedProcess process(
        spec, argv,
        {.in = input >= 0 ? input : null.get(), .out = output_end.get(), .err = output_end.get(), .channel = channel});
    output_end.close();
    const SandboxLimits& limits = spec.limits;
    SandboxResult result;
    while (!process.has_ended()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(start + limits.wall - Clock::now()).count();
        if (left <= 0) result.limit = SandboxLimit::wall_time;
        if (process.cpu_seconds().value_or(0) > limits.cpu_seconds) result.limit = SandboxLimit::cpu_time;
        if (result.limit != SandboxLimit::none) break;
        std::array<pollfd, 2> watched{pollfd{output.get(), POLLIN, 0}, pollfd{process.ended_descriptor(), POLLIN, 0}};
        // Processor time of all together has no event to wait for: it is looked at twenty times a second.
        ::poll(watched.data(), watched.size(), static_cast<int>(std::min<long long>(left, 50)));
        if (watched[0].revents != 0 && !read_some(output.get(), result.output, limits.output_bytes)) output.close();
        if (result.output.size() > limits.output_bytes) result.limit = SandboxLimit::output;
        if (result.limit != SandboxLimit::none) break;
    }
    const SandboxEnd end = process.end();
    result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (output.get() >= 0) {  // what was on its way; whoever could write more is dead
        while (result.output.size() <= limits.output_bytes) {
            const std::size_t before = result.output.size();
            if (!read_some(output.get(), result.output, limits.output_bytes) || result.output.size() == before) break;
        }
    }
    if (result.output.size() > limits.output_bytes) {
        result.output.resize(limits.output_bytes);
        if (result.limit == SandboxLimit::none) result.limit = SandboxLimit::output;
    }
    result.started = end.started;
    result.cpu_seconds = end.cpu_seconds;
    result.processes_refused = end.processes_exceeded;
    if (!end.killed) {
        result.exit_status = end.exit_status;
        result.signal = end.signal;
        if (result.limit == SandboxLimit::none) result.limit = limit_behind(end, limits, result.seconds);
    }
    return result;
}

}  // namespace wb::grader
