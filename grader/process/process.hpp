/// @file
/// Programs that the grader starts: compilers, case makers, judges. Each runs in a process group of its own, with
/// /dev/null as input, no file descriptor but 0..2 (and 3 when results are asked for), a time limit, and a cap on what
/// is kept of its output. When the call returns, nothing of the group is left. Safe to call from several threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wb::grader {

/// What to run, and how long and how loud it may be.
struct ProcessOptions {
    std::vector<std::string> argv = {};                   ///< program (looked up in PATH) and arguments; no shell
    std::filesystem::path directory = {};                 ///< where it runs; empty: where we are
    std::map<std::string, std::string> environment = {};  ///< set on top of ours
    std::chrono::milliseconds time_limit{60'000};         ///< then the whole group is killed; zero: no limit
    std::size_t output_cap = 256 * 1024;  ///< bytes kept of stdout and stderr together; the rest is read and dropped
    std::size_t line_cap = 1 << 20;       ///< a longer line on descriptor 3 is cut there
    std::function<void(std::string_view)> on_result = {};  ///< gets each line that is written to descriptor 3
    std::function<void(std::string_view)> on_output = {};  ///< gets stdout and stderr as they come
};

/// How it ended.
struct ProcessResult {
    int exit_status = -1;     ///< of exit(), -1 when a signal ended it
    int signal = 0;           ///< that ended it, or 0
    bool timed_out = false;   ///< killed by us at the time limit
    bool output_cut = false;  ///< more came than output_cap
    double seconds = 0;
    double cpu_seconds = 0;  ///< of it and of all that it started and waited for
    std::string output;      ///< stdout and stderr as they came

    [[nodiscard]] bool ok() const { return exit_status == 0 && !timed_out; }
    /// "exited with status 3", "was killed by signal Segmentation fault", "was stopped after 60 s".
    [[nodiscard]] std::string how_it_ended() const;
};

/// Runs a program to its end.
/// @throws Error  naming the program when it cannot be started at all
ProcessResult run_process(const ProcessOptions& options);

/// Replaces this process; returns only by throwing.
/// @throws Error  naming the program when it cannot be started
[[noreturn]] void exec_program(const std::vector<std::string>& argv);

/// From now on SIGINT, SIGTERM and SIGHUP kill every group that run_process has started, then this process (status 128
/// + signal).
void kill_children_when_interrupted();
/// What goes to standard output when that happens, such as the words that give a terminal back; empty: nothing. The last call counts.
void say_when_interrupted(const std::string& words);

}  // namespace wb::grader
