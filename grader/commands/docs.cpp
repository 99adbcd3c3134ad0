#include <fmt/format.h>

#include <iostream>

#include "commands/commands.hpp"
#include "site/site.hpp"

namespace wb::grader {

int docs_command(const Desk& desk, const DocsOptions& options) {
    const auto folder = options.out.empty() ? desk.root() / "build/docs" : std::filesystem::absolute(options.out);
    const SiteResult site = make_site(read_site_plan(desk.root()), folder);
    std::cout << site.complaints;
    std::cout << fmt::format("{} pages, {} headers, {} pictures in {:.0f} s: {}\n", site.pages, site.headers,
                             site.pictures, site.seconds, site.index.string());
    if (site.complaints.empty()) return 0;
    std::cerr << "workbook: Doxygen complains of the sources (above). Mend them and run ./workbook docs again\n";
    return 1;
}

}  // namespace wb::grader
