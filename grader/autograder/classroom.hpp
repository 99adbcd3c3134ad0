/// @file
/// GitHub Classroom's autograding workflow for a repository that students get a copy of: this course.
/// Source: https://docs.github.com/en/education/manage-coursework-with-github-classroom (custom autograding workflows), and
/// https://github.com/classroom-resources/autograding-grading-reporter (what it reads; that the check run keeps its usual name)
#pragma once

#include <string>
#include <vector>

#include "course/course.hpp"

namespace wb::grader {

/// Where the file belongs in the repository.
inline constexpr const char* classroom_workflow_file = ".github/workflows/classroom.yml";

/// A workflow that runs `./workbook check` on each push, and reports points for each exercise.
std::string classroom_workflow(const std::vector<const Chapter*>& chapters);

}  // namespace wb::grader
