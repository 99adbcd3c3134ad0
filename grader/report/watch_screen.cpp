#include "report/watch_screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "text/utf8.hpp"

namespace wb::grader {
namespace {

bool is_open(const TestReport& test) {
    return test.status != TestStatus::passed && test.status != TestStatus::manual &&
           (test.status != TestStatus::skipped || test.max_score > 0);
}

std::vector<const TestReport*> open_tests(const ExerciseReport& exercise) {
    std::vector<const TestReport*> open;
    for (const TestReport& test : exercise.tests) {
        if (is_open(test)) open.push_back(&test);
    }
    return open;
}

bool went_wrong(const ExerciseReport& exercise) {
    return !exercise.passed() && exercise.outcome() != TestStatus::not_implemented &&
           exercise.outcome() != TestStatus::skipped;
}

std::vector<const ExerciseReport*> exercises_of(const Report& report) {
    std::vector<const ExerciseReport*> all;
    for (const ChapterReport& chapter : report.chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) all.push_back(&exercise);
    }
    return all;
}

std::string opening_of(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

std::string points_of(double score, double max_score) {
    return points_text(score) + " / " + points_text(max_score);
}

/// Lays a screen out, top to bottom.
class WatchLayout {
 public:
    WatchLayout(const Report& report, const WatchFacts& facts, const TerminalStyle& style)
        : report_(report),
          facts_(facts),
          paint_(style),
          width_(style.width > 0 ? style.width : 80),
          height_(style.height > 0 ? std::max<std::size_t>(style.height, 6) : 24),
          exercises_(exercises_of(report)) {}

    std::vector<std::string> lines() {
        heading();
        std::vector<std::string> below = bottom();
        const std::size_t room = height_ - std::min(height_ - 1, lines_.size() + below.size());
        if (const ExerciseReport* open = first_open(report_)) {
            explain(*open, room);
        } else {
            add(paint_.mark(TestStatus::passed) + " " + paint_.good("All tests passed."));
        }
        if (lines_.size() + below.size() < height_) add("");
        for (const std::string& line : below) add(line);
        if (lines_.size() > height_) lines_.resize(height_);
        for (std::string& line : lines_) {
            for (auto tab = line.find('\t'); tab != std::string::npos; tab = line.find('\t'))
                line.replace(tab, 1, "    ");
            line = clipped(line, width_, paint_.style().unicode);
        }
        return lines_;
    }

 private:
    void add(std::string line) { lines_.push_back(std::move(line)); }

    void heading() {
        const std::string score = points_of(report_.score(), report_.max_score());
        std::string name = report_.submission;
        if (exercises_.size() == 1) {
            name = exercises_[0]->id + "  " + exercises_[0]->title;
        } else if (report_.chapters.size() == 1) {
            name = report_.chapters[0].id + "  " + report_.chapters[0].title;
        }
        const std::size_t right = 10 + 2 + score.size();  // the bar has ten cells
        if (width_ > right + 8) {
            name = clipped(name, width_ - right - 2, paint_.style().unicode);
            add(paint_.bold(padded(name, width_ - right - 2)) + "  " +
                paint_.bar(report_.score(), report_.max_score()) + "  " + score);
        } else {
            add(score);
        }
        if (height_ >= 12) add("");
    }

    /// Tally, advice, state.
    std::vector<std::string> bottom() const {
        std::size_t passed = 0, all = 0;
        for (const ExerciseReport* exercise : exercises_) {
            for (const TestReport& test : exercise->tests) {
                if (test.status == TestStatus::manual || (test.status == TestStatus::skipped && test.max_score == 0))
                    continue;
                passed += test.status == TestStatus::passed;
                ++all;
            }
        }
        std::string tally = fmt::format("{} of {} tests passed", passed, all);
        if (facts_.seconds) tally += fmt::format(", {:.1f} s after {}", *facts_.seconds, facts_.after);
        std::vector<std::string> below{paint_.bold(tally)};
        // On a small screen the first lines of advice give way, the hint comes last.
        const std::size_t most = height_ < 10 ? 1 : height_;
        const std::size_t skip = facts_.advice.size() - std::min(facts_.advice.size(), most);
        below.insert(below.end(), facts_.advice.begin() + static_cast<std::ptrdiff_t>(skip), facts_.advice.end());
        below.push_back(paint_.dim(facts_.state));
        return below;
    }

    /// The first failure that names a mistake; else the first failure; else the first that is not written.
    static const TestReport& most_telling(const std::vector<const TestReport*>& open) {
        const TestReport* best = open[0];
        const auto rank = [](const TestReport& test) {
            if (test.status == TestStatus::not_implemented || test.status == TestStatus::skipped) return 0;
            return test.named_mistake().empty() ? 1 : 2;
        };
        for (const TestReport* test : open) {
            if (rank(*test) > rank(*best)) best = test;
        }
        return *best;
    }

    /// The exercise's most telling failure with its message, then what else is open, in `room` lines.
    void explain(const ExerciseReport& exercise, std::size_t room) {
        const auto open = open_tests(exercise);
        if (exercises_.size() > 1) {
            add(paint_.bold(exercise.id + "  " + exercise.title) + "  " +
                points_of(exercise.score(), exercise.max_score()));
            room -= std::min<std::size_t>(room, 1);
        }
        if (open.empty() || room == 0 || exercise.outcome() == TestStatus::skipped) return;  // skipped: not come to yet
        // What no test got past, such as a compile error, is said once, and not as the first test's.
        const bool one_cause = open.size() > 1 && open.size() == exercise.tests.size() &&
                               std::all_of(open.begin(), open.end(), [&](const TestReport* test) {
                                   return test->message == open[0]->message && test->status == open[0]->status;
                               });
        const TestReport& told = most_telling(open);

        std::vector<std::string> others;
        for (const TestReport* test : open) {
            if (test != &told && !one_cause)
                others.push_back(paint_.mark(test->status) + " " + test->name + "  " +
                                 paint_.dim(opening_of(test->message)));
        }
        for (const ExerciseReport* other : exercises_) {
            if (other != &exercise && went_wrong(*other))
                others.push_back(paint_.mark(other->outcome()) + " " + other->id + "  " + other->title + "  " +
                                 points_of(other->score(), other->max_score()));
        }

        add(paint_.mark(told.status) + " " + paint_.bold(one_cause ? words_of(told.status) : told.name) +
            (one_cause ? "" : "  " + paint_.dim(words_of(told.status))));
        --room;
        std::vector<std::string> message;
        std::istringstream text(told.message);
        for (std::string line; std::getline(text, line);) {
            for (const std::string& piece : folded("    " + line, width_)) message.push_back(piece);
        }
        // The message comes first; a third of the room stays for the others, where there are that many.
        const std::size_t for_others = std::min(others.size(), std::max<std::size_t>(1, room / 3));
        const std::size_t for_message = std::min(message.size(), room - std::min(room, for_others));
        cut_list(message, for_message, "    ... {} more lines: ./workbook check " + exercise.id);
        cut_list(others, room - std::min(room, for_message), "... and {} more");
    }

    /// At most `room` of the lines; the last says how many are left out.
    void cut_list(const std::vector<std::string>& lines, std::size_t room, const std::string& more) {
        if (room == 0) return;
        const std::size_t shown = lines.size() <= room ? lines.size() : room - 1;
        for (std::size_t i = 0; i < shown; ++i) add(lines[i]);
        if (shown < lines.size()) add(paint_.dim(fmt::format(fmt::runtime(more), lines.size() - shown)));
    }

    const Report& report_;
    const WatchFacts& facts_;
    Paint paint_;
    std::size_t width_, height_;
    std::vector<const ExerciseReport*> exercises_;
    std::vector<std::string> lines_;
};

}  // namespace

const ExerciseReport* first_open(const Report& report) {
    const ExerciseReport* todo = nullptr;
    for (const ExerciseReport* exercise : exercises_of(report)) {
        if (went_wrong(*exercise)) return exercise;
        if (!todo && !exercise->passed()) todo = exercise;
    }
    return todo;
}

std::vector<std::string> watch_screen(const Report& report, const WatchFacts& facts, const TerminalStyle& style) {
    return WatchLayout(report, facts, style).lines();
}

std::string clipped(const std::string& line, std::size_t width, bool unicode) {
    if (width == 0 || columns(line) <= width) return line;
    const std::string dots = unicode ? "\u2026" : "...";
    const std::size_t room = width - std::min(width, columns(dots));
    std::string cut;
    bool painted = false;
    for (std::size_t i = 0, taken = 0; i < line.size();) {
        if (line[i] == '\x1b') {
            const std::size_t end = std::min(line.find('m', i), line.size() - 1);
            cut += line.substr(i, end + 1 - i);
            painted = true;
            i = end + 1;
            continue;
        }
        if (taken++ == room) break;
        const std::size_t length = std::max<std::size_t>(1, character_length(std::string_view(line).substr(i)));
        cut += line.substr(i, length);
        i += length;
    }
    return cut + dots.substr(0, width) + (painted ? "\x1b[0m" : "");
}

}  // namespace wb::grader
