/// @file
/// What a solution says, looked for in files that are to be handed out.
#pragma once

#include <string>
#include <vector>

#include "course/course.hpp"
#include "edition/edition.hpp"

namespace wb::grader {

/// A place that says what a solution says.
struct SolutionLines {
    std::string file;      ///< of the edition
    int line = 0;          ///< where three lines of a solution begin
    std::string solution;  ///< "solutions/04_vit/fine_tuning.cpp:118"
};

/// Places where three lines in a row are those of a solution, indentation and lines of less than eight characters apart. Shorter
/// passages are idioms: a loop over heads is no secret.
std::vector<SolutionLines> find_solution_lines(const Course& course, const EditionFiles& files);

}  // namespace wb::grader
