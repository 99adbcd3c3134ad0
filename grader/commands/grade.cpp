#include <iostream>
#include <map>
#include <memory>

#include "commands/commands.hpp"
#include "files/files.hpp"
#include "grade/grading.hpp"
#include "intake/archive_child.hpp"
#include "intake/submission_source.hpp"
#include "report/terminal.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// FILE for one submission; for several, FILE with the submission's name before its ending: r.json, r-ann.json.
fs::path report_path(const fs::path& file, const std::string& submission, bool several) {
    if (file.empty() || !several) return file;
    fs::path result = file;
    result.replace_filename(file.stem().string() + "-" + submission + file.extension().string());
    return result;
}

/// A chapter folder is graded as that chapter; otherwise --chapters, or all.
std::vector<Selection> selection_for(const Desk& desk, const Submission& submission,
                                     const std::vector<std::string>& words) {
    std::vector<Selection> selection = select(desk.course, words);
    if (!submission.one_chapter) return selection;
    const std::string only = submission.folder.filename().string();
    std::erase_if(selection, [&](const Selection& part) { return part.chapter->id != only; });
    if (selection.empty())
        throw UsageError("--chapters leaves nothing of " + submission.folder.string() + ", which is chapter " + only);
    return selection;
}

/// A submission as it is graded: its exercises' own files, in a folder that goes with it.
struct Intaken {
    Submission submission;
    std::unique_ptr<ScratchFolder> folder;
    std::string left_out;  ///< in words
};

/// @throws UsageError, FileError  when it is no submission, or nothing in it is an exercise's
Intaken take_in_one(const Desk& desk, const fs::path& given, const ArchiveReader& read_archive) {
    Intaken one;
    std::error_code error;
    const bool archive = fs::is_regular_file(given, error);
    if (!archive) one.submission = open_submission(desk.course, given);
    one.folder = std::make_unique<ScratchFolder>(desk.toolchain.build_dir / "intake", "submission");
    const TakenIn taken =
        take_in(desk.course, archive ? given : one.submission.folder, one.folder->path(), read_archive);
    one.left_out = left_out_in_words(given.string(), taken.left_out);
    if (archive) {
        if (taken.files.empty()) {
            std::cout << one.left_out;
            throw UsageError("\"" + given.string() + "\" holds no file of an exercise: expected a path such as " +
                             Places(desk.course).example() + " in it, or the same in one folder.");
        }
        one.submission.name = submission_id(given);
        one.submission.folder = one.folder->path();
    } else if (one.submission.one_chapter) {
        one.submission.folder = one.folder->path() / one.submission.folder.filename();
    } else {
        one.submission.folder = one.folder->path();
    }
    return one;
}

}  // namespace

int grade_command(const Desk& desk, const GradeOptions& options) {
    std::optional<SandboxSpec> sandbox;
    if (options.sandbox) sandbox = sandbox_of(desk, "--sandbox: nothing was graded.", std::cout);
    const ArchiveReader read_archive = reader_in_a_child(sandbox);
    std::vector<Intaken> submissions;
    std::map<std::string, int> names;
    for (const fs::path& given : options.submissions) {  // all are looked at before the first is graded
        submissions.push_back(take_in_one(desk, given, read_archive));
        Submission& last = submissions.back().submission;
        if (const int before = names[last.name]++; before > 0) last.name += "-" + std::to_string(before + 1);
        selection_for(desk, last, options.chapters);
    }
    bool all_passed = true, fault_free = true;
    for (const auto& [submission, folder, left_out] : submissions) {
        std::cout << left_out;
        const std::vector<Selection> selection = selection_for(desk, submission, options.chapters);
        const bool several = submissions.size() > 1;
        const ReportFiles files{report_path(options.files.json, submission.name, several),
                                report_path(options.files.gradescope, submission.name, several),
                                report_path(options.files.junit, submission.name, several),
                                report_path(options.files.classroom, submission.name, several)};
        const Report expected = empty_report(submission, selection);
        write_report_files(expected, files);  // a path that cannot be written is found now, not after the last exercise
        TerminalReport terminal(std::cout, style_of_stdout(), expected);
        GradingOptions grading{.seed = options.seed,
                               .jobs = options.jobs,
                               .seconds = options.seconds,
                               .failures = desk.failures(submission.name),
                               .sandbox = sandbox};
        grading.on_exercise = [&](const Report& report, const ExerciseReport& done) {
            write_report_files(report, files);
            terminal.update(report, done);
        };
        std::vector<std::string> faults;
        const Report report = grade(desk.course, desk.toolchain, submission, selection, grading, faults);
        terminal.finish(report, "");
        for (const std::string& fault : faults) std::cerr << "workbook: " << fault << "\n";
        all_passed = all_passed && report.passed();
        fault_free = fault_free && faults.empty();
    }
    trim_cache(desk.toolchain);
    return !fault_free ? 2 : all_passed ? 0 : 1;
}

}  // namespace wb::grader
