/// @file
/// The files of a folder, as what is packed or copied wants them.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

namespace wb::grader {

/// Every plain file below a folder, in order of paths. Links are left out.
/// @param passed_over  says of a name that neither the file nor what lies below the folder is wanted
/// @throws FileError  when it cannot be read
std::vector<std::filesystem::path> files_below(
    const std::filesystem::path& folder, const std::function<bool(const std::filesystem::path& name)>& passed_over);

/// Caches and what was downloaded: in no archive and no copy of the workbook.
bool is_local(const std::filesystem::path& name);

/// Whether somebody may run it.
bool is_executable(const std::filesystem::path& file);

}  // namespace wb::grader
