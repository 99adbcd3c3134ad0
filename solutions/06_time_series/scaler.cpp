/// @file
/// Exercise 6.2: one scale for all. The contract is chapters/06_time_series/scaler.hpp.
#include "scaler.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 6.2 removed
namespace {

template <std::size_t N>
void require_scaler_for(const char* function, const Tensor<N>& x, const Scaler& scaler) {
    const std::size_t variates = x.shape(N - 1);
    if (scaler.mean.size() == variates && scaler.deviation.size() == variates) return;
    throw ShapeError(std::string(function) + ": numbers " + shape_text(x) + " have " + std::to_string(variates) +
                     " variates, the scaler has means " + shape_text(scaler.mean) + " and deviations " +
                     shape_text(scaler.deviation));
}

}  // namespace
// SOLUTION END

// TODO(6.2): mean and deviation of each variate, over the training rows.
//   Equation: mean = sum x / rows; deviation = sqrt(sum (x - mean)^2 / rows), rows being train_rows.
//   Start:    check train_rows; then two passes over the rows: sums in double, then squares of differences.
//   Ask:      the square of 10000001 has 15 digits, and the mean of squares less the square of the mean leaves how many of 16?
//             A station is closed through all training rows. What is 0 / 0, and what should z be?
//   Traps:    rows after train_rows may hold NaN: do not even look. x < inf is no test for NaN; std::isfinite is.
Scaler fit_scaler(const Tensor<2>& series, std::size_t train_rows) {
    // SOLUTION BEGIN 6.2
    const std::size_t variates = series.shape(1);
    if (train_rows == 0 || train_rows > series.shape(0))
        throw std::invalid_argument("fit_scaler: train_rows is " + std::to_string(train_rows) + ", but a series of " +
                                    std::to_string(series.shape(0)) + " rows needs 1 to as many");
    const auto rows = static_cast<double>(train_rows);
    Scaler scaler{zeros<1, double>({variates}), zeros<1, double>({variates})};
    for (std::size_t t = 0; t < train_rows; ++t) {
        for (std::size_t v = 0; v < variates; ++v) {
            if (!std::isfinite(series(t, v)))
                throw std::invalid_argument("fit_scaler: row " + std::to_string(t) + " of variate " +
                                            std::to_string(v) + " is " + std::to_string(series(t, v)) +
                                            ". Fill gaps before you measure");
            scaler.mean(v) += static_cast<double>(series(t, v));
        }
    }
    for (double& mean : scaler.mean) mean /= rows;
    for (std::size_t t = 0; t < train_rows; ++t) {
        for (std::size_t v = 0; v < variates; ++v) {
            const double away = static_cast<double>(series(t, v)) - scaler.mean(v);
            scaler.deviation(v) += away * away;
        }
    }
    for (double& deviation : scaler.deviation) deviation = deviation == 0 ? 1 : std::sqrt(deviation / rows);
    return scaler;
    // SOLUTION END
}

// TODO(6.2): z = (x - mean) / deviation.
//   Ask:      a float at 1e7 is exact to 1. What is left of the mean's digits if it is made a float before the difference?
Tensor<2> standardise(const Tensor<2>& series, const Scaler& scaler) {
    // SOLUTION BEGIN 6.2
    require_scaler_for("standardise", series, scaler);
    Tensor<2> z = series;
    for (std::size_t t = 0; t < series.shape(0); ++t) {
        for (std::size_t v = 0; v < series.shape(1); ++v)
            z(t, v) = static_cast<float>((static_cast<double>(series(t, v)) - scaler.mean(v)) / scaler.deviation(v));
    }
    return z;
    // SOLUTION END
}

// TODO(6.2): x = z deviation + mean, in batches of windows.
//   Ask:      which of the three axes chooses mean and deviation?
Tensor<3> restore(const Tensor<3>& forecast, const Scaler& scaler) {
    // SOLUTION BEGIN 6.2
    require_scaler_for("restore", forecast, scaler);
    Tensor<3> x = forecast;
    for (std::size_t b = 0; b < forecast.shape(0); ++b) {
        for (std::size_t t = 0; t < forecast.shape(1); ++t) {
            for (std::size_t v = 0; v < forecast.shape(2); ++v)
                x(b, t, v) =
                    static_cast<float>(static_cast<double>(forecast(b, t, v)) * scaler.deviation(v) + scaler.mean(v));
        }
    }
    return x;
    // SOLUTION END
}

}  // namespace wb
