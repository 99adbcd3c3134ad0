/// @file
/// Reads what kernels of the profile build have counted: a file of JSON lines, written by kernels/simt/profile/export.cpp into the file that
/// WB_PROFILE names.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "wb_kernels/profile_counts.hpp"

namespace wb::grader {

/// One entry for each kernel of each run. A line that is cut short, as when a program was killed, is left out. No file: no entries.
std::vector<kernels::KernelProfile> read_profiles(const std::filesystem::path& file);
/// The same of a text that is there already.
std::vector<kernels::KernelProfile> read_profiles(std::istream& lines);

/// Of each kernel (by name, symbol and place of launch) the entry in which warps took the most steps: the largest question. The
/// kernels with the most steps come first.
std::vector<kernels::KernelProfile> largest_of_each(std::vector<kernels::KernelProfile> profiles);

/// "fused_attention.cu", whatever path a build gave it: without folders, and without the rewriter's ".cpp".
std::string source_name(const std::string& file);

}  // namespace wb::grader
