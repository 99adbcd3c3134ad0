/// Builds mutants and alternates and judges the judges by them.
#include <algorithm>
#include <set>

#include "files/files.hpp"
#include "grade/grading.hpp"
#include "mutants/mutant.hpp"
#include "process/process.hpp"
#include "report/terminal.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

fs::path copy_of_solutions(const Course& course, const Chapter& chapter, const fs::path& scratch) {
    const fs::path source = course.root / "solutions" / chapter.id;
    if (!fs::is_directory(source))
        throw Error("there is no " + source.string() + ": this edition has no solutions to change");
    fs::copy(source, scratch / chapter.id, fs::copy_options::recursive);
    return scratch / chapter.id;
}

std::string first_lines(const std::string& text, int count) {
    std::size_t end = 0;
    for (int i = 0; i < count && end != std::string::npos; ++i) end = text.find('\n', end == 0 ? 0 : end + 1);
    return text.substr(0, end);
}

std::string told(const TestReport& test) {
    return test.name + " " + words_of(test.status) + (test.message.empty() ? "" : ": " + first_lines(test.message, 6));
}

/// Wrong answers and misbehaviour kill; a program that was never built or never asked shows nothing about the test.
bool kills(TestStatus status) {
    return status == TestStatus::failed || status == TestStatus::crashed || status == TestStatus::timed_out ||
           status == TestStatus::protocol_error;
}

}  // namespace

std::optional<std::string> apply_patch(const Mutant& mutant, const fs::path& folder) {
    ProcessOptions patch;
    patch.argv = {"patch",
                  "-p2",
                  "--batch",
                  "--forward",
                  "--no-backup-if-mismatch",
                  "-r",
                  "-",  // no file of what does not apply
                  "-d",
                  folder.string(),
                  "-i",
                  fs::absolute(mutant.patch).string()};
    const ProcessResult applied = run_process(patch);
    if (applied.ok()) return std::nullopt;
    return applied.output;
}

MutantVerdict try_mutant(const Course& course, const Toolchain& toolchain, const Mutant& mutant) {
    const Chapter& chapter = *mutant.chapter;
    const ScratchFolder scratch(toolchain.build_dir / "mutants", mutant.name);
    copy_of_solutions(course, chapter, scratch.path());
    if (const auto words = apply_patch(mutant, scratch.path()))
        return {false, "does not apply", first_lines(*words, 8)};

    std::vector<std::string> tests = mutant.killed_by;
    tests.insert(tests.end(), mutant.spares.begin(), mutant.spares.end());
    std::set<std::string> owners;
    for (const std::string& test : tests) owners.insert(chapter.owner_of_test(test)->id);
    Selection selection{&chapter, {}};
    for (const Exercise& exercise : chapter.exercises) {
        if (owners.contains(exercise.id)) selection.exercises.push_back(&exercise);
    }
    GradingOptions options{.mutants = true, .workers = scratch.path() / "workers", .only_tests = tests};
    std::vector<std::string> faults;
    const Report report =
        grade(course, toolchain, open_submission(course, scratch.path()), {selection}, options, faults);
    if (!faults.empty()) return {false, "not tried", faults.front()};

    MutantVerdict verdict{true, "killed", "", "", false};
    const auto blame = [&](const std::string& outcome, const TestReport& test) {
        if (verdict.good) verdict.outcome = outcome;
        verdict.good = false;
        verdict.details += (verdict.details.empty() ? "" : "\n") + told(test);
    };
    for (const ExerciseReport& exercise : report.chapters[0].exercises) {
        for (const TestReport& test : exercise.tests) {
            const bool must_fail = std::count(mutant.killed_by.begin(), mutant.killed_by.end(), test.name) > 0;
            if (kills(test.status)) {
                if (verdict.told.empty()) verdict.told = told(test);
                verdict.named = verdict.named || !test.named_mistake().empty();
            }
            if (test.status == TestStatus::compile_error) {
                blame("does not compile", test);
                return verdict;
            }
            if (must_fail && test.status == TestStatus::passed) {
                blame("SURVIVES", test);
            } else if (must_fail && !kills(test.status)) {
                blame("not judged", test);
            } else if (!must_fail && test.status != TestStatus::passed) {
                blame("kills what it should spare", test);
            }
        }
    }
    return verdict;
}

MutantVerdict try_alternate(const Course& course, const Toolchain& toolchain, const Alternate& alternate) {
    const ScratchFolder scratch(toolchain.build_dir / "alternates", alternate.name);
    const fs::path chapter = copy_of_solutions(course, *alternate.chapter, scratch.path());
    fs::copy(alternate.folder, chapter, fs::copy_options::overwrite_existing | fs::copy_options::recursive);
    std::vector<std::string> faults;
    const Report report =
        grade(course, toolchain, open_submission(course, scratch.path()),
              {Selection{alternate.chapter, alternate.exercises}}, {.workers = scratch.path() / "workers"}, faults);
    if (!faults.empty()) return {false, "not tried", faults.front()};
    MutantVerdict verdict{report.passed(), points_text(report.score()) + " of " + points_text(report.max_score())};
    for (const ExerciseReport& exercise : report.chapters[0].exercises) {
        for (const TestReport& test : exercise.tests) {
            if (test.status == TestStatus::passed || test.status == TestStatus::manual) continue;
            verdict.details += (verdict.details.empty() ? "" : "\n") + exercise.id + " " + told(test);
        }
    }
    return verdict;
}

}  // namespace wb::grader
