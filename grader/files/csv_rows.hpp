/// @file
/// CSV files as other programs export them, with cells in quotes. The workbook's own tables have none: wb/csv.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wb::grader {

/// The rows of a CSV file (RFC 4180): cells in quotes may hold commas, line ends and doubled quotes; a byte order mark is passed over.
/// @param name  what messages call it
/// @throws FileError  with the line, for a quote that is never closed or that text follows
std::vector<std::vector<std::string>> csv_rows(std::string_view text, const std::string& name);

}  // namespace wb::grader
