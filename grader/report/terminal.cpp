#include "report/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <ostream>
#include <sstream>

namespace wb::grader {

TerminalStyle style_of_stdout() {
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value ? value : "");
    };
    TerminalStyle style;
    style.live = ::isatty(STDOUT_FILENO) == 1 && variable("TERM") != "dumb";
    winsize size{};
    if (style.live && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        style.width = size.ws_col;
        style.height = size.ws_row;
    }
    style.colour = style.live && variable("NO_COLOR").empty();
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        std::string value = variable(name);
        if (value.empty()) continue;
        std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return std::toupper(c); });
        style.unicode = value.find("UTF-8") != std::string::npos || value.find("UTF8") != std::string::npos;
        break;
    }
    return style;
}

std::string Paint::wrap(const char* code, const std::string& text) const {
    return style_.colour && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

std::string Paint::mark(TestStatus status) const {
    switch (status) {
        case TestStatus::passed:
            return good(style_.unicode ? "\u2714" : "ok  ");
        case TestStatus::not_implemented:
            return dim(style_.unicode ? "\u25CB" : "todo");
        case TestStatus::skipped:
        case TestStatus::manual:
            return warn(style_.unicode ? "\u2013" : "-   ");
        default:
            return bad(style_.unicode ? "\u2718" : "FAIL");
    }
}

std::string Paint::bar(double score, double max_score, int cells) const {
    if (max_score <= 0) return std::string(static_cast<std::size_t>(cells), ' ');  // nothing to be had
    int filled = static_cast<int>(cells * score / max_score + 1e-9);
    if (score > 0) filled = std::max(filled, 1);
    std::string full, rest;
    for (int i = 0; i < cells; ++i)
        (i < filled ? full : rest) += style_.unicode ? (i < filled ? "\u2588" : "\u2591") : (i < filled ? "#" : ".");
    return (filled == cells ? good(full) : warn(full)) + dim(rest);
}

std::string points_text(double points) {
    return fmt::format("{:.6g}", points);
}

std::string words_of(TestStatus status) {
    std::string words(name_of(status));
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

std::size_t columns(const std::string& text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\x1b') {
            while (i < text.size() && text[i] != 'm') ++i;
        } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
            ++count;
        }
    }
    return count;
}

std::string padded(const std::string& text, std::size_t width) {
    const std::size_t got = columns(text);
    return got < width ? text + std::string(width - got, ' ') : text;
}

TerminalReport::TerminalReport(std::ostream& out, TerminalStyle style, const Report& expected)
    : out_(out), paint_(style) {
    for (const ChapterReport& chapter : expected.chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) {
            id_width_ = std::max(id_width_, columns(exercise.id));
            title_width_ = std::max(title_width_, columns(exercise.title));
            ++total_;
        }
    }
    title_width_ = std::max<std::size_t>(title_width_, 12);
    status_line(expected);
}

void TerminalReport::heading(const ChapterReport& chapter) {
    out_ << "\n" << paint_.bold(chapter.id + "  " + chapter.title) << "\n";
}

void TerminalReport::row(const ExerciseReport& exercise) {
    const TestStatus outcome = exercise.outcome();
    double seconds = 0;
    int manual = 0;
    for (const TestReport& test : exercise.tests) {
        seconds += test.seconds;
        manual += test.status == TestStatus::manual;
    }
    std::string remark;
    if (outcome == TestStatus::passed) {
        if (seconds >= 0.05) remark = fmt::format("{:.1f} s", seconds);
        if (manual > 0) remark = fmt::format("{} answer{} for a person to mark", manual, manual == 1 ? "" : "s");
    } else {
        const auto passed = std::count_if(exercise.tests.begin(), exercise.tests.end(),
                                          [](const TestReport& test) { return test.status == TestStatus::passed; });
        remark = outcome == TestStatus::failed ? fmt::format("{} of {} tests passed", passed, exercise.tests.size())
                                               : words_of(outcome);
    }
    out_ << fmt::format(
        "  {} {}  {}  {:>4} / {:<4} {}  {}\n", paint_.mark(outcome), padded(exercise.id, id_width_),
        padded(exercise.title, title_width_), points_text(exercise.score()), points_text(exercise.max_score()),
        paint_.bar(exercise.score(), exercise.max_score()),
        outcome == TestStatus::passed || outcome == TestStatus::not_implemented ? paint_.dim(remark) : remark);
    if (outcome != TestStatus::passed) failures(exercise);
}

std::vector<std::string> folded(const std::string& line, std::size_t width) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    if (indent + 20 > width) return {line};
    std::vector<std::string> pieces;
    std::string rest = line;
    while (rest.size() > width) {
        const std::size_t first = rest.find_first_not_of(' ');
        std::size_t cut = rest.rfind(' ', width);
        if (cut == std::string::npos || cut < first) cut = rest.find(' ', first);
        if (cut == std::string::npos) break;
        pieces.push_back(rest.substr(0, cut));
        rest = std::string(indent + 2, ' ') + rest.substr(cut + 1);
    }
    pieces.push_back(rest);
    return pieces;
}

void TerminalReport::message(const std::string& text) {
    const auto most = static_cast<std::ptrdiff_t>(paint_.style().message_lines);
    const std::ptrdiff_t all = std::count(text.begin(), text.end(), '\n') + (text.ends_with('\n') ? 0 : 1);
    const std::ptrdiff_t shown =
        all <= most + 1 ? all : most;  // to say that a single line is left out takes a line, too
    std::istringstream lines(text);
    std::string line;
    for (std::ptrdiff_t i = 0; i < shown && std::getline(lines, line); ++i) {
        for (const std::string& piece : folded("          " + line, paint_.style().width)) out_ << piece << "\n";
    }
    if (const std::ptrdiff_t more = all - shown; more > 0)
        out_ << paint_.dim(fmt::format("          ... {} more lines (--json FILE keeps them)", more)) << "\n";
}

namespace {

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

/// The line that names a known mistake; the whole message when there is none.
std::string diagnosis_of(const TestReport& test) {
    const std::string mistake = test.named_mistake();
    return mistake.empty() ? test.message : mistake;
}

/// Whether a test says no more than that nothing is written yet.
bool plain_todo(const TestReport& test) {
    return test.status == TestStatus::not_implemented && test.message.ends_with("is not implemented yet");
}

/// Whether what is not written is another exercise, which this one needs.
bool waits_for_another(const TestReport& test, const std::string& exercise) {
    return plain_todo(test) && !test.message.starts_with("exercise " + exercise + " ");
}

std::string suite_of(const TestReport& test) {
    return test.name.substr(0, test.name.find('.'));
}

/// "todo BiasGeluKernel: 8 tests  not implemented, 0 of 4", or "todo DLinear.Begins  exercise 6.6 is not implemented yet, 0 of 2".
std::string todo_line(const Paint& paint, const std::vector<const TestReport*>& tests, const std::string& exercise) {
    double score = 0, most = 0;
    for (const TestReport* test : tests) {
        score += test->score;
        most += test->max_score;
    }
    return fmt::format(
        "      {} {}  {}\n", paint.mark(TestStatus::not_implemented),
        tests.size() == 1 ? tests[0]->name : fmt::format("{}: {} tests", suite_of(*tests[0]), tests.size()),
        paint.dim(fmt::format("{}, {} of {}",
                              waits_for_another(*tests[0], exercise)
                                  ? tests[0]->message
                                  : std::string(words_of(TestStatus::not_implemented)),
                              points_text(score), points_text(most))));
}

}  // namespace

void TerminalReport::failures(const ExerciseReport& exercise) {
    std::vector<const TestReport*> open;
    for (const TestReport& test : exercise.tests) {
        if (test.status != TestStatus::passed && test.status != TestStatus::manual) open.push_back(&test);
    }
    const bool alike = std::all_of(open.begin(), open.end(), [&](const TestReport* test) {
        return test->message == open[0]->message && test->status == open[0]->status;
    });
    if (alike && open.size() == exercise.tests.size()) {  // one cause for all: say it once
        if (!plain_todo(*open[0]) || waits_for_another(*open[0], exercise.id)) message(open[0]->message);
        return;
    }
    std::map<std::string, std::vector<const TestReport*>> todo;  // by suite, and by the exercise that is not written
    const auto group_of = [](const TestReport& test) { return suite_of(test) + " " + test.message; };
    for (const TestReport* test : open) {
        if (plain_todo(*test)) todo[group_of(*test)].push_back(test);
    }
    std::map<std::string, std::string>
        said;  // what went wrong, without the numbers of one case -> the test that said it
    for (const TestReport* test : open) {
        // The words 'not implemented' say it all, unless some tests got further.
        if (test->status == TestStatus::not_implemented && exercise.outcome() == TestStatus::not_implemented &&
            !waits_for_another(*test, exercise.id))
            continue;
        if (plain_todo(*test)) {
            const auto& suite = todo[group_of(*test)];
            if (suite.front() == test) out_ << todo_line(paint_, suite, exercise.id);
            continue;
        }
        out_ << fmt::format("      {} {}  {}\n", paint_.mark(test->status), test->name,
                            paint_.dim(fmt::format("{}, {} of {}", words_of(test->status), points_text(test->score),
                                                   points_text(test->max_score))));
        const auto [before, fresh] = said.emplace(diagnosis_of(*test), test->name);
        if (fresh)
            message(test->message);
        else if (before->first == test->message)  // word for word, and no mistake has a name
            message("As in " + before->second + ": " + first_line(before->first));
        else
            message(first_line(test->message) + "\n  As in " + before->second + ": " + before->first);
    }
}

void TerminalReport::wipe_status_line() {
    if (live_line_) out_ << "\r\x1b[K";
    live_line_ = false;
}

void TerminalReport::status_line(const Report& report) {
    if (!paint_.style().live || done_.size() == total_) return;
    std::string waiting;
    int named = 0;
    for (const ChapterReport& chapter : report.chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) {
            if (named == 3 || std::find(done_.begin(), done_.end(), exercise.id) != done_.end()) continue;
            waiting += (named++ == 0 ? "" : ", ") + exercise.id;
        }
    }
    out_ << paint_.dim(fmt::format("  {} of {} graded, now {}{}", done_.size(), total_, waiting,
                                   total_ - done_.size() > 3 ? " ..." : ""))
         << std::flush;
    live_line_ = true;
}

void TerminalReport::update(const Report& report, const ExerciseReport& done) {
    done_.push_back(done.id);
    wipe_status_line();
    std::size_t index = 0;
    for (const ChapterReport& chapter : report.chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) {
            if (index++ < printed_) continue;
            if (std::find(done_.begin(), done_.end(), exercise.id) == done_.end()) {
                status_line(report);
                out_ << std::flush;
                return;
            }
            if (&exercise == &chapter.exercises.front()) heading(chapter);
            row(exercise);
            ++printed_;
        }
    }
    out_ << std::flush;
}

void TerminalReport::finish(const Report& report, const std::string& next_step) {
    wipe_status_line();
    std::map<TestStatus, int> counts;
    for (const ChapterReport& chapter : report.chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) {
            for (const TestReport& test : exercise.tests) ++counts[test.status];
        }
    }
    std::string tally;
    for (const auto& [status, count] : counts)
        tally += fmt::format("{}{} {}", tally.empty() ? "" : ", ", count, words_of(status));
    const std::size_t mark_width = paint_.style().unicode ? 1 : 4;
    std::string line;
    for (std::size_t i = 0; i < mark_width + id_width_ + title_width_ + 29; ++i) {
        line += paint_.style().unicode ? "\u2500" : "-";
    }
    out_ << "  " << paint_.dim(line) << "\n";
    out_ << fmt::format("  {} {}  {:>4} / {:<4} {}  {}\n", std::string(mark_width, ' '),
                        paint_.bold(padded(report.submission, id_width_ + 2 + title_width_)),
                        points_text(report.score()), points_text(report.max_score()),
                        paint_.bar(report.score(), report.max_score()), tally);
    for (const ChapterReport& chapter : report.chapters) {
        for (const auto& [name, value] : chapter.metrics) out_ << fmt::format("    {}  {:.6g}\n", name, value);
    }
    if (!next_step.empty()) out_ << "\n" << paint_.bold("Next: ") << next_step << "\n";
    out_ << std::flush;
}

}  // namespace wb::grader
