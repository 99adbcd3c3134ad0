/// @file
/// A class as one page for those who teach it: how the points lie, the commonest mistakes, the time that tests took, a line for each submission.
/// Names and messages come from submissions: none of it becomes markup.
#pragma once

#include <string>

#include "gradebook/class_figures.hpp"

namespace wb::grader {

std::string class_page(const ClassFigures& figures, const LatePolicy& policy);

}  // namespace wb::grader
