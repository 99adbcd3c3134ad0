/// @file
/// The commands of ./workbook, one a file. main.cpp and the files of words beside it read the command line and call one of them.
/// Each returns the exit status: 0 all that was asked passed, 1 something failed. What is wrong with the request or the machine is
/// thrown (UsageError, Error) and ends in status 2 and one line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "course/course.hpp"
#include "report/report.hpp"
#include "sandbox/spec.hpp"
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
    std::vector<std::string> words;  ///< chapters whose exercises are listed, too
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

struct GradeClassOptions {
    std::filesystem::path class_list;   ///< a folder or a CSV file, see read_class
    std::filesystem::path roster;       ///< of GitHub Classroom, for a folder of clones; empty: none
    std::filesystem::path book;         ///< is made when it is missing
    bool resume = false;                ///< go on with a book that has results
    bool no_sandbox = false;            ///< run submissions as we run: code that is trusted
    std::vector<std::string> chapters;  ///< none: the book's, or all
    int jobs = 1;
    std::optional<std::uint64_t> seed;  ///< none: the book's, or 1
    std::optional<double> seconds;      ///< none: the book's, or the chapters'
    bool slurm = false;                 ///< in array jobs of a cluster, and not here
    int chunk = 5;                      ///< slurm: submissions in a task
    int at_once = 0;                    ///< slurm: tasks of a job at once; 0: as many as the cluster gives
};
/// Status 0: every submission of the class is graded, well or badly; 1: some could not be taken in, or are another grader's; 2: a fault of
/// the course or the machine stopped some.
int grade_class_command(const Desk& desk, const GradeClassOptions& options);

/// What a task of a cluster runs: grades some submissions, and writes what came of each into a file. It opens no book.
struct GradeChunkOptions {
    std::filesystem::path order;  ///< see cluster/order.hpp
    int chunk = 0;
};
int grade_chunk_command(const Desk& desk, const GradeChunkOptions& options);

/// The sandbox of this machine, with what the given parts of workers read: the data sets. Says what it is, to `out`.
/// @throws Error  `refusal` and what is missing, when there is none
SandboxSpec sandbox_of(const Desk& desk, const std::string& refusal, std::ostream& out);

struct GradebookOptions {
    std::filesystem::path book;
    bool costs = false;                    ///< show: what grading took instead
    std::string submission;                ///< show (empty: all), comment
    std::vector<std::string> submissions;  ///< regrade: none is all
    std::string format;                    ///< export: csv, json, junit, gradescope, canvas or html
    std::filesystem::path file;  ///< export: where to, for gradescope and html a folder; empty: standard output
    std::filesystem::path into;  ///< canvas: what was exported there
    std::string column, match = "SIS Login ID";
    std::vector<std::string> exercises;  ///< regrade: none is all
    std::string reason;                  ///< regrade
    std::string exercise, question;      ///< comment
    std::optional<double> points;
    std::string comment, by;
    std::optional<std::string> due;  ///< policy: a time, or "none"
    std::optional<double> grace_minutes, percent_per_day;
    std::optional<std::string> days;    ///< a number, or "any"
    std::optional<std::string> counts;  ///< "last" or "best"
    std::vector<int> per_week;          ///< plan
    std::optional<double> wait_minutes, rush_hours;
};
int show_gradebook_command(const GradebookOptions& options);
int export_gradebook_command(const GradebookOptions& options);
int regrade_command(const GradebookOptions& options);
int plan_gradebook_command(const GradebookOptions& options);
int comment_command(const GradebookOptions& options);
int policy_command(const GradebookOptions& options);

struct AutograderOptions {
    std::filesystem::path out;
    std::vector<std::string> chapters;  ///< none: all
    std::uint64_t seed = 1;
    bool no_sandbox = false;  ///< grade where there is no sandbox, too
};
int gradescope_autograder_command(const Desk& desk, const AutograderOptions& options);
int classroom_autograder_command(const Desk& desk, const AutograderOptions& options);

int hint_command(const Desk& desk, const std::string& exercise);
int reset_command(const Desk& desk, const std::string& exercise, bool yes, const std::filesystem::path& submission);
int debug_command(const Desk& desk, const std::string& exercise, const std::filesystem::path& submission);
int starter_command(const Desk& desk, bool check);

struct ScaffoldOptions {
    std::string chapter;            ///< "2"; of a new chapter "07_name"
    std::string id, title;          ///< of the exercise, or the chapter's title
    std::string name;               ///< of the exercise's files and function; empty: from its title
    std::string exercise;           ///< new chapter: its first exercise's title; empty: the chapter's
    std::string kind = "function";  ///< or "kernel", "theory"
    bool kernel = false, dry_run = false;
};
int new_exercise_command(const Desk& desk, const ScaffoldOptions& options);
int new_chapter_command(const Desk& desk, const ScaffoldOptions& options);

struct MutantOptions {
    std::vector<std::string> words;
    int jobs = 1;
    bool told = false;  ///< mutants: show what a student would read
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
    int l2_kib = 0;              ///< of the L2 model; 0: the engine's own choice
    bool all = false;            ///< every instance of a kernel template, not only the one with most to do
    bool table = false;          ///< a row of a Markdown table for each kernel, and no source
    std::string gpu;             ///< that is estimated for (known_gpus); empty: an A100 and an H100
    std::vector<int> lines;      ///< one or two whose requests are drawn
    std::string against;         ///< what is profiled too, as "after": a .cu file, or another submission's folder
    std::filesystem::path html;  ///< a page to write
};
int profile_command(const Desk& desk, const ProfileOptions& options);

struct DocsOptions {
    std::filesystem::path out;  ///< where the site goes; empty: build/docs
};
/// Status 0: the site is made; 1: it is, and Doxygen complains of something.
int docs_command(const Desk& desk, const DocsOptions& options);

struct ExportOptions {
    std::filesystem::path out;          ///< a new folder, or a .zip
    std::vector<std::string> chapters;  ///< none: all
    std::uint64_t seed = 1;             ///< of the cases that students get
};
int export_command(const Desk& desk, const ExportOptions& options);

struct SimilarOptions {
    std::filesystem::path members;  ///< a class: a folder or a CSV file
    int least_per_cent = 50;        ///< of the shorter file's fingerprints
};
int similar_command(const Desk& desk, const SimilarOptions& options);

struct SampleClassOptions {
    std::filesystem::path folder;
    int submissions = 40;
    std::vector<std::string> chapters;  ///< empty: all
    std::uint64_t seed = 1;
    bool honest = false;
    std::string mark = "sample";
};
int sample_command(const Desk& desk, const SampleClassOptions& options);

int test_command(const Desk& desk, const std::vector<std::string>& ctest_arguments, int jobs);
/// @param words  names of benchmarks; after one name, from the first word with a minus on, what it is handed
int bench_command(const Desk& desk, const std::vector<std::string>& words);

}  // namespace wb::grader
