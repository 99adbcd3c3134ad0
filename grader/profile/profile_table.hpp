/// @file
/// Kernels side by side, a row each, as a Markdown table: for handouts and docs.
#pragma once

#include <string>
#include <vector>

#include "wb_kernels/profile_counts.hpp"

namespace wb::grader {

/// The table's head and a row for each kernel: bytes moved and how often the least that is (KernelProfile::traffic), sectors a request of
/// loads and of stores, wavefronts of shared memory over those without conflicts, idle lanes, barriers a block, FLOPs for each byte moved.
std::string profile_table(const std::vector<kernels::KernelProfile>& kernels);

}  // namespace wb::grader
