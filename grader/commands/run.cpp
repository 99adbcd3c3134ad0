#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "commands/commands.hpp"
#include "grade/grading.hpp"
#include "process/process.hpp"
#include "report/terminal.hpp"
#include "submission/workers.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// A line a chapter: its number, title and demos.
std::string demos_by_chapter(const Desk& desk) {
    std::vector<std::array<std::string, 3>> rows;
    std::size_t width = 0;
    for (const Chapter& chapter : desk.course.chapters) {
        const auto tools = desk.toolchain.chapters.find(chapter.id);
        if (tools == desk.toolchain.chapters.end() || tools->second.demos.empty()) continue;
        std::vector<std::string> names;
        for (const auto& [name, objects] : tools->second.demos) names.push_back(name);
        rows.push_back({chapter.id.substr(0, 2), chapter.title, fmt::format("{}", fmt::join(names, ", "))});
        width = std::max(width, columns(chapter.title));
    }
    std::string lines;
    for (const auto& [number, title, names] : rows)
        lines += fmt::format("\n  {}  {}  {}", number, padded(title, width), names);
    return lines;
}

}  // namespace

int run_command(const Desk& desk, const RunOptions& options) {
    std::vector<std::string> names;
    for (const Chapter& chapter : desk.course.chapters) {
        const auto tools = desk.toolchain.chapters.find(chapter.id);
        if (tools == desk.toolchain.chapters.end()) continue;
        for (const auto& [name, objects] : tools->second.demos) {
            names.push_back(name);
            if (name != options.name) continue;
            check_compiler(desk.toolchain);
            fs::path folder = options.submission;
            if (folder.empty())
                folder =
                    desk.root() / (fs::is_directory(desk.root() / "solutions" / chapter.id) ? "solutions" : "starter");
            const Submission submission = open_submission(desk.course, folder);
            ObjectCache cache(desk.toolchain);
            WorkerMaker maker(desk.course, chapter, desk.toolchain, cache, submission.chapter_folder(chapter));
            std::vector<std::string> argv{maker.demo(objects).string()};
            argv.insert(argv.end(), options.arguments.begin(), options.arguments.end());
            ::setenv("WORKBOOK_DEMO", name.c_str(), 1);  // run_demo's usage calls it so, and not by the program's path
            exec_program(argv);
        }
    }
    if (names.empty()) throw UsageError("no demo is built yet");
    if (options.name.empty())
        throw UsageError("run: which demo? Try: ./workbook run " + names.front() + demos_by_chapter(desk));
    throw UsageError("there is no demo \"" + options.name + "\"." + did_you_mean(options.name, names) +
                     " Demos: " + listed(names));
}

}  // namespace wb::grader
