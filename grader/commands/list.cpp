#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "commands/commands.hpp"
#include "report/terminal.hpp"
#include "text/nearest.hpp"

namespace wb::grader {

int list_command(const Desk& desk) {
    const Paint paint(style_of_stdout());
    if (desk.course.chapters.empty())
        throw Error("the course has no chapter yet: no folder of " + (desk.root() / "chapters").string() +
                    " holds a chapter.toml");
    std::size_t id_width = 0, title_width = 0;
    for (const Chapter& chapter : desk.course.chapters) {
        for (const Exercise& exercise : chapter.exercises) {
            id_width = std::max(id_width, columns(exercise.id));
            title_width = std::max(title_width, columns(exercise.title));
        }
    }
    for (const Chapter& chapter : desk.course.chapters) {
        std::cout << (&chapter == &desk.course.chapters.front() ? "" : "\n")
                  << paint.bold(chapter.id + "  " + chapter.title)
                  << paint.dim(fmt::format("   {} points   chapters/{}/README.md", points_text(chapter.max_points()),
                                           chapter.id))
                  << "\n";
        for (const Exercise& exercise : chapter.exercises) {
            std::cout << fmt::format("  {}  {}  {:>4}  {}\n", padded(exercise.id, id_width),
                                     padded(exercise.title, title_width), points_text(exercise.max_points()),
                                     paint.dim(listed(exercise.files)));
        }
    }
    return 0;
}

}  // namespace wb::grader
