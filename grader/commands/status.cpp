#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "commands/commands.hpp"
#include "commands/progress.hpp"
#include "report/terminal.hpp"

namespace wb::grader {

int status_command(const Desk& desk, const StatusOptions& options) {
    const Paint paint(style_of_stdout());
    const Submission submission = open_submission(desk.course, desk.submission(options.submission));
    const auto known = load_progress(desk.memory(), submission);
    std::size_t title_width = 0, id_width = 0;
    for (const Chapter& chapter : desk.course.chapters) {
        for (const Exercise& exercise : chapter.exercises) {
            id_width = std::max(id_width, columns(exercise.id));
            title_width = std::max(title_width, columns(exercise.title));
        }
    }
    double score = 0, max_score = 0;
    std::string next;
    for (const Chapter& chapter : desk.course.chapters) {
        std::cout << paint.bold(chapter.id + "  " + chapter.title) << "\n";
        for (const Exercise& exercise : chapter.exercises) {
            const auto found = known.find(exercise.id);
            const double got = found == known.end() ? 0 : found->second.score;
            TestStatus outcome =
                found == known.end() ? TestStatus::not_implemented : status_from_name(found->second.outcome);
            std::string remark = found == known.end()            ? "not checked yet"
                                 : outcome == TestStatus::passed ? ""
                                                                 : words_of(outcome);
            if (found != known.end() && found->second.files != files_hash(submission, chapter, exercise))
                remark = "edited since it was checked";
            score += got;
            max_score += exercise.max_points();
            std::cout << fmt::format("  {} {}  {}  {:>4} / {:<4} {}  {}\n", paint.mark(outcome),
                                     padded(exercise.id, id_width), padded(exercise.title, title_width),
                                     points_text(got), points_text(exercise.max_points()),
                                     paint.bar(got, exercise.max_points()), paint.dim(remark));
            if (next.empty() && outcome != TestStatus::passed) next = exercise.id;
        }
    }
    std::cout << fmt::format("\n{} {} of {} points\n", paint.bar(score, max_score), points_text(score),
                             points_text(max_score));
    if (!next.empty()) std::cout << paint.bold("Next: ") << "./workbook check " << next << "\n";
    return 0;
}

}  // namespace wb::grader
