/// @file
/// Runs a program in a sandbox to its end, within limits on time and output too, and says in one sentence how it ended.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/process.hpp"
#include "sandbox/spec.hpp"

namespace wb::grader {

/// The limit that ended a program.
enum class SandboxLimit { none, wall_time, cpu_time, memory, file_size, output };
std::string_view name_of(SandboxLimit limit);

struct SandboxResult {
    bool started = false;  ///< false: `output` says why bubblewrap could not
    SandboxLimit limit = SandboxLimit::none;
    int exit_status = -1;            ///< -1: see signal
    int signal = 0;                  ///< that ended the program itself, or 0
    bool processes_refused = false;  ///< it asked for more processes than it may have; forks fail then, nothing ends
    double seconds = 0;
    std::optional<double> cpu_seconds;  ///< of all its processes, where control groups count
    std::string output;                 ///< stdout and stderr as they came, at most limits.output_bytes

    [[nodiscard]] bool ok() const { return started && limit == SandboxLimit::none && exit_status == 0; }
    /// "exited with status 3", "was killed by signal Segmentation fault", "was stopped: it used more than 2 s of processor time".
    [[nodiscard]] std::string how_it_ended(const SandboxLimits& limits) const;
};

/// Runs `argv`, as it is called inside. When the call returns, nothing of it is left.
/// @param channel  its descriptor 3; the caller keeps and closes it
/// @param input    its descriptor 0, likewise; -1: /dev/null
/// @throws Error  when there is no sandbox, or a tool is missing
SandboxResult run_in_sandbox(const SandboxSpec& spec, const std::vector<std::string>& argv, int channel = -1,
                             int input = -1);

}  // namespace wb::grader
