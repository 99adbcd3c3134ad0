/// @file
/// Tables from CSV files: a first line with the columns' names, then a line for each row. Cells are separated by commas and
/// stripped of blanks around them; quotes have no meaning and are refused, so that a comma is never part of a cell. Empty lines
/// are skipped, lines may end in CR LF, a UTF-8 byte order mark is passed over.
/// A table holds text; numbers are read when they are asked for. Every complaint says file, line and column, as a
/// compiler does: "trace.csv:7: prompt: expected a whole number from 1 to 2048, got \"abc\"".
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wb {

/// What a CSV file holds. Cheap to copy: copies share the text.
class CsvTable {
 public:
    /// What messages call it: the file's path.
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }  ///< their names, in order
    [[nodiscard]] std::size_t num_rows() const { return lines_.size(); }                ///< without the first line

    /// The index of a column. @throws FileError when there is none of that name, listing those that are there
    [[nodiscard]] std::size_t column(std::string_view name) const;

    /// A cell's text, valid as long as a copy of the table is. Indices below num_rows() and columns().size().
    [[nodiscard]] std::string_view text(std::size_t row, std::size_t column) const;

    /// A cell as a finite number with low <= number <= high. @throws FileError otherwise
    [[nodiscard]] double number(std::size_t row, std::size_t column, double low, double high) const;

    /// A cell as a whole number (digits and a minus, nothing else) with low <= number <= high. @throws FileError otherwise
    [[nodiscard]] std::int64_t whole_number(std::size_t row, std::size_t column, std::int64_t low,
                                            std::int64_t high) const;

    /// Refuses a row for a reason of the caller's. @throws FileError "<file>:<line>: <words>"
    [[noreturn]] void refuse(std::size_t row, const std::string& words) const;

 private:
    friend CsvTable parse_csv(std::span<const std::byte> bytes, const std::string& name);
    std::string name_;
    std::shared_ptr<const std::string> content_;
    std::vector<std::string> columns_;
    std::vector<std::string_view> cells_;  ///< [rows * columns], into content_
    std::vector<std::uint32_t> lines_;     ///< [rows]: numbers from 1
};

/// Reads a whole file. @throws FileError when it cannot be read, has no first line, a column without a name or with that of
/// another, a quote or a control character, a row with more or fewer cells than the first line, more than 1,000 columns, or 2^32
/// lines
CsvTable read_csv(const std::filesystem::path& path);

/// The same for bytes in memory; they are copied.
CsvTable parse_csv(std::span<const std::byte> bytes, const std::string& name);

}  // namespace wb
