/// @file
/// Exercise 6.2: one scale for all. The contract is chapters/06_time_series/scaler.hpp.
#include "scaler.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(6.2): mean and deviation of each variate, over the training rows.
//   Equation: mean = sum x / rows; deviation = sqrt(sum (x - mean)^2 / rows), rows being train_rows.
//   Start:    check train_rows; then two passes over the rows: sums in double, then squares of differences.
//   Ask:      the square of 10000001 has 15 digits, and the mean of squares less the square of the mean leaves how many of 16?
//             A station is closed through all training rows. What is 0 / 0, and what should z be?
//   Traps:    rows after train_rows may hold NaN: do not even look. x < inf is no test for NaN; std::isfinite is.
Scaler fit_scaler(const Tensor<2>& series, std::size_t train_rows) {
    throw wb::NotImplemented("6.2");
}

// TODO(6.2): z = (x - mean) / deviation.
//   Ask:      a float at 1e7 is exact to 1. What is left of the mean's digits if it is made a float before the difference?
Tensor<2> standardise(const Tensor<2>& series, const Scaler& scaler) {
    throw wb::NotImplemented("6.2");
}

// TODO(6.2): x = z deviation + mean, in batches of windows.
//   Ask:      which of the three axes chooses mean and deviation?
Tensor<3> restore(const Tensor<3>& forecast, const Scaler& scaler) {
    throw wb::NotImplemented("6.2");
}

}  // namespace wb
