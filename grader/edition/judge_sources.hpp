/// @file
/// The sources of a judge, as a student edition needs them: what its tests include, and no test that students are not to see.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "course/course.hpp"

namespace wb::grader {

/// The files below tests/ that the given sources are made of: themselves, and what they include with quotes, directly or not. Paths from
/// the root. Includes of other folders (the chapter's contracts, library, grader) are not followed: an edition has those whole.
/// @throws Error  with the chain of includes, when it reaches an oracle, a case maker or a file that is nowhere
std::set<std::filesystem::path> judge_files(const Course& course, const Chapter& chapter,
                                            const std::vector<std::filesystem::path>& sources);

/// Names of the tests that students are not to see (visibility other than "visible").
std::set<std::string> hidden_tests(const Chapter& chapter);

/// The sources without those of hidden tests.
/// @throws Error  when one holds tests of both kinds
std::vector<std::filesystem::path> without_hidden(const Course& course, const Chapter& chapter,
                                                  const std::vector<std::filesystem::path>& sources);

/// A chapter.toml without the entries of hidden tests.
std::string without_hidden_entries(const Chapter& chapter, const std::string& chapter_toml);

/// A CMakeLists.txt without the lines that are the names of sources which an edition has not.
std::string without_lines_of(const std::string& cmake_lists, const std::vector<std::filesystem::path>& dropped);

}  // namespace wb::grader
