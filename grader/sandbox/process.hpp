/// @file
/// A program running in a sandbox: started, watched, ended.
/// Invariant: when a SandboxedProcess is gone, nothing that it started is running: the first process of its namespace is dead, which
/// the kernel lets happen only after all others of that namespace; it is reaped, and its control group is removed. This process becomes a
/// subreaper for that (prctl), so other orphans of its children come to it, too. Not thread-safe; start one from any thread.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/control_group.hpp"
#include "sandbox/spec.hpp"

namespace wb::grader {

/// Descriptors that the program gets; the caller keeps and closes them. Nothing else is open in it.
struct SandboxStreams {
    int in = -1, out = -1, err = -1;
    int channel = -1;  ///< its descriptor 3; -1: it has none
};

/// How a sandboxed program ended.
struct SandboxEnd {
    int exit_status = -1;  ///< -1 when a signal ended it, or the sandbox did not start
    int signal = 0;        ///< of the program, or 0; an exit status of 128 + n is taken for signal n
    bool started = false;  ///< false: bubblewrap could not set the sandbox up, and said why on `err`
    bool killed = false;   ///< it was still running when end() was called
    bool memory_exceeded = false, processes_exceeded = false;  ///< where control groups count
    std::optional<double> cpu_seconds;                         ///< of all its processes, where control groups count
};

class SandboxedProcess {
 public:
    /// Starts `argv`, as it is called inside. Run by root, it first becomes spec.uid.
    /// @throws Error  when there is no sandbox (level none), a tool is missing, or what is to be shown cannot be read by that user
    SandboxedProcess(const SandboxSpec& spec, const std::vector<std::string>& argv, const SandboxStreams& streams);
    ~SandboxedProcess();
    SandboxedProcess(const SandboxedProcess&) = delete;
    SandboxedProcess& operator=(const SandboxedProcess&) = delete;

    /// A descriptor that polls readable when the program has ended.
    [[nodiscard]] int ended_descriptor() const { return ended_; }
    /// Whether the program, not only the sandbox around it, is through.
    [[nodiscard]] bool has_ended();
    /// Processor time of all its processes so far, where control groups count.
    [[nodiscard]] std::optional<double> cpu_seconds() const;

    /// Kills what is left and waits until it is gone.
    SandboxEnd end();

 private:
    void launch(const SandboxSpec& spec, const std::vector<std::string>& argv, const SandboxStreams& streams);
    void read_info(int fd);

    std::unique_ptr<ControlGroup> group_;
    pid_t pid_ = -1;  ///< bubblewrap, our child; -1 once reaped
    int ended_ = -1;  ///< pidfd of pid_
    int first_ = -1;  ///< pidfd of the first process in the sandbox's namespace; -1: not started
    int status_ = 0;  ///< of waitpid
    std::optional<SandboxEnd> end_;
};

}  // namespace wb::grader
