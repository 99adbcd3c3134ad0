/// @file
/// The words of ./workbook gradebook, for main.cpp.
#pragma once

#include "words.hpp"

namespace wb::grader {

/// Adds the command and its parts. What one of them does is handed to `on` with the part that it belongs to.
/// @param options  is filled; must outlive the application
void add_gradebook(CLI::App& app, GradebookOptions& options, const OnCommand& on);

}  // namespace wb::grader
