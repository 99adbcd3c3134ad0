/// @file
/// A class of GitHub Classroom: a folder of clones, ASSIGNMENT-USERNAME each, and the roster that says who has which user name.
/// Source: GitHub's documentation of Classroom (the folder is what `gh classroom clone student-repos` makes; the roster is downloaded as
/// classroom_roster.csv, with the columns identifier, github_username, github_id and name).
#pragma once

#include <filesystem>

#include "intake/class_list.hpp"

namespace wb::grader {

/// Gives each clone its student's identifier as id, and the student's name. A clone of nobody on the roster is left out, with the reason; so
/// is what does not begin with the name of the assignment, which is what most clones begin with. Letter case of user names does not count.
/// @param list    of read_class(), for a folder
/// @param folder  what messages call it
/// @return        sorted by id
/// @throws FileError  naming the file and line: a column is missing, an identifier cannot be an id or is there twice, nobody's clone is there
ClassList by_roster(ClassList list, const std::filesystem::path& folder, const std::filesystem::path& roster);

}  // namespace wb::grader
