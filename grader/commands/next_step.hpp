/// @file
/// What a student is told to do after a report.
#pragma once

#include <filesystem>
#include <string>

#include "commands/commands.hpp"
#include "grade/grading.hpp"
#include "report/report.hpp"

namespace wb::grader {

/// The path as the student would type it.
std::string typed_path(const std::filesystem::path& path);

/// One thing to do after this report, about the first exercise that is not done; empty when the whole course is.
std::string next_step(const Desk& desk, const Submission& submission, const Report& report);

}  // namespace wb::grader
