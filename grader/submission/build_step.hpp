/// @file
/// One step of making a program from a submission's files: rewriter, compiler, linker. They read what a stranger wrote, so for a class they
/// run in a sandbox, where `#include "/etc/shadow"` and `.incbin` find nothing and a template without end is cut off.
#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "report/cost.hpp"
#include "sandbox/spec.hpp"

namespace wb::grader {

/// A step: commands that run one after another until one fails. In their words, "{out}" stands for a fresh folder they may write to.
struct BuildStep {
    std::vector<std::vector<std::string>> commands = {};
    std::vector<std::string> made = {};  ///< names in {out} that are wanted afterwards
    std::vector<std::filesystem::path> reads =
        {};  ///< files and folders it reads, besides the system's and those a Builder always shows
    std::chrono::seconds time_limit{120};
};

/// How it ended.
struct BuildEnd {
    bool ok = false;  ///< every command exited with 0, and what is `made` is there
    bool timed_out = false;
    std::string output;        ///< of all commands
    std::string how_it_ended;  ///< "exited with status 1", "was stopped: it used more than 4096 MB of memory"
    double cpu_seconds = 0;    ///< in a sandbox: where control groups count
};

/// Runs steps, at this machine's desk or in a sandbox. Safe to call from several threads.
class Builder {
 public:
    /// @param sandbox  none: steps run as we do
    /// @param tools  what every step may read: the workbook's headers and libraries
    explicit Builder(std::optional<SandboxSpec> sandbox = {}, std::vector<std::filesystem::path> tools = {});

    /// Leaves what was made in `into`, a folder that is there and empty. Its names there are those of `made`.
    /// @throws Error  when a tool cannot be started, or the sandbox cannot be set up: no fault of the submission
    [[nodiscard]] BuildEnd run(const BuildStep& step, const std::filesystem::path& into) const;

    /// Whether each step has a sandbox of its own to start.
    [[nodiscard]] bool holds() const { return sandbox_.has_value(); }

    /// The folder that "{out}" becomes: `into`, or what it is called in the sandbox.
    [[nodiscard]] std::string out(const std::filesystem::path& into) const;

    /// Of all steps so far.
    [[nodiscard]] BuildCost cost() const;

 private:
    BuildEnd run_here(const BuildStep& step, const std::filesystem::path& into) const;
    BuildEnd run_held(const BuildStep& step, const std::filesystem::path& into) const;

    std::optional<SandboxSpec> sandbox_;
    std::vector<std::filesystem::path> tools_;
    mutable std::mutex counting_;
    mutable BuildCost cost_;
};

}  // namespace wb::grader
