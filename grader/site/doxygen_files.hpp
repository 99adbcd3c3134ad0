/// @file
/// What Doxygen reads beside the sources: its settings, the order of the navigation, the head of each page; and what pages need in a browser.
/// Nothing of it comes from a network, neither now nor when a page is read.
#pragma once

#include <filesystem>

#include "site/site.hpp"

namespace wb::grader {

/// @throws Error  naming the packages, when Doxygen, its theme or MathJax is not there
void check_doxygen_is_there();

/// Writes `folder`/Doxyfile (docs/site/Doxyfile and what belongs to this machine), layout.xml and header.html.
void write_doxygen_files(const SitePlan& plan, const std::filesystem::path& folder);

/// Of MathJax, what reads TeX and draws it with fonts of its own.
void copy_mathjax(const std::filesystem::path& folder);

}  // namespace wb::grader
