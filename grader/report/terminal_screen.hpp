/// @file
/// The whole terminal as one picture that is drawn over: the terminal's other screen, without a cursor. When it ends, or the program is
/// interrupted, the terminal is as it was, with the last picture's lines below what was there.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace wb::grader {

class TerminalScreen {
 public:
    explicit TerminalScreen(std::ostream& out);
    ~TerminalScreen();
    TerminalScreen(const TerminalScreen&) = delete;
    TerminalScreen& operator=(const TerminalScreen&) = delete;

    /// @param lines  each must fit the terminal's width, and all its height
    void draw(const std::vector<std::string>& lines);

 private:
    std::ostream& out_;
    std::string leave_;  ///< what gives the terminal back
};

}  // namespace wb::grader
