/// @file
/// The judge's side of a worker: starts the process, asks, waits no longer than it may, and says in one sentence what went wrong.
/// Invariant: when a WorkerHost is gone, its process group is gone and reaped; in a sandbox, whatever it started is gone, too.
/// Not thread-safe; one test owns one host at a time.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "judge/verdict.hpp"
#include "probe/codec.hpp"
#include "sandbox/process.hpp"

namespace wb::grader {

/// One worker process and the pipe to it.
class WorkerHost {
 public:
    using Clock = std::chrono::steady_clock;

    /// Starts `executable`. @throws Verdict (protocol_error) when it cannot be started
    explicit WorkerHost(const std::string& executable);
    /// The same in a sandbox: the worker sees its own program and what `sandbox` shows.
    WorkerHost(const std::string& executable, const SandboxSpec& sandbox);
    ~WorkerHost();
    WorkerHost(const WorkerHost&) = delete;
    WorkerHost& operator=(const WorkerHost&) = delete;

    /// Sends one frame and returns the payload of the answer.
    /// @throws Verdict crashed, timed_out or protocol_error; the worker is gone afterwards
    Bytes exchange(const Bytes& payload, Clock::time_point deadline);

    /// Ends the worker, if it has not ended by itself.
    /// @return processor time of all its processes, in seconds; 0 where no control group counts them
    double end();

    /// What the submission has printed so far, its middle cut out when it is long.
    [[nodiscard]] std::string printed() const;

    /// Most bytes kept of what a submission prints: this many from the start and this many from the end.
    static constexpr std::size_t kept_output = 16384;

 private:
    void start(const std::string& executable, const SandboxSpec* sandbox);
    void pump(const Bytes& out, std::size_t& sent, Bytes& in, std::size_t wanted, Clock::time_point deadline);
    void drain();
    void keep(std::string_view text);
    [[noreturn]] void gone(std::size_t bytes_of_answer);
    std::string how_it_died();
    std::string how_the_sandbox_ended();
    void kill_group();

    pid_t pid_ = -1;                             ///< -1 when it is gone, or in a sandbox
    std::unique_ptr<SandboxedProcess> sandbox_;  ///< null when it is gone, or in none
    std::uint64_t memory_bytes_ = 0;             ///< that the sandbox allows
    double cpu_seconds_ = 0;                     ///< that it counted, once it is gone
    int channel_ = -1;                           ///< socket on which frames travel
    int output_ = -1;                            ///< the worker's stdout and stderr
    std::string head_, tail_;
    std::uint64_t printed_bytes_ = 0;
};

/// First problem that a sanitizer's report names, with the place in the submission: "heap-buffer-overflow: READ of size 4 at
/// row_softmax.cu:41 (row_softmax_kernel)". Empty when `text` holds no such report.
std::string sanitizer_summary(const std::string& text);

}  // namespace wb::grader
