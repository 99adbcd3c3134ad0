/// @file
/// Lines that a reader asked for by number, one or two: a line, two lines, or one line before and after a change.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "report/terminal.hpp"
#include "wb_kernels/profile_counts.hpp"

namespace wb::grader {

/// A kernel that is shown.
struct ProfiledKernel {
    kernels::KernelProfile profile;
    std::map<std::string, std::vector<std::string>>
        sources;              ///< lines of the files in which it has lines, by source_name
    std::string side{};       ///< "before", "after", or nothing
    std::string estimates{};  ///< for real GPUs, in words and lines; may be empty

    /// Line `number` of this file (by source_name), or nothing.
    [[nodiscard]] std::string code(const std::string& file, int number) const;
};

/// A line with requests, and the kernel whose they are.
struct ChosenLine {
    std::string title;  ///< "before  rows.cu:9  sum_rows"
    std::string code;
    std::vector<kernels::LaneAddresses> addresses;
};

/// @param kernels  the first that has requests at a line is taken
/// @param numbers  one or two. With kernels of both sides the first is looked for before, and the last after.
/// @throws UsageError when there is no request at a line: with the lines that have some
std::vector<ChosenLine> choose_lines(const std::vector<ProfiledKernel>& kernels, const std::vector<int>& numbers);

/// The lines with the pictures of their requests; two of them side by side where the terminal is wide enough, or nobody knows its width.
std::string chosen_text(const std::vector<ChosenLine>& lines, const Paint& paint);

}  // namespace wb::grader
