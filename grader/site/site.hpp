/// @file
/// The site: which pages it has and in which order (docs/site/pages.toml), what Doxygen is given of them, and its run.
/// Sources are laid out anew in a folder, as Doxygen wants them; nothing in the workbook's own folders is changed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wb::grader {

/// A page, or a link of the navigation that Doxygen fills: "files", "namespaces".
struct SiteEntry {
    std::filesystem::path file;  ///< from the root; empty for a list of Doxygen's
    std::string name;            ///< of the page, or of Doxygen's list
    std::string title;           ///< as the navigation calls it: the page's title up to its first comma
};

/// A part of the navigation.
struct SiteSection {
    std::string title;  ///< empty: its pages stand by themselves
    std::vector<SiteEntry> entries;
};

/// What the site is made of.
struct SitePlan {
    std::filesystem::path root;
    std::vector<SiteSection> sections;
    std::vector<std::filesystem::path> headers;  ///< that the reference is made from; from the root
};

/// The name that a page's file gives it: "chapters/02_attention/README.md" is chapters_02_attention, the root's README.md is index.
std::string page_name(const std::filesystem::path& file);

/// Reads docs/site/pages.toml and the headers that it names.
/// @throws CourseFileError  naming its line, when a page is missing
SitePlan read_site_plan(const std::filesystem::path& root);

/// What came of it.
struct SiteResult {
    std::filesystem::path index;  ///< index.html
    std::size_t pages = 0, headers = 0, pictures = 0;
    std::string complaints;  ///< Doxygen's warnings and errors; empty: none
    double seconds = 0;
};

/// Makes the site anew in `folder`/html.
/// @throws Error  when a link leads nowhere, or a program or package that it needs is missing
SiteResult make_site(const SitePlan& plan, const std::filesystem::path& folder);

}  // namespace wb::grader
