/// @file
/// The words of ./workbook autograder, for main.cpp.
#pragma once

#include "words.hpp"

namespace wb::grader {

/// Adds the command and its parts. What one of them does is handed to `on` with the part that it belongs to.
/// @param options  is filled; must outlive the application
void add_autograder(CLI::App& app, AutograderOptions& options, const OnCommand& on);

}  // namespace wb::grader
