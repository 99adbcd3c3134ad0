/// @file
/// The words of ./workbook autograder, for main.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "commands/commands.hpp"

namespace wb::grader {

/// Adds the command and its parts. What one of them does is handed to `on` with the part that it belongs to.
/// @param options  is filled; must outlive the application
void add_autograder(CLI::App& app, AutograderOptions& options,
                    const std::function<void(CLI::App*, std::function<int(const Desk&)>)>& on);

}  // namespace wb::grader
