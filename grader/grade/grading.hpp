/// @file
/// Grades one submission: builds its workers, runs the judges, fills the report. Exercises are graded side by side; the report is
/// handed over after each, whole, so that whoever writes it loses nothing when the grader is killed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "course/course.hpp"
#include "report/report.hpp"
#include "sandbox/spec.hpp"
#include "submission/object_cache.hpp"

namespace wb::grader {

/// Where the chapters of a submission lie.
struct Submission {
    std::string name;              ///< for reports: the folder's name
    std::filesystem::path folder;  ///< holds NN_name/ folders, or is one
    bool one_chapter = false;      ///< `folder` is itself a chapter's

    [[nodiscard]] std::filesystem::path chapter_folder(const Chapter& chapter) const;
};

/// Recognises a submission.
/// @throws UsageError  when the folder is not there, or holds no chapter of the course
Submission open_submission(const Course& course, const std::filesystem::path& folder);

struct GradingOptions {
    std::uint64_t seed = 1;
    int jobs = 1;
    int threads = 0;                           ///< of a judge and its workers; 0: this machine's processors / jobs
    double seconds = 0;                        ///< time limit of every test; 0: as chapter.toml says
    bool mutants = false;                      ///< compile with the quick flags
    std::filesystem::path workers = {};        ///< where workers are kept; empty: build/<preset>/workers
    std::filesystem::path failures = {};       ///< where failing questions are kept; empty: nowhere
    std::optional<SandboxSpec> sandbox = {};   ///< in which compilers and workers run; none: as we do
    bool trusted = false;                      ///< and there is none on purpose, where strangers are graded
    std::vector<std::string> only_tests = {};  ///< empty: all tests of the selected exercises
    /// Called with the whole report so far and the exercise that just ended, never by two threads at once.
    std::function<void(const Report&, const ExerciseReport&)> on_exercise = {};
};

/// What a report says of it: a level's name, "none" or "none, on purpose".
std::string sandbox_in_words(const GradingOptions& options);

/// A report in which nothing has run yet: every test `skipped`, with its points, and a message that says so.
Report empty_report(const Submission& submission, const std::vector<Selection>& selection);

/// Grades what is selected. Faults of the course or the machine while grading (a judge that cannot start, cases that cannot be
/// made) end in the report as crashed tests and are listed in `faults`.
/// @throws Error  when nothing can be graded at all: no compiler, a chapter that is not built
Report grade(const Course& course, const Toolchain& toolchain, const Submission& submission,
             const std::vector<Selection>& selection, const GradingOptions& options, std::vector<std::string>& faults);

}  // namespace wb::grader
