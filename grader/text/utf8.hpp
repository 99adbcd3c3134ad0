/// @file
/// Text that comes from outside, looked at character by character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wb::grader {

/// Bytes of the UTF-8 character at the front of `text`, which is not empty; 0 when there is none: a stray byte, a form longer than
/// need be, a surrogate, U+FFFE or U+FFFF (which XML cannot hold).
std::size_t character_length(std::string_view text);

/// Whether all of it is UTF-8.
bool is_utf8(std::string_view text);

/// A name as one line of a report may show it: control characters and bytes that are not UTF-8 as \xNN, and so are the characters that
/// turn the direction of what follows; "..." in the middle of one that is longer than 120 bytes.
std::string shown_name(std::string_view name);

/// A text of any length, shown in the same way; tabs stay.
std::string shown_text(std::string_view text);

/// The same for HTML, between tags or in an attribute in quotes: it has no markup of its own.
std::string html_text(std::string_view text);

}  // namespace wb::grader
