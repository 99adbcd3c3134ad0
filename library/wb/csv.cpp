#include "wb/csv.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

constexpr std::size_t most_columns = 1000;

std::string spot(const std::string& file, std::size_t line) {
    return file + ":" + std::to_string(line) + ": ";
}

std::string_view without_blanks(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Hands out the lines of a text, with their numbers.
class Lines {
 public:
    explicit Lines(std::string_view text) : left_(text) {}
    /// The next line that is not empty. @return false at the end
    bool next(std::string_view& line) {
        while (!left_.empty()) {
            const std::size_t end = std::min(left_.find('\n'), left_.size());
            line = left_.substr(0, end);
            left_.remove_prefix(std::min(end + 1, left_.size()));
            if (line.ends_with('\r')) line.remove_suffix(1);
            ++number_;
            if (!without_blanks(line).empty()) return true;
        }
        return false;
    }
    [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
    std::string_view left_;
    std::uint64_t number_ = 0;
};

/// Appends the cells of one line. @throws FileError for characters that a table does not have
void split(std::string_view line, const std::string& where, std::vector<std::string_view>& cells) {
    for (const char c : line) {
        if (c == '"') throw FileError(where + "a quote. Cells are plain here, without quotes or commas in them");
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t')
            throw FileError(where + "a control character (code " + std::to_string(static_cast<unsigned char>(c)) +
                            "). Is this a text file?");
    }
    for (;;) {
        const std::size_t comma = line.find(',');
        cells.push_back(without_blanks(line.substr(0, comma)));
        if (comma == std::string_view::npos) return;
        line.remove_prefix(comma + 1);
    }
}

std::string listed(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + in_quotes(name);
    return list;
}

std::string plain(double value) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

}  // namespace

std::size_t CsvTable::column(std::string_view name) const {
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    if (found == columns_.end())
        throw FileError(spot(name_, 1) + "there is no column " + in_quotes(name) + "; there is " + listed(columns_));
    return static_cast<std::size_t>(found - columns_.begin());
}

std::string_view CsvTable::text(std::size_t row, std::size_t column) const {
    return cells_.at(row * columns_.size() + column);
}

double CsvTable::number(std::size_t row, std::size_t column, double low, double high) const {
    const std::string_view cell = text(row, column);
    double value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    const bool read = error == std::errc() && end == cell.data() + cell.size() && !cell.empty();
    if (!read || !(value >= low && value <= high) || !std::isfinite(value)) {
        refuse(row, columns_[column] + ": expected a number from " + plain(low) + " to " + plain(high) + ", got " +
                        in_quotes(cell));
    }
    return value;
}

std::int64_t CsvTable::whole_number(std::size_t row, std::size_t column, std::int64_t low, std::int64_t high) const {
    const std::string_view cell = text(row, column);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end != cell.data() + cell.size() || value < low || value > high) {
        refuse(row, columns_[column] + ": expected a whole number from " + std::to_string(low) + " to " +
                        std::to_string(high) + ", got " + in_quotes(cell));
    }
    return value;
}

void CsvTable::refuse(std::size_t row, const std::string& words) const {
    throw FileError(spot(name_, lines_.at(row)) + words);
}

CsvTable parse_csv(std::span<const std::byte> bytes, const std::string& name) {
    CsvTable table;
    table.name_ = name;
    table.content_ = std::make_shared<const std::string>(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::string_view text = *table.content_;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);

    Lines lines(text);
    std::string_view line;
    if (!lines.next(line)) throw FileError(spot(name, 1) + "empty. Expected a first line with the columns' names");
    std::string where = spot(name, lines.number());
    std::vector<std::string_view> names;
    if (static_cast<std::size_t>(std::count(line.begin(), line.end(), ',')) >= most_columns)
        throw FileError(where + "more than " + std::to_string(most_columns) + " columns");
    split(line, where, names);
    for (const std::string_view column : names) {
        if (column.empty()) throw FileError(where + "a column without a name");
        if (std::find(table.columns_.begin(), table.columns_.end(), column) != table.columns_.end())
            throw FileError(where + "two columns are called " + in_quotes(column));
        table.columns_.emplace_back(column);
    }
    while (lines.next(line)) {
        where = spot(name, lines.number());
        if (lines.number() > std::numeric_limits<std::uint32_t>::max()) throw FileError(where + "too many lines");
        const auto got = static_cast<std::size_t>(std::count(line.begin(), line.end(), ',')) + 1;
        if (got != table.columns_.size()) {
            throw FileError(where + "expected " + std::to_string(table.columns_.size()) + " cells (" +
                            listed(table.columns_) + "), got " + std::to_string(got));
        }
        split(line, where, table.cells_);
        table.lines_.push_back(static_cast<std::uint32_t>(lines.number()));
    }
    return table;
}

CsvTable read_csv(const std::filesystem::path& path) {
    const auto source = open_file(path);
    std::vector<std::byte> bytes(source->size());
    source->read(0, bytes);
    return parse_csv(bytes, source->name());
}

}  // namespace wb
