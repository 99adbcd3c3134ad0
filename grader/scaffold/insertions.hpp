/// @file
/// Places in files that people write: where in a CMake list, a handout or a list of pages one entry more belongs. Each function
/// returns the new text, or nothing when it finds no place.
#pragma once

#include <optional>
#include <string>

namespace wb::grader {

/// `entry` behind the last one of a call's list, laid out as the entries are that are there:
///     wb_add_chapter(02_attention BINDINGS worker.cpp)   call "wb_add_chapter", first "02_attention", keyword "BINDINGS"
/// @param keyword  what the list stands behind; empty: the list is all that follows the call's first word
std::optional<std::string> with_cmake_entry(const std::string& cmake, const std::string& call, const std::string& first,
                                            const std::string& keyword, const std::string& entry);

/// `block` before the first line that starts with `line`.
std::optional<std::string> with_block_before(const std::string& text, const std::string& line,
                                             const std::string& block);

/// `row` behind the last row of the first table that has a row starting with `start`, such as "| 2."; of a table without any, the one
/// whose head is `head`.
std::optional<std::string> with_table_row(const std::string& markdown, const std::string& start,
                                          const std::string& head, const std::string& row);

/// `section` behind the last section whose heading starts with `heading`, such as "### 2."; where there is none, before the heading
/// `before`; at the end where that is missing, too.
std::string with_section(const std::string& markdown, const std::string& heading, const std::string& before,
                         const std::string& section);

/// `entry` behind the last text in quotes that starts and ends with these, in a TOML list of texts.
std::optional<std::string> with_listed_text(const std::string& toml, const std::string& start, const std::string& end,
                                            const std::string& entry);

}  // namespace wb::grader
