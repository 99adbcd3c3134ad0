/// @file
/// Which hints a student has seen: build/hints.json.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "course/course.hpp"

namespace wb::grader {

/// How many hints of the exercise were shown so far. A file that is damaged counts as none.
std::size_t hints_shown(const std::filesystem::path& memory, const std::string& exercise);
/// Remembers it.
void remember_hints(const std::filesystem::path& memory, const std::string& exercise, std::size_t shown);

/// "Next hint for 2.1: 2nd of 3, costs nothing: ./workbook hint 2.1", or less of it in fewer columns (0: any); empty when the exercise
/// has no hints.
std::string next_hint(const Exercise& exercise, std::size_t shown, std::size_t width = 0);

}  // namespace wb::grader
