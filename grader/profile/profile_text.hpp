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

/// "rows.cu:9  1 launch: 2 blocks of 32 threads": where a kernel is launched from, and how.
std::string launch_text(const kernels::KernelProfile& kernel);

/// A line of a kernel's summary: "global memory" and its figures in words. A name that begins with blanks belongs to the row above.
struct SummaryRow {
    std::string name, words;
};
std::vector<SummaryRow> summary_rows(const kernels::KernelProfile& kernel);

/// What is shown beside a line of the source; empty where there is nothing to show.
struct LineCells {
    std::string loads, stores;  ///< "128 x 32": requests, and sectors of each
    std::string shared;         ///< requests, and wavefronts over what they take without bank conflicts
    std::string meetings;       ///< atomics, or else barriers, or else warp functions
    std::string idle;           ///< share of idle lanes

    [[nodiscard]] bool empty() const {
        return loads.empty() && stores.empty() && shared.empty() && meetings.empty() && idle.empty();
    }
};
LineCells line_cells(const kernels::LineCounters& count);

}  // namespace wb::grader
