/// @file
/// Pictures of numbers, drawn by gnuplot: sheets of heat maps and line charts. The file's ending decides: .png or .svg.
/// All texts (titles, labels) are shown as they are, whatever characters they hold; no shell is involved, and the
/// user's own gnuplot settings are not read. A picture is written all or nothing. Not for machines to read: numbers are
/// drawn to 6 digits.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// One panel of a sheet: a matrix with row 0 on top, e.g. one head's weights [q_len, kv_len].
struct HeatMap {
    std::string title;  ///< above the map
    Tensor<2> values;   ///< numbers that are not finite leave their cell grey
};

/// What the panels of a sheet share.
struct HeatMapSheet {
    std::string title = {};                               ///< above all maps
    std::string x_label = {}, y_label = {};               ///< e.g. "key", "query"
    std::vector<std::string> x_ticks = {};                ///< a text for each column, e.g. its token; empty: numbers
    std::vector<std::string> y_ticks = {};                ///< a text for each row
    std::optional<std::pair<double, double>> range = {};  ///< what the colours span; empty: what the numbers do
    std::size_t columns = 0;                              ///< panels in a row; 0: as square as it gets
};

/// Draws heat maps side by side, on one scale of colours.
/// @param path  ends in .png or .svg
/// @throws std::invalid_argument  no panel, an empty panel, ticks that do not fit it, an empty range, another ending
/// @throws FileError              when the file cannot be written
/// @throws Error                  when gnuplot is missing (says how to get it) or fails (says what it said)
void write_heat_maps(const std::filesystem::path& path, const std::vector<HeatMap>& panels,
                     const HeatMapSheet& sheet = {});

/// One line of a chart, through (x[i], y[i]) in that order.
struct Series {
    std::string label;                        ///< in the legend
    std::vector<double> x, y;                 ///< of one length; a point that is not finite interrupts the line
    std::vector<double> low = {}, high = {};  ///< a band behind the line, such as an interval: as long, or empty
};

/// Title and axes of a chart.
struct LineChart {
    std::string title = {};                  ///< above the chart
    std::string x_label = {}, y_label = {};  ///< of the axes
    bool log_x = false, log_y = false;       ///< then points <= 0 are left out
};

/// Draws lines with their points and a legend.
/// @throws std::invalid_argument  no series, x and y (or a band) of different length, a series without a point, another ending
/// @throws FileError, Error       as write_heat_maps
void write_line_chart(const std::filesystem::path& path, const std::vector<Series>& series,
                      const LineChart& chart = {});

}  // namespace wb
