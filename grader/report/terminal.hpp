/// @file
/// The report for eyes: an aligned table, one row an exercise, what failed below its row. Rows appear as soon as all rows above them
/// are there, so the order is the course's while results stream; a line at the bottom of a terminal says what is still to come.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "report/report.hpp"

namespace wb::grader {

/// What the terminal can show.
struct TerminalStyle {
    bool colour = false;     ///< only on a terminal, and never when NO_COLOR is set
    bool unicode = false;    ///< the locale is UTF-8
    bool live = false;       ///< a status line may be drawn and wiped: stdout is a terminal
    int message_lines = 12;  ///< of one failure; the rest is counted
    std::size_t width = 0;   ///< columns of the terminal: longer lines of a message are folded between words; 0: never
    std::size_t height = 0;  ///< lines of the terminal; 0: unknown
};

/// By isatty, NO_COLOR, TERM and the locale's variables.
TerminalStyle style_of_stdout();

/// Colours and marks, or their plain stand-ins.
class Paint {
 public:
    explicit Paint(TerminalStyle style) : style_(style) {}
    [[nodiscard]] std::string good(const std::string& text) const { return wrap("32", text); }
    [[nodiscard]] std::string bad(const std::string& text) const { return wrap("31", text); }
    [[nodiscard]] std::string warn(const std::string& text) const { return wrap("33", text); }
    [[nodiscard]] std::string dim(const std::string& text) const { return wrap("2", text); }
    [[nodiscard]] std::string bold(const std::string& text) const { return wrap("1", text); }
    /// A tick, a cross, a ring ... padded to one width.
    [[nodiscard]] std::string mark(TestStatus status) const;
    /// Ten cells or more, filled by score / max_score.
    [[nodiscard]] std::string bar(double score, double max_score, int cells = 10) const;
    /// The dash between two words.
    [[nodiscard]] std::string dash() const { return style_.unicode ? "\u2013" : "-"; }
    [[nodiscard]] const TerminalStyle& style() const { return style_; }

 private:
    [[nodiscard]] std::string wrap(const char* code, const std::string& text) const;
    TerminalStyle style_;
};

/// "12", "2.5": points without needless zeros.
std::string points_text(double points);
/// "not implemented", "compile error": the status in words.
std::string words_of(TestStatus status);
/// Columns that `text` takes, its characters counted, escapes not.
std::size_t columns(const std::string& text);
/// A line cut between words into lines of at most `width` bytes, each but the first indented two blanks more than the first.
/// A word longer than that stays whole. Width 0, or one that the indentation eats up, cuts nothing.
std::vector<std::string> folded(const std::string& line, std::size_t width);
/// `text` with blanks up to `width` columns.
std::string padded(const std::string& text, std::size_t width);

/// Prints one submission's report as it comes.
class TerminalReport {
 public:
    /// @param expected  the report before anything ran (empty_report): fixes rows and widths
    TerminalReport(std::ostream& out, TerminalStyle style, const Report& expected);

    /// To be called with each state of the report: prints the rows that are due.
    void update(const Report& report, const ExerciseReport& done);
    /// The totals, and what to do next (empty: nothing).
    void finish(const Report& report, const std::string& next_step);

 private:
    void heading(const ChapterReport& chapter);
    void row(const ExerciseReport& exercise);
    void failures(const ExerciseReport& exercise);
    void message(const std::string& text);
    void status_line(const Report& report);
    void wipe_status_line();

    std::ostream& out_;
    Paint paint_;
    std::size_t id_width_ = 0, title_width_ = 0, total_ = 0, printed_ = 0;
    std::vector<std::string> done_;
    bool live_line_ = false;
};

}  // namespace wb::grader
