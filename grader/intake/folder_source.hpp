/// @file
/// Reads a folder that a submission came in. Nothing is followed: a symbolic link in it could name any file that the grader may read.
#pragma once

#include <filesystem>

#include "intake/collector.hpp"

namespace wb::grader {

/// Keeps the files that exercises of the course own. Folders that cannot hold any are named, not entered.
/// @param folder  a folder with chapter folders in it; or one such folder, by its name
/// @throws FileError  naming what cannot be read, or the limit
Intake read_folder(const std::filesystem::path& folder, const Course& course, const IntakeLimits& limits);

}  // namespace wb::grader
