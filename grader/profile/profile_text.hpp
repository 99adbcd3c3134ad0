/// @file
/// A kernel's profile for the terminal: what it moves in all, its source with the counters of each line, and what to mend.
#pragma once

#include <string>
#include <vector>

#include "report/terminal.hpp"
#include "wb_kernels/profile_counts.hpp"

namespace wb::grader {

/// @param source  the lines of the file that was launched from; lines of other files are not shown, but counted
std::string profile_text(const kernels::KernelProfile& kernel, const std::vector<std::string>& source,
                         const Paint& paint);

/// "fused_attention.cu", whatever path a build gave it: without folders, and without the rewriter's ".cpp".
std::string source_name(const std::string& file);

}  // namespace wb::grader
