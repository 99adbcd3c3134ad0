/// @file
/// Points for Canvas: the CSV file that an instructor exported from it, with one column filled in, to be imported there again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gradebook/gradebook.hpp"

namespace wb::grader {

struct CanvasMerge {
    std::string csv;                   ///< to be imported
    std::vector<std::string> without;  ///< in Canvas, but not in the book, or not graded: their cells are as they were
    std::vector<std::string> unknown;  ///< graded in the book, but not in Canvas
    std::string remark;                ///< when Canvas has another maximum than the book; empty when not
};

/// @param exported  Canvas's file; `name` is what messages call it
/// @param column    whose cells are to be filled: its whole name, "Attention (123456)", or what comes before the number
/// @param match     the column whose cells are the book's ids
/// @throws FileError  when it is no export of Canvas's, or has no such column, with those that it has
CanvasMerge merge_into_canvas(const Gradebook& book, std::string_view exported, const std::string& name,
                              const std::string& column, const std::string& match);

}  // namespace wb::grader
