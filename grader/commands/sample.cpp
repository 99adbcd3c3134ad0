#include <fmt/format.h>

#include <array>
#include <iostream>

#include "commands/commands.hpp"
#include "sample/sample_class.hpp"

namespace wb::grader {

int sample_command(const Desk& desk, const SampleClassOptions& options) {
    const std::vector<Selection> selection = select(desk.course, options.chapters);
    const std::vector<SampleMember> members = write_sample_class(
        desk.course, selection, options.folder,
        {.submissions = options.submissions, .seed = options.seed, .honest = options.honest, .mark = options.mark});
    std::array<int, sample_kinds> counts{};
    for (const SampleMember& member : members) ++counts[static_cast<std::size_t>(member.kind)];
    std::string words, chapters;
    for (std::size_t kind = 0; kind < counts.size(); ++kind) {
        if (counts[kind] > 0)
            words += fmt::format("{}{} {}", words.empty() ? "" : ", ", counts[kind], name_of(SampleKind(kind)));
    }
    for (const Selection& part : selection) chapters += (chapters.empty() ? "" : ",") + part.chapter->id.substr(0, 2);
    const std::string list = (options.folder / "class.csv").string();
    std::cout << fmt::format("{} made-up submissions: {}. {} says what each is.\n", members.size(), words, list)
              << fmt::format("./workbook grade --class {} --book sample.book --chapters {}\n", list, chapters);
    return 0;
}

}  // namespace wb::grader
