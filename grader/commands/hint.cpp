#include <algorithm>
#include <iostream>

#include "commands/commands.hpp"
#include "commands/hints.hpp"
#include "report/terminal.hpp"

namespace wb::grader {

int hint_command(const Desk& desk, const std::string& id) {
    const Paint paint(style_of_stdout());
    const Exercise& exercise = *select_exercise(desk.course, id).exercises.front();
    if (exercise.hints.empty()) {
        std::cout << "Exercise " << id << " has no hints; its contract and the handout say it all.\n";
        return 0;
    }
    const std::size_t count = exercise.hints.size();
    const std::size_t shown = std::min(hints_shown(desk.memory(), id) + 1, count);
    remember_hints(desk.memory(), id, shown);

    std::cout << paint.bold(id + "  " + exercise.title) << paint.dim("   hints cost nothing") << "\n";
    const std::size_t width = paint.style().width > 0 ? paint.style().width : 80;
    for (std::size_t i = 0; i < shown; ++i) {
        // The text stands behind its number: folded() indents further lines by two more than the first, so that has two less here.
        std::vector<std::string> lines = folded("   " + exercise.hints[i], width - 2);
        lines.front().replace(0, 3, "  " + std::to_string(i + 1) + ". ");
        std::cout << "\n";
        for (const std::string& line : lines) std::cout << (i + 1 < shown ? paint.dim(line) : line) << "\n";
    }
    std::cout << "\n" << paint.dim(shown == count ? "That was the last hint." : next_hint(exercise, shown)) << "\n";
    return 0;
}

}  // namespace wb::grader
