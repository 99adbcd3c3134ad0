#include "commands/check.hpp"

#include <iostream>

#include "commands/next_step.hpp"
#include "commands/progress.hpp"
#include "report/terminal.hpp"

namespace wb::grader {

GradingOptions grading_options(const Desk& desk, const CheckOptions& options, const Submission& submission) {
    return {.seed = options.seed,
            .jobs = options.jobs,
            .seconds = options.seconds,
            .failures = desk.failures(submission.name)};
}

int check_once(const Desk& desk, const CheckOptions& options, const std::vector<Selection>& selection) {
    const Submission submission = open_submission(desk.course, desk.submission(options.submission));
    const Report expected = empty_report(submission, selection);
    write_report_files(expected, options.files);
    TerminalReport terminal(std::cout, style_of_stdout(), expected);
    GradingOptions grading = grading_options(desk, options, submission);
    grading.on_exercise = [&](const Report& report, const ExerciseReport& done) {
        write_report_files(report, options.files);
        terminal.update(report, done);
    };
    std::vector<std::string> faults;
    const Report report = grade(desk.course, desk.toolchain, submission, selection, grading, faults);
    trim_cache(desk.toolchain);
    save_progress(desk.memory(), desk.course, submission, report);
    terminal.finish(report, next_step(desk, submission, report));
    for (const std::string& fault : faults) std::cerr << "workbook: " << fault << "\n";
    return !faults.empty() ? 2 : report.passed() ? 0 : 1;
}

int check_command(const Desk& desk, const CheckOptions& options) {
    const std::vector<Selection> selection = select(desk.course, options.words);
    if (options.watch) watch(desk, options, selection);
    return check_once(desk, options, selection);
}

}  // namespace wb::grader
