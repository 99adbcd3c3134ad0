#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "commands/commands.hpp"
#include "commands/progress.hpp"
#include "grade/theory.hpp"
#include "report/terminal.hpp"
#include "report/watch_screen.hpp"

namespace wb::grader {
namespace {

/// What is known of one exercise.
struct ExerciseProgress {
    const Exercise* exercise = nullptr;
    double score = 0;
    TestStatus outcome = TestStatus::not_implemented;
    bool checked = false, edited = false;  ///< edited since it was checked
    bool judged_here = true;               ///< see is_judged_here()

    [[nodiscard]] double max_score() const { return judged_here ? exercise->max_points() : 0; }
    [[nodiscard]] double judged_later() const { return exercise->max_points() - max_score(); }
    [[nodiscard]] bool done() const {
        return checked && (outcome == TestStatus::passed || (outcome == TestStatus::skipped && !judged_here));
    }
};

/// What is known of a chapter.
struct ChapterProgress {
    const Chapter* chapter = nullptr;
    std::vector<ExerciseProgress> exercises;

    [[nodiscard]] double score() const {
        double sum = 0;
        for (const ExerciseProgress& one : exercises) sum += one.score;
        return sum;
    }
    [[nodiscard]] double max_score() const {
        double sum = 0;
        for (const ExerciseProgress& one : exercises) sum += one.max_score();
        return sum;
    }
    /// Points that ./workbook list counts too, and nobody can judge here.
    [[nodiscard]] double judged_later() const {
        double sum = 0;
        for (const ExerciseProgress& one : exercises) sum += one.judged_later();
        return sum;
    }
    [[nodiscard]] std::size_t done() const {
        return static_cast<std::size_t>(
            std::count_if(exercises.begin(), exercises.end(), [](const ExerciseProgress& one) { return one.done(); }));
    }
    [[nodiscard]] std::size_t edited() const {
        return static_cast<std::size_t>(
            std::count_if(exercises.begin(), exercises.end(), [](const ExerciseProgress& one) { return one.edited; }));
    }
};

ChapterProgress chapter_progress(const Course& course, const Chapter& chapter, const Submission& submission,
                                 const std::map<std::string, Progress>& known) {
    ChapterProgress result{&chapter, {}};
    for (const Exercise& exercise : chapter.exercises) {
        ExerciseProgress one{&exercise};
        one.judged_here = is_judged_here(course, chapter, exercise);
        if (const auto found = known.find(exercise.id); found != known.end()) {
            one.checked = true;
            one.score = found->second.score;
            one.outcome = status_from_name(found->second.outcome);
            one.edited = found->second.files != files_hash(submission, chapter, exercise);
        }
        result.exercises.push_back(one);
    }
    return result;
}

std::string remark_of(const ExerciseProgress& one) {
    std::vector<std::string> remarks;
    if (one.edited) {
        remarks.emplace_back("edited since it was checked");
    } else if (!one.checked) {
        remarks.emplace_back("not checked yet");
    } else if (one.outcome != TestStatus::passed && !one.done()) {
        remarks.push_back(words_of(one.outcome));
    }
    if (one.judged_later() > 0)
        remarks.push_back(fmt::format("{} points are judged when you hand in", points_text(one.judged_later())));
    return fmt::format("{}", fmt::join(remarks, "; "));
}

std::string per_cent(double score, double max_score) {
    return max_score > 0 ? fmt::format("{:.0f} %", std::floor(100 * score / max_score)) : "";
}

std::string remark_of(const ChapterProgress& one) {
    std::string remark = fmt::format("{} of {} exercises", one.done(), one.exercises.size());
    if (one.edited() > 0) remark += fmt::format(", {} edited since checked", one.edited());
    if (one.judged_later() > 0)
        remark += fmt::format(", {} more points when you hand in", points_text(one.judged_later()));
    return remark;
}

/// A line a chapter: bar, points, exercises.
void print_chapters(const std::vector<ChapterProgress>& chapters, const Paint& paint) {
    std::size_t id_width = 0, title_width = 0, remark_width = 0;
    for (const ChapterProgress& one : chapters) {
        id_width = std::max(id_width, columns(one.chapter->id.substr(0, 2)));
        title_width = std::max(title_width, columns(one.chapter->title));
        remark_width = std::max(remark_width, columns(remark_of(one)));
    }
    // On a narrow terminal titles give way, and half of the bar.
    const std::size_t width = paint.style().width;
    const int cells = width > 0 && width < 92 + remark_width ? 10 : 20;
    const std::size_t others = 2 + id_width + 2 + 2 + static_cast<std::size_t>(cells) + 13 + remark_width;
    if (width > 0) title_width = std::min(title_width, std::max<std::size_t>(12, width - std::min(width, others)));
    for (const ChapterProgress& one : chapters) {
        const std::string title = clipped(one.chapter->title, title_width, paint.style().unicode);
        std::cout << fmt::format("  {}  {}  {} {:>4} / {:<4} {}\n", one.chapter->id.substr(0, 2),
                                 padded(title, title_width), paint.bar(one.score(), one.max_score(), cells),
                                 points_text(one.score()), points_text(one.max_score()), paint.dim(remark_of(one)));
    }
}

/// A line an exercise.
void print_exercises(const ChapterProgress& part, const Paint& paint) {
    std::size_t id_width = 0, title_width = 0;
    for (const ExerciseProgress& one : part.exercises) {
        id_width = std::max(id_width, columns(one.exercise->id));
        title_width = std::max(title_width, columns(one.exercise->title));
    }
    std::cout << "\n" << paint.bold(part.chapter->id + "  " + part.chapter->title) << "\n";
    for (const ExerciseProgress& one : part.exercises) {
        std::cout << fmt::format("  {} {}  {}  {:>4} / {:<4} {}  {}\n", paint.mark(one.outcome),
                                 padded(one.exercise->id, id_width), padded(one.exercise->title, title_width),
                                 points_text(one.score), points_text(one.max_score()),
                                 paint.bar(one.score, one.max_score()), paint.dim(remark_of(one)));
    }
}

}  // namespace

int status_command(const Desk& desk, const StatusOptions& options) {
    const Paint paint(style_of_stdout());
    const std::vector<Selection> asked = select(desk.course, options.words);
    const Submission submission = open_submission(desk.course, desk.submission(options.submission));
    const auto known = load_progress(desk.memory(), submission);
    std::vector<ChapterProgress> chapters;
    double score = 0, max_score = 0, judged_later = 0;
    std::string next, opened;
    for (const Chapter& chapter : desk.course.chapters) {
        chapters.push_back(chapter_progress(desk.course, chapter, submission, known));
        const ChapterProgress& part = chapters.back();
        score += part.score();
        max_score += part.max_score();
        judged_later += part.judged_later();
        const auto open = std::find_if(part.exercises.begin(), part.exercises.end(),
                                       [](const ExerciseProgress& one) { return !one.done(); });
        if (open == part.exercises.end()) continue;
        // The chapter that was begun last in the course's order is where a student is.
        const bool begun = std::any_of(part.exercises.begin(), part.exercises.end(),
                                       [](const ExerciseProgress& one) { return one.score > 0; });
        if (next.empty() || begun) {
            next = open->exercise->id;
            opened = chapter.id.substr(0, 2);
        }
    }
    std::cout << paint.bold("The whole course  ") << paint.bar(score, max_score, 30)
              << fmt::format("  {} of {} points, {}", points_text(score), points_text(max_score),
                             per_cent(score, max_score));
    if (judged_later > 0) std::cout << fmt::format("; {} more are judged when you hand in", points_text(judged_later));
    std::cout << "\n\n";
    print_chapters(chapters, paint);
    for (const Selection& part : asked) {
        if (options.words.empty()) break;
        const auto named = std::find_if(chapters.begin(), chapters.end(),
                                        [&](const ChapterProgress& one) { return one.chapter == part.chapter; });
        print_exercises(*named, paint);
    }
    if (!next.empty()) {
        std::cout << "\n" << paint.bold("Next: ") << "./workbook check " << next;
        if (options.words.empty()) std::cout << paint.dim("   exercise by exercise: ./workbook status " + opened);
        std::cout << "\n";
    }
    return 0;
}

}  // namespace wb::grader
