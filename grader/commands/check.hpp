/// @file
/// The two ways of `check`: once, in lines, and again after every save, on one screen.
#pragma once

#include <vector>

#include "commands/commands.hpp"
#include "grade/grading.hpp"

namespace wb::grader {

GradingOptions grading_options(const Desk& desk, const CheckOptions& options, const Submission& submission);

/// Grades what is selected and prints the report. Returns the exit status.
int check_once(const Desk& desk, const CheckOptions& options, const std::vector<Selection>& selection);

/// Grades what is selected, and again after every save what the saved files belong to, until it is interrupted: on a terminal one screen
/// that is drawn over, elsewhere a report a save.
[[noreturn]] void watch(const Desk& desk, const CheckOptions& options, const std::vector<Selection>& selection);

}  // namespace wb::grader
