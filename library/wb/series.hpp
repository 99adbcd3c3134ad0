/// @file
/// Time series from CSV files: a row for each time, a column for each variate, and perhaps one with dates.
///
///     date,Austin,Belmont                     date,OT                          Austin,Belmont
///     2001-01-08,1.463,4.599                  2016-07-01 00:00:00,30.53        1.463,4.599
///
/// Every complaint says file, line and column, as csv.hpp does.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "wb/csv.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// A date and a time of day, in the proleptic Gregorian calendar; no time zone.
struct Timestamp {
    int year = 1970;           ///< with its century
    int month = 1, day = 1;    ///< from 1
    int hour = 0, minute = 0;  ///< from 0
    int weekday = 3;           ///< Monday is 0; 1970-01-01 was a Thursday
    int day_of_year = 1;       ///< from 1
    bool operator==(const Timestamp&) const = default;
};

/// The members, in wire order.
inline auto fields(Timestamp& time) {
    return std::tie(time.year, time.month, time.day, time.hour, time.minute, time.weekday, time.day_of_year);
}

/// Reads "2001-01-08", "2016-07-01 00:00" or "2016-07-01 00:00:00" (T in place of the blank is accepted; seconds must be digits and are
/// dropped). Weekday and day of the year follow.
/// @throws std::invalid_argument quoting the text when it is no such date, or one that no calendar has (2001-02-29)
Timestamp parse_timestamp(std::string_view text);

/// A series.
struct TimeSeries {
    std::string name;                   ///< what messages call it
    std::vector<std::string> variates;  ///< [variates]
    std::vector<Timestamp> times;       ///< [rows], or empty when the file has no dates
    Tensor<2> values;                   ///< [rows, variates]
};

/// Makes a series of a table. The first column holds dates when it is called "date" or "time" (in any case), or when its first cell is
/// neither empty nor a number; all others hold numbers from -1e38 to 1e38. Dates need not be evenly spaced.
/// @throws FileError "<file>:<line>: <column>: .." for an empty cell ("a gap: .."), one that is no finite number, a date that is none or
///         not later than the row before, and for a table without rows or without variates
TimeSeries series_of(const CsvTable& table);

/// Reads a file. @throws FileError as read_csv and series_of
TimeSeries read_series(const std::filesystem::path& path);

}  // namespace wb
