#include "edition/page_links.hpp"

#include <sstream>

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// Whether a link's target is in the edition, or outside of any: an address, a heading of the same page.
bool leads(const std::string& target, const fs::path& page, const EditionFiles& files) {
    if (target.find("://") != std::string::npos || target.starts_with("#") || target.starts_with("mailto:"))
        return true;
    const std::string file =
        (page.parent_path() / target.substr(0, target.find('#'))).lexically_normal().generic_string();
    if (files.contains(file)) return true;
    const std::string folder = file.ends_with("/") ? file : file + "/";
    const auto below = files.lower_bound(folder);
    return below != files.end() && below->first.starts_with(folder);
}

/// A link in a line: [words](target).
struct Link {
    std::size_t begin = std::string::npos, words_end = 0, end = 0;
    std::string target;
};

/// The first link from `from` on; begin is npos when there is none. Pictures are links, too.
Link next_link(const std::string& line, std::size_t from) {
    for (std::size_t middle = line.find("](", from); middle != std::string::npos;
         middle = line.find("](", middle + 1)) {
        const std::size_t begin = line.rfind('[', middle), end = line.find(')', middle);
        if (begin == std::string::npos || begin < from || end == std::string::npos) continue;
        return {begin, middle, end + 1, line.substr(middle + 2, end - middle - 2)};
    }
    return {};
}

}  // namespace

std::string with_links_that_lead(const std::string& markdown, const fs::path& page, const EditionFiles& files) {
    std::string result;
    std::istringstream in(markdown);
    bool fenced = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("```")) fenced = !fenced;
        bool dropped = false;
        std::size_t from = 0;
        for (Link link = next_link(line, from); !fenced && link.begin != std::string::npos;
             link = next_link(line, from)) {
            if (leads(link.target, page, files)) {
                from = link.end;
                continue;
            }
            dropped =
                dropped || (line.starts_with("|") && from == 0 && link.target.find("chapters/") != std::string::npos &&
                            link.target.ends_with("/README.md"));
            const bool picture = link.begin > 0 && line[link.begin - 1] == '!';
            const std::string words = line.substr(link.begin + 1, link.words_end - link.begin - 1);
            const std::size_t begin = picture ? link.begin - 1 : link.begin;
            line.replace(begin, link.end - begin, words);
            from = begin + words.size();
        }
        if (!dropped) result += line + "\n";
    }
    return result;
}

}  // namespace wb::grader
