#include "report/terminal_screen.hpp"

#include <ostream>

#include "process/process.hpp"

namespace wb::grader {
namespace {

constexpr const char *other_screen = "\x1b[?1049h\x1b[?25l", *first_screen = "\x1b[?25h\x1b[?1049l";

}  // namespace

TerminalScreen::TerminalScreen(std::ostream& out) : out_(out), leave_(first_screen) {
    say_when_interrupted(leave_);
    out_ << other_screen << std::flush;
}

TerminalScreen::~TerminalScreen() {
    say_when_interrupted("");
    out_ << leave_ << std::flush;
}

void TerminalScreen::draw(const std::vector<std::string>& lines) {
    std::string picture = "\x1b[H";  // over the old one, without a blank moment between
    leave_ = first_screen;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        picture +=
            (i == 0 ? "\x1b[K" : "\r\n\x1b[K") + lines[i];  // cleared before: behind a full line stands no cursor
        leave_ += lines[i] + "\n";
    }
    say_when_interrupted(leave_);
    out_ << picture << "\x1b[J" << std::flush;
}

}  // namespace wb::grader
