#include "grade/grading.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "files/files.hpp"
#include "grade/cases.hpp"
#include "grade/judge_run.hpp"
#include "grade/task_queue.hpp"
#include "grade/theory.hpp"
#include "submission/workers.hpp"

namespace wb::grader {
namespace fs = std::filesystem;

fs::path Submission::chapter_folder(const Chapter& chapter) const {
    return one_chapter ? folder : folder / chapter.id;
}

Submission open_submission(const Course& course, const fs::path& given) {
    std::error_code error;
    const fs::path folder = fs::canonical(given, error);
    if (error || !fs::is_directory(folder)) {
        throw UsageError("\"" + given.string() +
                         "\" is not a folder. A submission is a folder with chapter folders such as 02_attention in "
                         "it, or one such folder.");
    }
    if (course.find_chapter(folder.filename().string()))
        return {folder.parent_path().filename().string(), folder, true};
    for (const Chapter& chapter : course.chapters) {
        if (fs::is_directory(folder / chapter.id)) return {folder.filename().string(), folder, false};
    }
    std::string example = course.chapters.empty() ? "02_attention" : course.chapters.front().id;
    throw UsageError("\"" + given.string() + "\" holds no chapter of the course: expected a folder such as " + example +
                     " in it.");
}

std::string sandbox_in_words(const GradingOptions& options) {
    if (options.sandbox) return std::string(name_of(options.sandbox->level));
    return options.trusted ? "none, on purpose" : "none";
}

Report empty_report(const Submission& submission, const std::vector<Selection>& selection) {
    Report report{submission.name, {}};
    for (const Selection& part : selection) {
        ChapterReport chapter{part.chapter->id, part.chapter->title, {}, {}};
        for (const Exercise* exercise : part.exercises) {
            chapter.exercises.push_back(refused(*exercise, TestStatus::skipped,
                                                "not graded: the grader was stopped before it came to this exercise"));
        }
        report.chapters.push_back(std::move(chapter));
    }
    return report;
}

namespace {

/// Grades the exercises of one chapter; shared by the tasks of all its exercises.
class ChapterGrading {
 public:
    ChapterGrading(const Course& course, const Toolchain& toolchain, const Submission& submission,
                   const Chapter& chapter, const GradingOptions& options, ObjectCache& objects)
        : course_(course),
          toolchain_(toolchain),
          chapter_(chapter),
          options_(options),
          folder_(submission.chapter_folder(chapter)),
          makers_(course, chapter, toolchain, objects, folder_, options.workers),
          tools_(tools_of(toolchain, chapter)) {}

    WorkerMaker& makers() { return makers_; }

    ExerciseReport grade(const Exercise& exercise, std::map<std::string, double>& metrics) {
        if (exercise.is_theory()) return judge_theory(course_, chapter_, exercise, folder_);
        std::vector<TestSpec> tests;
        for (const TestSpec& test : exercise.tests) {
            if (!wanted(test.name)) continue;
            tests.push_back(test);
            if (options_.seconds > 0) tests.back().seconds = options_.seconds;
        }
        const ExerciseWorkers built = makers_.workers_for(exercise, makers_.builds_for(exercise, options_.only_tests));
        if (built.refused) return only_wanted(refused(exercise, *built.refused, built.message));
        JudgeRun run;
        run.judge = tools_.judge;
        run.exercise = exercise.id;
        run.cases = cases();
        run.failures = options_.failures.empty() ? fs::path() : options_.failures / chapter_.id / exercise.id;
        run.scratch = toolchain_.work_dir / "runs";
        run.workers = built.workers;
        run.tests = tests;
        run.sandbox = options_.sandbox;
        run.threads =
            options_.threads > 0 ? options_.threads : std::max(1, default_jobs() / std::max(1, options_.jobs));
        if (!run.failures.empty()) {
            fs::remove_all(run.failures);
            fs::create_directories(run.failures);
        }
        const JudgeLog log = run_judge(run);
        metrics = log.metrics;
        return scored(exercise, tests, log, built.note);
    }

    /// Made once, by the first who asks.
    fs::path cases() {
        const std::lock_guard lock(mutex_);
        if (!cases_) cases_ = prepare_cases(toolchain_, chapter_, options_.seed);
        return *cases_;
    }

 private:
    bool wanted(const std::string& test) const {
        const auto& only = options_.only_tests;
        return only.empty() || std::find(only.begin(), only.end(), test) != only.end();
    }
    ExerciseReport only_wanted(ExerciseReport report) const {
        std::erase_if(report.tests, [&](const TestReport& test) { return !wanted(test.name); });
        return report;
    }

    const Course& course_;
    const Toolchain& toolchain_;
    const Chapter& chapter_;
    const GradingOptions& options_;
    fs::path folder_;
    WorkerMaker makers_;
    const ChapterTools& tools_;
    std::mutex mutex_;
    std::optional<fs::path> cases_;
};

/// What was built after `before`, which becomes `now`. Of several exercises at once, the first that is done has it all.
BuildCost since(BuildCost& before, const BuildCost& now) {
    const BuildCost was = std::exchange(before, now);
    return {now.steps - was.steps, now.seconds - was.seconds, now.cpu_seconds - was.cpu_seconds,
            now.made_bytes - was.made_bytes};
}

}  // namespace

Report grade(const Course& course, const Toolchain& toolchain, const Submission& submission,
             const std::vector<Selection>& selection, const GradingOptions& options, std::vector<std::string>& faults) {
    check_compiler(toolchain);
    Report report = empty_report(submission, selection);
    ObjectCache objects(toolchain, options.mutants, options.sandbox);
    std::vector<std::unique_ptr<ChapterGrading>> chapters;
    std::vector<std::function<void()>> tasks;
    std::mutex mutex;
    std::set<std::pair<fs::path, std::vector<Build>>> ahead;
    BuildCost builds;
    for (std::size_t c = 0; c < selection.size(); ++c) {
        const Chapter& chapter = *selection[c].chapter;
        chapters.push_back(std::make_unique<ChapterGrading>(course, toolchain, submission, chapter, options, objects));
        ChapterGrading& grading = *chapters.back();
        for (std::size_t e = 0; e < selection[c].exercises.size(); ++e) {
            const Exercise& exercise = *selection[c].exercises[e];
            if (!exercise.is_theory()) {
                for (const auto& compilation : grading.makers().compilations(
                         exercise, grading.makers().builds_for(exercise, options.only_tests))) {
                    if (!ahead.emplace(compilation.source, compilation.builds).second) continue;
                    tasks.push_back([&grading, compilation] {
                        try {
                            grading.makers().compile_ahead(compilation);
                        } catch (const std::exception&) {  // the exercise's own task meets it again and reports it
                        }
                    });
                }
            }
            tasks.push_back([&, c, e, gradingp = &grading, exercisep = &exercise] {
                ExerciseReport done;
                std::map<std::string, double> metrics;
                std::string fault;
                try {
                    done = gradingp->grade(*exercisep, metrics);
                } catch (const std::exception& error) {
                    fault = exercisep->id + " could not be graded: " + error.what();
                    done = refused(*exercisep, TestStatus::crashed, fault);
                }
                const std::lock_guard lock(mutex);
                done.sandbox = sandbox_in_words(options);
                done.cost.builds = since(builds, objects.builder().cost());
                if (!fault.empty()) faults.push_back(fault);
                report.chapters[c].exercises[e] = done;
                report.chapters[c].metrics.insert(metrics.begin(), metrics.end());
                if (options.on_exercise) options.on_exercise(report, done);
            });
        }
    }
    run_tasks(tasks, options.jobs);
    return report;
}

}  // namespace wb::grader
