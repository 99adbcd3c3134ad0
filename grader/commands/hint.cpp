#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands/commands.hpp"
#include "files/files.hpp"
#include "report/terminal.hpp"

namespace wb::grader {
using nlohmann::json;

int hint_command(const Desk& desk, const std::string& id) {
    const Paint paint(style_of_stdout());
    const Exercise& exercise = *select_exercise(desk.course, id).exercises.front();
    if (exercise.hints.empty()) {
        std::cout << "Exercise " << id << " has no hints; its contract and the handout say it all.\n";
        return 0;
    }
    const auto file = desk.memory() / "hints.json";
    json memory = json::object();
    if (std::filesystem::exists(file)) memory = json::parse(read_text(file), nullptr, false);
    if (!memory.is_object()) memory = json::object();
    const std::size_t count = exercise.hints.size();
    const std::size_t before =
        memory.contains(id) && memory[id].is_number_unsigned() ? memory[id].get<std::size_t>() : 0;
    const std::size_t shown = std::min(before + 1, count);
    memory[id] = shown;
    write_atomically(file, memory.dump(1) + "\n");

    std::cout << paint.bold(id + "  " + exercise.title) << "\n";
    const std::size_t width = paint.style().width > 0 ? paint.style().width : 80;
    for (std::size_t i = 0; i < shown; ++i) {
        // The text stands behind its number: folded() indents further lines by two more than the first, so that has two less here.
        std::vector<std::string> lines = folded("   " + exercise.hints[i], width - 2);
        lines.front().replace(0, 3, "  " + std::to_string(i + 1) + ". ");
        for (const std::string& line : lines) std::cout << (i + 1 < shown ? paint.dim(line) : line) << "\n";
    }
    const std::size_t left = count - shown;
    std::cout << paint.dim(left == 0 ? "That was the last hint."
                                     : std::to_string(left) + (left == 1 ? " more hint: " : " more hints: ") +
                                           "./workbook hint " + id)
              << "\n";
    return 0;
}

}  // namespace wb::grader
