#include "site/site.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "course/toml_file.hpp"
#include "files/files.hpp"
#include "process/process.hpp"
#include "site/doxygen_files.hpp"
#include "site/header_comments.hpp"
#include "site/markdown.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// Names of the headings of a page, as GitHub gives them.
std::set<std::string> anchors_of(const std::string& markdown) {
    std::set<std::string> anchors;
    bool fenced = false;
    for (std::size_t begin = 0, end = 0; begin < markdown.size(); begin = end + 1) {
        end = std::min(markdown.find('\n', begin), markdown.size());
        const std::string line = markdown.substr(begin, end - begin);
        if (line.starts_with("```")) fenced = !fenced;
        const std::size_t text = line.starts_with("##") && !fenced ? line.find_first_not_of("# ") : std::string::npos;
        if (text != std::string::npos) anchors.insert(heading_anchor(line.substr(text)));
    }
    return anchors;
}

/// Lays the sources out as Doxygen is to read them.
class Layout {
 public:
    Layout(const SitePlan& plan, const fs::path& sources, const fs::path& html)
        : plan_(plan), sources_(sources), html_(html) {
        for (const SiteSection& section : plan.sections)
            for (const SiteEntry& entry : section.entries)
                if (!entry.file.empty()) pages_[entry.file] = read_text(plan.root / entry.file);
    }

    void lay_out(SiteResult& result) {
        for (const auto& [file, markdown] : pages_) {
            std::string text = doxygen_page(source(file, markdown));
            if (page_name(file) == "index")
                text.replace(0, text.find('\n'), "# " + page_title(markdown) + " {#mainpage}");
            write_atomically(sources_ / (page_name(file) + ".md"), text);
        }
        for (const fs::path& header : plan_.headers)
            write_atomically(sources_ / header, with_every_comment(read_text(plan_.root / header)));
        for (const fs::path& file : shown_)
            write_atomically(
                sources_ / (page_name(file) + ".md"),
                fmt::format("# {0} {{#{1}}}\n\n```{{{2}}}\n{3}\n```\n", file.generic_string(), page_name(file),
                            file.extension() == ".cu" || file.extension() == ".hpp" ? ".cpp" : ".unparsed",
                            read_text(plan_.root / file)));
        for (const auto& [file, name] : pictures_) {
            fs::create_directories((html_ / name).parent_path());
            fs::copy_file(plan_.root / file, html_ / name, fs::copy_options::overwrite_existing);
        }
        result.pages = pages_.size() + shown_.size();
        result.headers = plan_.headers.size();
        result.pictures = pictures_.size();
    }

 private:
    PageSource source(const fs::path& file, const std::string& markdown) {
        return {.name = page_name(file),
                .markdown = markdown,
                .link = [this, file](const std::string& link) { return link_to(file, link); },
                .picture = [this, file](const std::string& link) { return picture_of(file, link); }};
    }
    /// The file that a link of `file` means. @throws Error when it is not there
    fs::path target(const fs::path& file, const std::string& link) const {
        const fs::path path = (file.parent_path() / link).lexically_normal();
        if (link.starts_with("/") || path.string().starts_with("..") || !fs::is_regular_file(plan_.root / path))
            throw Error(fmt::format("{}: the link to \"{}\" leads nowhere: there is no file {}", file.string(), link,
                                    path.string()));
        return path;
    }
    std::string link_to(const fs::path& file, const std::string& link) {
        if (link.find("://") != std::string::npos || link.starts_with("mailto:")) return link;
        const std::size_t hash = link.find('#');
        const std::string anchor = hash == std::string::npos ? "" : link.substr(hash + 1);
        const fs::path path = hash == 0 ? file : target(file, link.substr(0, hash));
        if (const auto page = pages_.find(path); page != pages_.end()) {
            if (anchor.empty()) return "@ref " + page_name(path);
            if (!anchors_of(page->second).contains(anchor))
                throw Error(fmt::format("{}: the link to \"{}\" leads nowhere: {} has no heading #{}", file.string(),
                                        link, path.string(), anchor));
            return "@ref " + section_name(page_name(path), anchor);
        }
        if (std::find(plan_.headers.begin(), plan_.headers.end(), path) != plan_.headers.end())
            return "@ref " + path.generic_string();
        shown_.insert(path);
        return "@ref " + page_name(path);
    }
    std::string picture_of(const fs::path& file, const std::string& link) {
        const fs::path path = target(file, link);
        return pictures_[path] = "pictures/" + page_name(path.parent_path() / path.stem()) + path.extension().string();
    }

    const SitePlan& plan_;
    fs::path sources_, html_;
    std::map<fs::path, std::string> pages_;     ///< file, Markdown
    std::set<fs::path> shown_;                  ///< files that are shown because a page links to them
    std::map<fs::path, std::string> pictures_;  ///< file, name in the site
};

std::vector<fs::path> headers_below(const fs::path& root, const std::vector<std::string>& folders,
                                    const std::vector<std::string>& without) {
    std::vector<fs::path> headers;
    for (const std::string& folder : folders)
        for (const auto& file : fs::recursive_directory_iterator(root / folder)) {
            const fs::path path = file.path().lexically_relative(root);
            const auto is_in = [&](const std::string& part) { return path.string().find(part) != std::string::npos; };
            if (path.extension() == ".hpp" && std::none_of(without.begin(), without.end(), is_in))
                headers.push_back(path);
        }
    std::sort(headers.begin(), headers.end());
    return headers;
}

}  // namespace

std::string page_name(const fs::path& file) {
    fs::path path = file.filename() == "README.md" ? file.parent_path() : file;
    if (path.extension() == ".md") path.replace_extension();
    if (path.empty()) return "index";
    std::string name = path.generic_string();
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    return name;
}

SitePlan read_site_plan(const fs::path& root) {
    const fs::path file = "docs/site/pages.toml";
    const TomlFile toml(root / file, file.string());
    toml.only(toml.root(), {"section", "reference"}, file.string());
    SitePlan plan{.root = root, .sections = {}, .headers = {}};
    for (const TomlValue* part : toml.tables_or_none(toml.root(), "section")) {
        toml.only(*part, {"title", "pages", "lists"}, "a section");
        SiteSection section{.title = toml.text_or(*part, "title", ""), .entries = {}};
        for (const std::string& page : toml.texts_or_none(*part, "pages")) {
            if (!fs::is_regular_file(root / page)) toml.fail(part->line, "there is no page " + page);
            const std::string name = page_name(page), title = page_title(read_text(root / page));
            section.entries.push_back(
                {.file = page, .name = name, .title = name == "index" ? "Start" : title.substr(0, title.find(','))});
        }
        for (const std::string& list : toml.texts_or_none(*part, "lists"))
            section.entries.push_back({.file = {}, .name = list, .title = {}});
        plan.sections.push_back(std::move(section));
    }
    if (const auto reference = toml.root().members.find("reference"); reference != toml.root().members.end()) {
        toml.only(reference->second, {"folders", "without"}, "[reference]");
        plan.headers = headers_below(root, toml.texts_or_none(reference->second, "folders"),
                                     toml.texts_or_none(reference->second, "without"));
    }
    return plan;
}

SiteResult make_site(const SitePlan& plan, const fs::path& folder) {
    const auto began = std::chrono::steady_clock::now();
    check_doxygen_is_there();
    SiteResult result;
    const fs::path sources = folder / "sources", html = folder / "html";
    fs::remove_all(sources);
    fs::remove_all(html);
    Layout(plan, sources, html).lay_out(result);
    write_doxygen_files(plan, folder);
    const ProcessResult ran = run_process({.argv = {"doxygen", (folder / "Doxyfile").string()},
                                           .directory = folder,
                                           .time_limit = std::chrono::minutes(10)});
    result.complaints = ran.output;
    if (!ran.ok() && result.complaints.empty()) result.complaints = "doxygen " + ran.how_it_ended() + "\n";
    copy_mathjax(html / "mathjax");
    result.index = html / "index.html";
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return result;
}

}  // namespace wb::grader
