#include "wb/series.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <stdexcept>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

/// Whether a text is written as "0000-00-00 00:00:00" is: digits where that has digits; it may end after the day or the minute.
bool is_written_as_a_date(std::string_view text) {
    constexpr std::string_view pattern = "0000-00-00 00:00:00";
    if (text.size() != 10 && text.size() != 16 && text.size() != pattern.size()) return false;
    return std::equal(text.begin(), text.end(), pattern.begin(), [](char c, char like) {
        if (like == '0') return c >= '0' && c <= '9';
        return c == like || (like == ' ' && c == 'T');
    });
}

int digits(std::string_view text, std::size_t first, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(first, count)) value = 10 * value + (c - '0');
    return value;
}

/// What a row's place in time is compared by.
std::array<int, 5> place(const Timestamp& time) {
    return {time.year, time.month, time.day, time.hour, time.minute};
}

/// A cell of a series: floats hold numbers up to 3.4e38.
double number_of(const CsvTable& table, std::size_t row, std::size_t column) {
    return table.number(row, column, -1e38, 1e38);
}

bool is_number(const CsvTable& table, std::size_t row, std::size_t column) {
    try {
        (void)number_of(table, row, column);
        return true;
    } catch (const FileError&) {
        return false;
    }
}

bool is_called_date(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name == "date" || name == "time";
}

void require_cell(const CsvTable& table, std::size_t row, std::size_t column) {
    if (table.text(row, column).empty())
        table.refuse(row, table.columns()[column] + ": a gap: the cell is empty. Fill it, or leave its row out");
}

/// The dates of column 0.
/// @param guessed  nothing but the first cell says that they are dates
std::vector<Timestamp> times_of(const CsvTable& table, bool guessed) {
    std::vector<Timestamp> times;
    times.reserve(table.num_rows());
    const std::string& column = table.columns()[0];
    for (std::size_t row = 0; row < table.num_rows(); ++row) {
        require_cell(table, row, 0);
        const std::string_view text = table.text(row, 0);
        try {
            times.push_back(parse_timestamp(text));
        } catch (const std::invalid_argument& error) {
            const bool first = guessed && row == 0;
            table.refuse(row,
                         column + ": " + error.what() +
                             (first ? ", which is no number either, so that this column was taken for dates" : ""));
        }
        if (row > 0 && place(times[row]) <= place(times[row - 1]))
            table.refuse(row, column + ": " + in_quotes(text) + " is not later than the row before, " +
                                  in_quotes(table.text(row - 1, 0)) +
                                  ". Rows are in order of time, a minute apart at least");
    }
    return times;
}

}  // namespace

Timestamp parse_timestamp(std::string_view text) {
    if (!is_written_as_a_date(text))
        throw std::invalid_argument("expected a date such as 2001-01-08 or 2016-07-01 13:00, got " + in_quotes(text));
    Timestamp time{.year = digits(text, 0, 4), .month = digits(text, 5, 2), .day = digits(text, 8, 2)};
    if (text.size() > 10) {
        time.hour = digits(text, 11, 2);
        time.minute = digits(text, 14, 2);
    }
    const std::chrono::year_month_day date{std::chrono::year(time.year),
                                           std::chrono::month(static_cast<unsigned>(time.month)),
                                           std::chrono::day(static_cast<unsigned>(time.day))};
    if (!date.ok()) throw std::invalid_argument("no calendar has the date " + in_quotes(text));
    if (time.hour > 23 || time.minute > 59)
        throw std::invalid_argument("no day has the hour and minute of " + in_quotes(text) + "; the last is 23:59");
    const std::chrono::sys_days day{date};
    time.weekday = static_cast<int>(std::chrono::weekday(day).iso_encoding()) - 1;
    time.day_of_year =
        static_cast<int>((day - std::chrono::sys_days{date.year() / std::chrono::January / 1}).count()) + 1;
    return time;
}

TimeSeries series_of(const CsvTable& table) {
    if (table.num_rows() == 0) throw FileError(table.name() + ":1: no rows. Expected a line of numbers for each time");
    const bool called_date = is_called_date(table.columns()[0]);
    const bool has_dates = called_date || (!table.text(0, 0).empty() && !is_number(table, 0, 0));
    TimeSeries series;
    series.name = table.name();
    if (has_dates) series.times = times_of(table, !called_date);
    const std::size_t first = has_dates ? 1 : 0;
    series.variates.assign(table.columns().begin() + static_cast<std::ptrdiff_t>(first), table.columns().end());
    if (series.variates.empty())
        throw FileError(table.name() + ":1: no column but " + in_quotes(table.columns()[0]) +
                        ", which holds dates. Expected a column of numbers for each variate");
    series.values = zeros<2>({table.num_rows(), series.variates.size()});
    for (std::size_t row = 0; row < table.num_rows(); ++row) {
        for (std::size_t v = 0; v < series.variates.size(); ++v) {
            require_cell(table, row, first + v);
            series.values(row, v) = static_cast<float>(number_of(table, row, first + v));
        }
    }
    return series;
}

TimeSeries read_series(const std::filesystem::path& path) {
    return series_of(read_csv(path));
}

}  // namespace wb
