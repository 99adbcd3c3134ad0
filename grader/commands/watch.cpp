#include <signal.h>

#include <algorithm>
#include <iostream>

#include "commands/check.hpp"
#include "commands/hints.hpp"
#include "commands/next_step.hpp"
#include "commands/progress.hpp"
#include "files/save_watch.hpp"
#include "report/terminal_screen.hpp"
#include "report/watch_screen.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

/// The part of the selection whose verdict the saved files can change: exercises that own one or need one that does. All of it when one of
/// the files belongs to no exercise, such as a header.
std::vector<Selection> affected(const std::vector<Selection>& selection, const Submission& submission,
                                const std::vector<fs::path>& saved) {
    std::vector<Selection> result;
    std::size_t owned = 0;
    for (const Selection& part : selection) {
        std::vector<std::string> names;
        for (const fs::path& file : saved) {
            if (file.parent_path() == submission.chapter_folder(*part.chapter))
                names.push_back(file.filename().string());
        }
        const auto touched = [&](const Exercise& exercise) {
            return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
                return std::find(exercise.files.begin(), exercise.files.end(), name) != exercise.files.end();
            });
        };
        const auto files = part.chapter->files();
        owned += static_cast<std::size_t>(std::count_if(names.begin(), names.end(), [&](const std::string& name) {
            return std::find(files.begin(), files.end(), name) != files.end();
        }));
        Selection some{part.chapter, {}};
        for (const Exercise* exercise : part.exercises) {
            const auto needs = part.chapter->needs_of(*exercise);
            if (touched(*exercise) ||
                std::any_of(needs.begin(), needs.end(), [&](const Exercise* need) { return touched(*need); }))
                some.exercises.push_back(exercise);
        }
        if (!some.exercises.empty()) result.push_back(some);
    }
    return owned < saved.size() ? selection : result;
}

/// Puts what is known now in place of what was.
void put_in_place(Report& whole, const Report& part) {
    for (const ChapterReport& fresh : part.chapters) {
        for (ChapterReport& chapter : whole.chapters) {
            if (chapter.id != fresh.id) continue;
            for (const auto& [name, value] : fresh.metrics) chapter.metrics[name] = value;
            for (const ExerciseReport& exercise : fresh.exercises) {
                for (ExerciseReport& old : chapter.exercises) {
                    if (old.id == exercise.id) old = exercise;
                }
            }
        }
    }
}

/// A student's desk seen through one screen.
class Watching {
 public:
    Watching(const Desk& desk, const CheckOptions& options, const Submission& submission,
             const std::vector<Selection>& selection)
        : desk_(desk),
          options_(options),
          submission_(submission),
          report_(empty_report(submission, selection)),
          screen_(std::cout) {}

    /// @param after  what `since` is the time of: "the save"
    void check(const std::vector<Selection>& selection, Clock::time_point since, const std::string& after) {
        facts_.seconds.reset();
        std::vector<std::string> ids;
        for (const Selection& part : selection) {
            for (const Exercise* exercise : part.exercises) ids.push_back(exercise->id);
        }
        std::size_t done = 0;
        const auto say = [&] {
            facts_.state =
                "Checking " +
                (ids.size() == 1 ? ids[0]
                                 : std::to_string(ids.size()) + " exercises, " + std::to_string(done) + " done") +
                " ...";
        };
        say();
        draw();
        GradingOptions grading = grading_options(desk_, options_, submission_);
        grading.on_exercise = [&](const Report&, const ExerciseReport& exercise) {
            for (ChapterReport& chapter : report_.chapters) {
                for (ExerciseReport& old : chapter.exercises) {
                    if (old.id == exercise.id) old = exercise;
                }
            }
            write_report_files(report_, options_.files);
            ++done;
            say();
            if (done < ids.size()) draw();
        };
        std::vector<std::string> faults;
        const Report part = grade(desk_.course, desk_.toolchain, submission_, selection, grading, faults);
        facts_.seconds = std::chrono::duration<double>(Clock::now() - since).count();
        facts_.after = after;
        put_in_place(report_, part);
        write_report_files(report_, options_.files);
        save_progress(desk_.memory(), desk_.course, submission_, part);
        faults_ = faults;
        rest();
        trim_cache(desk_.toolchain);  // after the verdict: nobody waits for it
    }

    /// Nothing to do until the next save.
    void rest() {
        facts_.state = "Watching " + typed_path(submission_.folder) + "; save a file to check again, Ctrl-C to stop.";
        draw();
    }

 private:
    void draw() {
        const TerminalStyle style = style_of_stdout();
        facts_.advice = faults_;
        for (std::string& line : advice(style.width)) facts_.advice.push_back(std::move(line));
        screen_.draw(watch_screen(report_, facts_, style));
    }

    std::vector<std::string> advice(std::size_t width) const {
        const ExerciseReport* open = first_open(report_);
        if (!open) {
            const std::string next = next_step(desk_, submission_, report_);
            return next.empty() ? std::vector<std::string>() : std::vector<std::string>{"Next: " + next};
        }
        if (open->outcome() == TestStatus::skipped) return {};  // not graded yet
        std::vector<std::string> lines;
        const Exercise& exercise = *select_exercise(desk_.course, open->id).exercises.front();
        if (open->outcome() == TestStatus::not_implemented && !exercise.is_theory()) {
            const Chapter& chapter = *select_exercise(desk_.course, open->id).chapter;
            lines.push_back("Look for TODO(" + open->id + ") in " +
                            typed_path(submission_.chapter_folder(chapter) / exercise.files.front()));
        } else if (open->outcome() != TestStatus::compile_error && !exercise.is_theory()) {
            lines.push_back("./workbook debug " + open->id + " replays the question in gdb");
        }
        if (std::string hint = next_hint(exercise, hints_shown(desk_.memory(), open->id), width); !hint.empty())
            lines.push_back(std::move(hint));
        return lines;
    }

    const Desk& desk_;
    const CheckOptions& options_;
    const Submission& submission_;
    Report report_;
    WatchFacts facts_;
    std::vector<std::string> faults_;
    TerminalScreen screen_;
};

/// Lets a change of the window's size end a wait.
void notice_resizing() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART;  // poll() returns all the same
    ::sigaction(SIGWINCH, &action, nullptr);
}

}  // namespace

void watch(const Desk& desk, const CheckOptions& options, const std::vector<Selection>& selection) {
    const auto start = Clock::now();
    const Submission submission = open_submission(desk.course, desk.submission(options.submission));
    SaveWatch saves;
    for (const Selection& part : selection) saves.add(submission.chapter_folder(*part.chapter));
    if (!style_of_stdout().live) {
        for (;;) {
            check_once(desk, options, selection);
            std::cout << "\nWatching " << typed_path(submission.folder)
                      << "; save a file to check again, Ctrl-C to stop." << std::endl;
            saves.wait();
        }
    }
    notice_resizing();
    Watching watching(desk, options, submission, selection);
    watching.check(selection, start, "the start");
    for (;;) {
        const auto saved = saves.wait();
        if (!saved) {
            watching.rest();
            continue;
        }
        const auto part = affected(selection, submission, saved->files);
        if (!part.empty()) watching.check(part, saved->at, "the save");
    }
}

}  // namespace wb::grader
