#include "commands/hints.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "files/files.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

json load_hints(const fs::path& memory) {
    std::error_code none;
    json all = json::object();
    if (fs::exists(memory / "hints.json", none)) all = json::parse(read_text(memory / "hints.json"), nullptr, false);
    return all.is_object() ? all : json::object();
}

std::string ordinal(std::size_t number) {
    return std::to_string(number) + (number == 1 ? "st" : number == 2 ? "nd" : number == 3 ? "rd" : "th");
}

}  // namespace

std::size_t hints_shown(const fs::path& memory, const std::string& exercise) {
    const json all = load_hints(memory);
    const auto found = all.find(exercise);
    return found != all.end() && found->is_number_unsigned() ? found->get<std::size_t>() : 0;
}

void remember_hints(const fs::path& memory, const std::string& exercise, std::size_t shown) {
    json all = load_hints(memory);
    all[exercise] = shown;
    write_atomically(memory / "hints.json", all.dump(1) + "\n");
}

std::string next_hint(const Exercise& exercise, std::size_t shown, std::size_t width) {
    const std::size_t count = exercise.hints.size();
    if (count == 0) return "";
    const std::string command = "./workbook hint " + exercise.id;
    if (shown >= count) {
        const std::string text = "All " + std::to_string(count) + " hints for " + exercise.id + " are out: " + command;
        return width == 0 || text.size() <= width ? text : command;
    }
    const std::string which = ordinal(shown + 1) + " of " + std::to_string(count);
    for (const std::string& text : {"Next hint for " + exercise.id + ": " + which + ", costs nothing: " + command,
                                    command + ": " + which + ", free", command + ", free"}) {
        if (width == 0 || text.size() <= width) return text;
    }
    return command;
}

}  // namespace wb::grader
