/// @file
/// A series made ready for forecasting: read, cut by time, and put on one scale. Given code, for the demo; it uses exercises 6.1, 6.2
/// and 6.3.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "forecast_training.hpp"
#include "scaler.hpp"
#include "wb/series.hpp"
#include "windows.hpp"

namespace wb {

/// What is forecast.
struct ForecastTask {
    std::string name;                   ///< "chicago", or a file's name
    std::vector<std::string> variates;  ///< [variates]
    std::vector<Timestamp> times;       ///< [rows], or empty
    Split split;                        ///< where training and validation end
    Scaler scaler;                      ///< of the training part
    Tensor<2> values;                   ///< [rows, variates], in the scaler's measure
    Tensor<2> calendar;      ///< calendar_features (6.3) of the times, [rows, calendar_size]; zeros without times
    std::size_t season = 0;  ///< rows until the same hour or weekday comes again; 0: not known
};

/// Names that forecast_task knows: "chicago" comes with the workbook, "etth1" and "etth2" by ./workbook datasets fetch.
std::vector<std::string> forecast_data_names();

/// One of these. Chicago is cut .7, .1, .2; ETTh as in the papers, 8640, 2880 and 2880 hours, of which the file has a few more.
/// @throws FileError when a file is not there, or as read_series
ForecastTask forecast_task(const std::string& name);

/// A file of one's own, cut .7, .1, .2. The season is a day for hourly rows and a week for daily ones.
/// @param season  of rows without dates, or of other steps; 0: find out
/// @throws FileError as read_series
ForecastTask forecast_task(const std::filesystem::path& csv, std::size_t season);

/// All windows of a part. @throws Error naming the part, when it is too short for one
std::vector<std::size_t> windows_of(const ForecastTask& task, SeriesPart part, const WindowShape& shape,
                                    std::size_t stride = 1);

/// Windows with their calendar.
/// @throws as gather_windows (6.1)
ForecastBatch windows_at(const ForecastTask& task, std::span<const std::size_t> starts, const WindowShape& shape);

}  // namespace wb
