/// @file
/// An autograder as Gradescope takes it: a zip with setup.sh, run_autograder and what grading needs of the workbook. It has no solutions:
/// .starter/ holds the stubs that come from them.
/// Source: https://gradescope-autograders.readthedocs.io/en/latest/specs/ (files and folders, results.json, who runs what)
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "course/course.hpp"

namespace wb::grader {

struct GradescopeAutograder {
    std::vector<const Chapter*> chapters;  ///< that are graded, and built
    std::uint64_t seed = 1;                ///< of the cases
    bool no_sandbox = false;               ///< grade in a container without a sandbox, too: submissions are trusted
};

/// What Gradescope runs once, as root, when it makes the image.
std::string gradescope_setup_script();
/// What it runs, as root, for each submission. Both find their files below $AUTOGRADER_ROOT, or else /autograder.
std::string gradescope_run_script(const GradescopeAutograder& autograder);

/// Writes the zip.
/// @return  how many files are in it
/// @throws FileError  naming the file that cannot be read or written; Error when `course` has no build of its own to take
int write_gradescope_autograder(const Course& course, const GradescopeAutograder& autograder,
                                const std::filesystem::path& zip);

}  // namespace wb::grader
