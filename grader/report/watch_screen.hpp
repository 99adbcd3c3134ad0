/// @file
/// The one screen of `check --watch`: what failed and why, the score, how long the verdict took, what helps next. Laid out for the terminal's
/// size, so that nothing scrolls; drawn by terminal_screen.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/report.hpp"
#include "report/terminal.hpp"

namespace wb::grader {

/// What the screen says besides the report.
struct WatchFacts {
    std::optional<double> seconds = {};    ///< it took to the verdict; none: there is no verdict yet
    std::string after = "the save";        ///< what the seconds are counted from
    std::vector<std::string> advice = {};  ///< lines at the bottom: what to do next, the next hint
    std::string state = {};                ///< the last line: what is watched, or what is being checked
};

/// The exercise that the screen explains: the first that went wrong, or else the first that is not written; null when all is done.
const ExerciseReport* first_open(const Report& report);

/// The screen's lines, at most style.height of at most style.width columns: the first test that failed with its message, cut to fit, the
/// others a line each. A test whose message names the mistake is told before one that only sees it.
std::vector<std::string> watch_screen(const Report& report, const WatchFacts& facts, const TerminalStyle& style);

/// A line cut to so many columns, with dots at its end; escapes take none. Width 0 cuts nothing.
std::string clipped(const std::string& line, std::size_t width, bool unicode);

}  // namespace wb::grader
