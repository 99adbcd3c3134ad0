#include "site/doxygen_files.hpp"

#include <fmt/format.h>

#include "files/files.hpp"
#include "process/process.hpp"
#include "text/utf8.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

const fs::path theme = "/usr/share/doxygen-awesome-css", mathjax = "/usr/share/javascript/mathjax";

/// Text in an attribute of layout.xml, whose reader knows no numbered entities.
std::string attribute(const std::string& text) {
    std::string xml = html_text(text);
    for (std::size_t at = 0; (at = xml.find("&#39;", at)) != std::string::npos; ++at) xml.replace(at, 5, "'");
    return xml;
}

std::string navigation(const SitePlan& plan) {
    std::string xml = "<doxygenlayout version=\"1.0\">\n<navindex>\n";
    for (const SiteSection& section : plan.sections) {
        if (!section.title.empty())
            xml += fmt::format("<tab type=\"usergroup\" url=\"[none]\" visible=\"yes\" title=\"{}\">\n",
                               attribute(section.title));
        for (const SiteEntry& entry : section.entries) {
            if (entry.name == "index") {
                xml += fmt::format("<tab type=\"mainpage\" visible=\"yes\" title=\"{}\"/>\n", attribute(entry.title));
            } else if (entry.file.empty()) {
                xml += fmt::format("<tab type=\"{}\" visible=\"yes\" title=\"\"/>\n", attribute(entry.name));
            } else {
                xml += fmt::format("<tab type=\"user\" url=\"@ref {}\" visible=\"yes\" title=\"{}\"/>\n", entry.name,
                                   attribute(entry.title));
            }
        }
        if (!section.title.empty()) xml += "</tab>\n";
    }
    return xml + "</navindex>\n</doxygenlayout>\n";
}

/// Doxygen's own head of a page, with the theme's scripts and our MathJax in it.
std::string head_of_pages(const SitePlan& plan, const fs::path& folder) {
    const fs::path header = folder / "doxygen_header.html";
    const ProcessResult ran =
        run_process({.argv = {"doxygen", "-w", "html", header.string(), (folder / "doxygen_footer.html").string(),
                              (folder / "doxygen.css").string(), (folder / "Doxyfile").string()},
                     .directory = folder});
    if (!ran.ok()) throw Error("doxygen -w html " + ran.how_it_ended() + ": " + ran.output);
    std::string html = read_text(header);
    const auto replace = [&](const std::string& what, const std::string& by) {
        const std::size_t at = html.find(what);
        if (at == std::string::npos)
            throw Error("Doxygen's header.html has no " + what + ": is this Doxygen much newer than 1.9.4?");
        html.replace(at, what.size(), by);
    };
    replace("$mathjax", "");
    replace("</head>", read_text(plan.root / "docs/site/head.html") + "</head>");
    return html;
}

}  // namespace

void check_doxygen_is_there() {
    const std::string remedy =
        ". Run ./workbook docs, which installs it, or: apt-get install doxygen doxygen-awesome-css libjs-mathjax";
    for (const fs::path& file : {theme / "doxygen-awesome.css", mathjax / "MathJax.js"})
        if (!fs::exists(file)) throw Error("the site needs " + file.string() + remedy);
    try {
        run_process({.argv = {"doxygen", "--version"}});
    } catch (const Error&) {
        throw Error("the site needs the program doxygen" + remedy);
    }
}

void write_doxygen_files(const SitePlan& plan, const fs::path& folder) {
    std::string settings = read_text(plan.root / "docs/site/Doxyfile");
    settings += fmt::format(
        "OUTPUT_DIRECTORY = \"{0}\"\nINPUT = \"{0}/sources\"\nSTRIP_FROM_PATH = \"{0}/sources\"\nLAYOUT_FILE = "
        "\"{0}/layout.xml\"\n",
        folder.string());
    settings += "HTML_EXTRA_STYLESHEET =";
    for (const char* css : {"doxygen-awesome.css", "doxygen-awesome-sidebar-only.css",
                            "doxygen-awesome-sidebar-only-darkmode-toggle.css"})
        settings += " \"" + (theme / css).string() + "\"";
    settings += " \"" + (plan.root / "docs/site/workbook.css").string() + "\"\nHTML_EXTRA_FILES =";
    for (const char* script : {"darkmode-toggle", "fragment-copy-button", "interactive-toc", "paragraph-link"})
        settings += " \"" + (theme / fmt::format("doxygen-awesome-{}.js", script)).string() + "\"";
    settings += "\n";
    write_atomically(folder / "layout.xml", navigation(plan));
    write_atomically(folder / "Doxyfile", settings);  // without the header: from these settings Doxygen writes its own
    write_atomically(folder / "header.html", head_of_pages(plan, folder));
    write_atomically(folder / "Doxyfile", settings + "HTML_HEADER = \"" + (folder / "header.html").string() + "\"\n");
}

void copy_mathjax(const fs::path& folder) {
    for (const char* part : {"MathJax.js", "extensions", "jax/input/TeX", "jax/element/mml", "jax/output/CommonHTML",
                             "fonts/HTML-CSS/TeX/woff"}) {
        fs::create_directories((folder / part).parent_path());
        fs::copy(mathjax / part, folder / part, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    }
}

}  // namespace wb::grader
