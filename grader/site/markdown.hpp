/// @file
/// Pages of the site from Markdown as GitHub shows it. The sources stay readable there; Doxygen wants other formulas, other links and
/// a name for each heading, and reads more as a command than GitHub does. Fenced blocks and code spans stay what they are.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace wb::grader {

/// The name that GitHub gives to a heading: "### 2.1 Scaled dot-product" is #21-scaled-dot-product.
std::string heading_anchor(std::string_view heading);

/// What a page is and where it lies.
struct PageSource {
    std::string name;      ///< the page's own name among all pages: letters, digits and _
    std::string markdown;  ///< begins with "# " and the title
    /// What Doxygen calls the target of a link, "@ref chapters_02_attention", or the link itself where it leads out of the workbook.
    std::function<std::string(const std::string& link)> link;
    /// Where the site has a picture.
    std::function<std::string(const std::string& link)> picture;
};

/// The name of a page's section on the whole site. Doxygen has one room for all names.
std::string section_name(std::string_view page, std::string_view anchor);

/// The page as Doxygen reads it.
/// @throws Error  when the page does not begin with its title
std::string doxygen_page(const PageSource& page);

/// The title: what stands behind the first "# ". @throws Error  when the page begins with something else
std::string page_title(std::string_view markdown);

}  // namespace wb::grader
