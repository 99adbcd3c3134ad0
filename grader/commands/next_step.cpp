#include "commands/next_step.hpp"

#include <algorithm>

#include "commands/progress.hpp"

namespace wb::grader {
namespace fs = std::filesystem;

std::string typed_path(const fs::path& path) {
    const fs::path relative = path.lexically_relative(fs::current_path());
    return relative.empty() || relative.string().starts_with("../..") ? path.string() : relative.string();
}

std::string next_step(const Desk& desk, const Submission& submission, const Report& report) {
    for (const ChapterReport& part : report.chapters) {
        const Chapter& chapter = *desk.course.find_chapter(part.id);
        for (const ExerciseReport& done : part.exercises) {
            const Exercise& exercise = *chapter.find(done.id);
            const std::string file = typed_path(submission.chapter_folder(chapter) / exercise.files.front());
            switch (done.outcome()) {
                case TestStatus::passed:
                case TestStatus::skipped:
                    continue;
                case TestStatus::compile_error:
                    return "mend " + file + ", then ./workbook check " + done.id;
                case TestStatus::not_implemented:
                    if (exercise.is_theory()) return "answer the questions in " + file;
                    return "look for TODO(" + done.id + ") in " + file + ", and ./workbook hint " + done.id +
                           " when you are stuck";
                case TestStatus::crashed:
                    return "./workbook debug " + done.id + " replays the question in gdb";
                default:
                    if (exercise.is_theory()) return "./workbook hint " + done.id;
                    return "./workbook hint " + done.id + ", or ./workbook debug " + done.id +
                           " to replay the question in gdb";
            }
        }
    }
    // All that was asked is done: the chapter goes on where it was left, then the course from its beginning.
    const auto known = load_progress(desk.memory(), submission);
    const auto is_open = [&](const Exercise& exercise) {
        const auto found = known.find(exercise.id);
        return found == known.end() || found->second.outcome != "passed";
    };
    for (const ChapterReport& part : report.chapters) {
        const std::vector<Exercise>& exercises = desk.course.find_chapter(part.id)->exercises;
        const auto last = std::find_if(exercises.begin(), exercises.end(),
                                       [&](const Exercise& one) { return one.id == part.exercises.back().id; });
        auto open = std::find_if(last, exercises.end(), is_open);
        if (open == exercises.end()) open = std::find_if(exercises.begin(), exercises.end(), is_open);
        if (open != exercises.end()) return "./workbook check " + open->id;
    }
    for (const Chapter& chapter : desk.course.chapters) {
        const auto open = std::find_if(chapter.exercises.begin(), chapter.exercises.end(), is_open);
        if (open != chapter.exercises.end()) return "./workbook check " + open->id;
    }
    return "";
}

}  // namespace wb::grader
