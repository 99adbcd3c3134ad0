/// @file
/// The words of what a student has at the desk besides check: ./workbook list, status, hint, reset, debug, run, profile, datasets and
/// completion. For main.cpp.
#pragma once

#include "words.hpp"

namespace wb::grader {

/// What the words of these commands are read into.
struct DeskWords {
    StatusOptions status;
    std::string exercise, shell;
    std::filesystem::path submission;  ///< of reset and debug
    bool yes = false;                  ///< reset although files were edited
    RunOptions run;
    ProfileOptions profile;
    DatasetOptions datasets;
};

/// Adds the commands.
/// @param words  is filled; must outlive the application
void add_desk(CLI::App& app, DeskWords& words, const OnCommand& on);

}  // namespace wb::grader
