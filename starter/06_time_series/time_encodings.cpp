/// @file
/// Exercise 6.3: when is a row? The contract is chapters/06_time_series/time_encodings.hpp.
#include "time_encodings.hpp"

#include <cmath>
#include <numbers>
#include <stdexcept>

#include "wb/errors.hpp"

namespace wb {

// TODO(6.3): four numbers for each time.
//   Equation: hour / 23 - .5, weekday / 6 - .5, (day - 1) / 30 - .5, (day of year - 1) / 365 - .5.
//   Ask:      which numbers count from 0, and which from 1? Why is the last hour of a day 23, and the last day of a year 366?
//   Traps:    9 / 23 is 0 between whole numbers.
Tensor<2> calendar_features(std::span<const Timestamp> times) {
    throw wb::NotImplemented("6.3");
}

// TODO(6.3): points on circles.
//   Equation: angle = 2 pi (k + 1) value / period; sin in column 2 k, cos in column 2 k + 1.
//   Start:    refuse what has no place: the period first, then value after value. Only then compute.
//   Ask:      hour 5 of day 1, and hour 5 of day 3,000: how many digits of the angle say which day, and how many say which hour?
//             std::remainder(value, period) throws the days away, without any rounding.
//   Traps:    period <= 0 is false for NaN. The harmonic multiplies what is left after the days are gone.
Tensor<2> cyclic_features(std::span<const double> values, double period, std::size_t harmonics) {
    throw wb::NotImplemented("6.3");
}

// TODO(6.3): the three parts of a token, added on the tape.
//   Equation: token_t = value(x_t) + PE[first + t] + calendar(features_t).
//   Start:    check the shapes; sinusoidal_positions (wb/nn/positions.hpp) makes a table from place 0 on; tape().constant takes a shape
//             and the numbers, so a part of the table will do.
//   Ask:      how many rows must the table have, so that its last one is the last token's?
//   Traps:    a sum repeats what lacks an axis over the batch: right for positions, but features without a batch are a mistake, and
//             nothing would say so.
Var<float> TimeEmbedding::operator()(Var<float> x, Var<float> features, std::size_t first) const {
    throw wb::NotImplemented("6.3");
}

}  // namespace wb
