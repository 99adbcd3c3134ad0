/// @file
/// What a shell can complete, read off the command line itself: a command or option that is added there is completed.
#pragma once

#include <CLI/CLI.hpp>

#include "commands/commands.hpp"
#include "completion/scripts.hpp"

namespace wb::grader {

/// The type names of options and places say what goes there: EXERCISE, CHAPTER, DEMO, BENCHMARK; what begins with FILE; DIR and FOLDER.
CompletionModel completion_model(const CLI::App& app, const Desk& desk);

}  // namespace wb::grader
