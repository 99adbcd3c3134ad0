#include <fmt/format.h>

#include <iostream>

#include "commands/commands.hpp"
#include "edition/edition.hpp"
#include "edition/judge_sources.hpp"
#include "wb/errors.hpp"

namespace wb::grader {

int export_command(const Desk& desk, const ExportOptions& options) {
    EditionPlan plan{.chapters = {}, .seed = options.seed};
    for (const Selection& part : select_whole_chapters(desk.course, options.chapters, "an edition holds"))
        plan.chapters.push_back(part.chapter);
    const EditionFiles files = edition_files(desk.course, desk.toolchain, plan);
    write_edition(files, options.out);
    std::uintmax_t bytes = 0, cases = 0, hidden = 0;
    for (const auto& [name, file] : files) {
        const std::uintmax_t size = file.source.empty() ? file.text.size() : std::filesystem::file_size(file.source);
        bytes += size;
        if (name.find("/cases/") != std::string::npos) cases += size;
    }
    for (const Chapter* chapter : plan.chapters) hidden += hidden_tests(*chapter).size();
    std::cout << fmt::format(
        "{}: {} files, {:.1f} MB ({:.1f} MB of them cases), {} {}. No line of a solution is in it.\n",
        options.out.string(), files.size(), static_cast<double>(bytes) / 1e6, static_cast<double>(cases) / 1e6,
        plan.chapters.size(), plan.chapters.size() == 1 ? "chapter" : "chapters");
    if (hidden > 0) std::cout << fmt::format("{} hidden tests stay here; they are run when you grade.\n", hidden);
    return 0;
}

}  // namespace wb::grader
