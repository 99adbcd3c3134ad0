/// @file
/// The commands of ./workbook, one a file. main.cpp reads the command line and calls one of them.
/// Each returns the exit status: 0 all that was asked passed, 1 something failed. What is wrong with the request or the machine is
/// thrown (UsageError, Error) and ends in status 2 and one line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "course/course.hpp"
#include "report/report.hpp"
#include "submission/toolchain.hpp"

namespace wb::grader {

/// What every command works on.
struct Desk {
    Course course;
    Toolchain toolchain;

    [[nodiscard]] const std::filesystem::path& root() const { return course.root; }
    /// Where the commands remember things: hints shown, results so far.
    [[nodiscard]] std::filesystem::path memory() const { return course.root / "build"; }
    /// `given`, or the student's own starter/.
    [[nodiscard]] std::filesystem::path submission(const std::filesystem::path& given) const {
        return given.empty() ? course.root / "starter" : given;
    }
    /// Where questions that a submission failed are kept.
    [[nodiscard]] std::filesystem::path failures(const std::string& submission_name) const {
        return toolchain.build_dir / "failures" / submission_name;
    }
};

int list_command(const Desk& desk);

struct StatusOptions {
    std::filesystem::path submission;
};
int status_command(const Desk& desk, const StatusOptions& options);

struct CheckOptions {
    std::vector<std::string> words;  ///< exercises and chapters; none: everything
    std::filesystem::path submission;
    bool watch = false;
    ReportFiles files;
    int jobs = 1;
    std::uint64_t seed = 1;
    double seconds = 0;  ///< time limit of every test; 0: as chapter.toml says
};
int check_command(const Desk& desk, const CheckOptions& options);

struct GradeOptions {
    std::vector<std::filesystem::path> submissions;
    std::vector<std::string> chapters;
    ReportFiles files;
    int jobs = 1;
    std::uint64_t seed = 1;
    double seconds = 0;
    bool sandbox = false;  ///< run submissions where they can do no harm
};
int grade_command(const Desk& desk, const GradeOptions& options);

int hint_command(const Desk& desk, const std::string& exercise);
int reset_command(const Desk& desk, const std::string& exercise, bool yes, const std::filesystem::path& submission);
int debug_command(const Desk& desk, const std::string& exercise, const std::filesystem::path& submission);
int starter_command(const Desk& desk, bool check);

struct MutantOptions {
    std::vector<std::string> words;
    int jobs = 1;
};
int mutants_command(const Desk& desk, const MutantOptions& options);
int alternates_command(const Desk& desk, const MutantOptions& options);

struct RunOptions {
    std::string name;
    std::filesystem::path submission;  ///< empty: solutions/, or starter/ where there are none
    std::vector<std::string> arguments;
};
int run_command(const Desk& desk, const RunOptions& options);

struct DatasetOptions {
    std::string action, name;  ///< "fetch" and what; empty: list
    std::string from;          ///< an address or folder instead of the manifest's
};
int datasets_command(const Desk& desk, const DatasetOptions& options);

struct ProfileOptions {
    std::string what;   ///< an exercise, or a .cu file
    std::string entry;  ///< of a file without main: the function without arguments to call
    std::filesystem::path submission;
    int l2_kib = 0;    ///< of the L2 model; 0: the engine's own choice
    bool all = false;  ///< every instance of a kernel template, not only the one with most to do
};
int profile_command(const Desk& desk, const ProfileOptions& options);

int test_command(const Desk& desk, const std::vector<std::string>& ctest_arguments, int jobs);
int bench_command(const Desk& desk, const std::vector<std::string>& names);

}  // namespace wb::grader
