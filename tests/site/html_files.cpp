#include "html_files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace wb::site {
namespace fs = std::filesystem;
namespace {

std::string without_entities(std::string text) {
    for (const auto& [entity, character] : {std::pair{"&amp;", "&"}, {"&quot;", "\""}, {"&lt;", "<"}, {"&gt;", ">"}})
        for (std::size_t at = 0; (at = text.find(entity, at)) != std::string::npos; ++at)
            text.replace(at, std::string(entity).size(), character);
    return text;
}

/// Takes the attributes of one tag, "img src=.. alt=..".
void take_tag(const std::string& tag, HtmlFile& file) {
    const std::string name = tag.substr(0, tag.find_first_of(" \n/"));
    for (const std::string attribute : {"id", "name", "href", "src"})
        for (const char quote : {'"', '\''}) {
            const std::string key = " " + attribute + "=" + quote;
            const std::size_t at = tag.find(key);
            if (at == std::string::npos) continue;
            const std::size_t begin = at + key.size();
            const std::string value = without_entities(tag.substr(begin, tag.find(quote, begin) - begin));
            if (attribute == "id" || attribute == "name") {
                file.names.insert(value);
            } else {
                file.references.push_back({name, value});
            }
        }
}

HtmlFile read_page(const fs::path& path) {
    HtmlFile file;
    const std::string html = content_of(path);
    for (std::size_t at = 0; (at = html.find('<', at)) != std::string::npos;) {
        if (html.compare(at, 4, "<!--") == 0) {
            at = std::min(html.find("-->", at), html.size());
            continue;
        }
        const std::size_t end = std::min(html.find('>', at), html.size());
        const std::string tag = html.substr(at + 1, end - at - 1);
        take_tag(tag, file);
        at = end;
        if (tag.rfind("script", 0) == 0) at = std::min(html.find("</script", at), html.size());
    }
    return file;
}

}  // namespace

fs::path site_folder() {
    return fs::path(WB_SITE) / "html";
}

std::string content_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::map<std::string, HtmlFile> read_pages() {
    std::map<std::string, HtmlFile> pages;
    if (!fs::is_directory(site_folder())) return pages;
    for (const auto& file : fs::directory_iterator(site_folder()))
        if (file.path().extension() == ".html") pages[file.path().filename().string()] = read_page(file.path());
    return pages;
}

}  // namespace wb::site
