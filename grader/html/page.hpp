/// @file
/// HTML pages that need nothing else: no network, no script. What lies in them beside our own markup has gone through html_text (text/utf8.hpp).
#pragma once

#include <string>
#include <string_view>

namespace wb::grader {

struct HtmlPage {
    std::string title;       ///< text
    const char* style = "";  ///< CSS, beside what every page has
    std::string body;        ///< HTML below the title
};

/// The whole file. It is HTML that is well-formed XML too.
std::string html_page(const HtmlPage& page);

/// html_text of each line, with the line breaks kept: for <pre>.
std::string html_lines(std::string_view text);

/// The link to a file in the page's own folder. Whatever its name is, it leads nowhere else: "./javascript%3Aalert".
std::string html_link(std::string_view file);

}  // namespace wb::grader
