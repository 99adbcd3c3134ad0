/// @file
/// The one report that every format is written from (design.md, "The command"): terminal, JSON, Gradescope, JUnit.
/// Invariant kept by those who fill it: every test of every exercise that was asked for is there, run or not, with the points that
/// could be had; messages are valid UTF-8 without control characters but newline and tab (see clean_text), so any writer may print them.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "report/cost.hpp"

namespace wb::grader {

/// How a test or a question ended. Only `passed` earns points.
enum class TestStatus {
    passed,
    failed,
    not_implemented,
    compile_error,
    crashed,
    timed_out,
    protocol_error,
    skipped,  ///< not run: neither earns nor costs when max_score is 0
    manual,   ///< a text that a person marks
};

/// The report's word, e.g. "timed_out"; and back. An unknown word gives protocol_error.
std::string_view name_of(TestStatus status);
TestStatus status_from_name(std::string_view name);

struct TestReport {
    std::string name;
    TestStatus status = TestStatus::skipped;
    double score = 0, max_score = 0;
    std::string visibility = "visible";
    double seconds = 0;
    std::string message;

    /// The line of the message that names a known mistake by the numbers it makes (see judge/case.hpp), without blanks before it; else empty.
    [[nodiscard]] std::string named_mistake() const;
};

struct ExerciseReport {
    std::string id, title;
    std::vector<TestReport> tests;
    GradingCost cost = {};
    std::string sandbox =
        {};  ///< the level that held it (see name_of(SandboxLevel)), "none" or "none, on purpose"; empty: not graded

    [[nodiscard]] double score() const;
    [[nodiscard]] double max_score() const;
    /// Every test that could fail has passed; texts for a person and skipped variants do not count against it.
    [[nodiscard]] bool passed() const;
    /// The status that all tests that did not pass share; `failed` when they differ; `passed` when none is left, or `skipped` when nothing
    /// was run.
    [[nodiscard]] TestStatus outcome() const;
};

struct ChapterReport {
    std::string id, title;
    std::vector<ExerciseReport> exercises;
    std::map<std::string, double> metrics;

    [[nodiscard]] double score() const;
    [[nodiscard]] double max_score() const;
};

struct Report {
    std::string submission;
    std::vector<ChapterReport> chapters;

    [[nodiscard]] double score() const;
    [[nodiscard]] double max_score() const;
    [[nodiscard]] bool passed() const;
    [[nodiscard]] double seconds() const;  ///< of all tests together
    /// The sandbox of its exercises. Several, when it was graded on several machines: "rlimits; cgroup_v2". Empty when nothing is known of it.
    [[nodiscard]] std::string sandbox() const;
};

/// `text` as a report may hold it: valid UTF-8 (other bytes become U+FFFD), no terminal escapes, at most `cap` bytes, with a last
/// line that says so when it was cut.
std::string clean_text(std::string_view text, std::size_t cap = 16 * 1024);

/// Schema 1, as design.md shows it.
nlohmann::ordered_json to_json(const Report& report);

/// Where copies of the report go; an empty path means not wanted.
struct ReportFiles {
    std::filesystem::path json, gradescope, junit, classroom;
};

/// Writes the wanted files, each atomically.
/// @throws FileError  naming the file that cannot be written
void write_report_files(const Report& report, const ReportFiles& files);

/// Gradescope's results.json (autograder_samples docs/specs.md): one entry a test, hidden ones kept hidden.
std::string gradescope_text(const Report& report);
/// What GitHub Classroom's autograding-grading-reporter reads of a runner (its src/): one entry an exercise, whose score may be a part of its
/// points. Tests that are not visible lend points, not words.
std::string classroom_text(const Report& report);
/// JUnit XML as CI systems read it: a testsuite an exercise; not_implemented and failed are failures, crashes are errors.
std::string junit_text(const Report& report);
/// Its testsuites alone, for a document of several reports; `prefix` comes before their names.
struct JunitSuites {
    std::string text;
    int tests = 0, failures = 0, errors = 0;
};
JunitSuites junit_suites(const Report& report, const std::string& prefix);

}  // namespace wb::grader
