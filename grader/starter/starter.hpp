/// @file
/// The starter of a chapter: what a student gets for each of its files. It comes from solutions/ by the markers; a student
/// edition, which has no solutions, keeps it in .starter/. Used to write starter/, to reset an exercise, and to stand in for
/// files that a submission lacks.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "course/course.hpp"

namespace wb::grader {

/// File name to text, for every file of the chapter.
/// @throws MarkerError, FileError  when the solutions are broken or there are none
std::map<std::string, std::string> starter_files(const Course& course, const Chapter& chapter);

/// One file of starter/ that is not as it should be.
struct StarterDifference {
    std::filesystem::path file;  ///< relative to the course's root
    std::string what;            ///< "differs from what solutions/ generates, first in line 12"
};

/// How starter/ differs from what the markers generate, for all chapters; empty when it agrees.
std::vector<StarterDifference> check_starter(const Course& course);

/// Makes starter/ agree. A file that is overwritten or deleted is first copied to `backup`.
/// @return  what was changed, one line each
std::vector<std::string> write_starter(const Course& course, const std::filesystem::path& backup);

}  // namespace wb::grader
