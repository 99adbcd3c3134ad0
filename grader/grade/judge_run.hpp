/// @file
/// One run of a chapter's judge: the plan it gets, the lines it answers on descriptor 3, and what is made of them.
/// Fail-closed: a test passes only by a line that says so; what the judge did not say counts as crashed.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "course/course.hpp"
#include "report/report.hpp"
#include "sandbox/spec.hpp"

namespace wb::grader {

/// How one test ended, by the judge.
struct TestEnd {
    TestStatus status = TestStatus::crashed;
    double seconds = 0;
    std::string message;
};

/// Collects the judge's lines. Lines that are no result, and results of tests that nobody asked for, are ignored; of two ends
/// of one test the one that is not `passed` stands.
class JudgeLog {
 public:
    void line(std::string_view text);

    std::map<std::string, TestEnd> ends;
    std::vector<std::string> started;
    std::map<std::string, double> metrics;
    std::string how_the_judge_ended;      ///< "exited with status 1": for tests that have no end
    std::string judge_output;             ///< what it printed, for the same
    WorkerCost workers;                   ///< nothing when the judge did not come to its end
    double seconds = 0, cpu_seconds = 0;  ///< of the judge; the latter also of workers without a sandbox
};

/// What a judge is asked to do.
struct JudgeRun {
    std::string exercise;  ///< whose tests, "2.8"
    std::filesystem::path judge, cases, failures, scratch;
    std::map<Build, std::filesystem::path> workers;
    std::vector<TestSpec> tests;
    std::optional<SandboxSpec> sandbox = {};  ///< for the workers
    int threads = 1;                          ///< for OpenMP and OpenBLAS in the judge and its workers
};

/// Runs the judge to its end, or until all its tests' time is up.
/// @throws Error  when it cannot be started
JudgeLog run_judge(const JudgeRun& run);

/// The exercise's tests with their points. A skipped test has no points to earn or lose.
/// @param note  added to the message of each test that did not pass; may be empty
ExerciseReport scored(const Exercise& exercise, const std::vector<TestSpec>& tests, const JudgeLog& log,
                      const std::string& note);

/// Every test of the exercise with the same status and message, no points; questions too.
ExerciseReport refused(const Exercise& exercise, TestStatus status, const std::string& message);

}  // namespace wb::grader
