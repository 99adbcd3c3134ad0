/// @file
/// The site's files as a test reads them: which pages there are, what they name, and what they link to.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace wb::site {

/// An attribute that names another file: <img src="..">.
struct Reference {
    std::string tag, target;  ///< "img"; as it is written, with entities resolved
};

/// What matters of a page.
struct HtmlFile {
    std::set<std::string> names;  ///< id="..", name=".."
    std::vector<Reference> references;
};

/// The folder that `./workbook docs` has filled for these tests.
std::filesystem::path site_folder();

/// All pages, by their name in the site.
std::map<std::string, HtmlFile> read_pages();

/// The whole of a file.
std::string content_of(const std::filesystem::path& file);

}  // namespace wb::site
