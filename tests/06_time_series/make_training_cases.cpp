/// @file
/// Writes the case that graded trainings use: the riders of Chicago's stations, on the scale of the training part, and their calendar.
///
///     6.5/chicago  in.series [rows, variates], in.calendar [rows, 4]; numbers train and test: the rows at which these parts end and begin
#include <array>
#include <cmath>
#include <cstddef>

#include "judge/case_maker.hpp"
#include "wb/dataset.hpp"
#include "wb/series.hpp"

namespace wb {
namespace {

/// Each variate less its mean over the first `train` rows, by its deviation over them.
Tensor<2> standardised(const Tensor<2>& values, std::size_t train) {
    Tensor<2> z(values.shape());
    for (std::size_t v = 0; v < values.shape(1); ++v) {
        double mean = 0, variance = 0;
        const auto count = static_cast<double>(train);
        for (std::size_t t = 0; t < train; ++t) mean += static_cast<double>(values(t, v)) / count;
        for (std::size_t t = 0; t < train; ++t)
            variance += std::pow(static_cast<double>(values(t, v)) - mean, 2) / count;
        for (std::size_t t = 0; t < values.shape(0); ++t)
            z(t, v) = static_cast<float>((static_cast<double>(values(t, v)) - mean) / std::sqrt(variance));
    }
    return z;
}

}  // namespace

WB_CASES(training) {
    static_cast<void>(seed);  // what happened in Chicago does not depend on it
    const TimeSeries series = read_series(dataset("series/chicago_stations20_daily.csv"));
    const std::size_t rows = series.times.size(), train = rows * 7 / 10, test = rows * 8 / 10;
    Tensor<2> calendar = zeros<2>({rows, 4});
    for (std::size_t t = 0; t < rows; ++t) {
        const Timestamp& time = series.times[t];
        const std::array<double, 4> numbers{time.hour / 23.0 - 0.5, time.weekday / 6.0 - 0.5,
                                            (time.day - 1) / 30.0 - 0.5, (time.day_of_year - 1) / 365.0 - 0.5};
        for (std::size_t n = 0; n < numbers.size(); ++n) calendar(t, n) = static_cast<float>(numbers[n]);
    }
    CaseWriter writer("6.5/chicago", "20_stations");
    writer.in("series", standardised(series.values, train)).in("calendar", calendar);
    writer.number("train", static_cast<double>(train)).number("test", static_cast<double>(test));
}

}  // namespace wb
