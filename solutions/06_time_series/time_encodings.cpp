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
    // SOLUTION BEGIN 6.3
    Tensor<2> features = zeros<2>({times.size(), calendar_size});
    for (std::size_t n = 0; n < times.size(); ++n) {
        features(n, 0) = static_cast<float>(times[n].hour / 23.0 - 0.5);
        features(n, 1) = static_cast<float>(times[n].weekday / 6.0 - 0.5);
        features(n, 2) = static_cast<float>((times[n].day - 1) / 30.0 - 0.5);
        features(n, 3) = static_cast<float>((times[n].day_of_year - 1) / 365.0 - 0.5);
    }
    return features;
    // SOLUTION END
}

// TODO(6.3): points on circles.
//   Equation: angle = 2 pi (k + 1) value / period; sin in column 2 k, cos in column 2 k + 1.
//   Start:    refuse what has no place: the period first, then value after value. Only then compute.
//   Ask:      hour 5 of day 1, and hour 5 of day 3,000: how many digits of the angle say which day, and how many say which hour?
//             std::remainder(value, period) throws the days away, without any rounding.
//   Traps:    period <= 0 is false for NaN. The harmonic multiplies what is left after the days are gone.
Tensor<2> cyclic_features(std::span<const double> values, double period, std::size_t harmonics) {
    // SOLUTION BEGIN 6.3
    if (!(period > 0) || std::isinf(period))
        throw std::invalid_argument("cyclic_features: a period of " + std::to_string(period) +
                                    ". It must be above 0 and finite: 24 for hours of a day");
    for (std::size_t n = 0; n < values.size(); ++n) {
        if (!std::isfinite(values[n]))
            throw std::invalid_argument("cyclic_features: values[" + std::to_string(n) + "] is " +
                                        std::to_string(values[n]) + ", which has no place on a circle");
    }
    Tensor<2> features = zeros<2>({values.size(), 2 * harmonics});
    for (std::size_t n = 0; n < values.size(); ++n) {
        const double turn = std::remainder(values[n], period) / period;  // -.5 to .5 of the circle
        for (std::size_t k = 0; k < harmonics; ++k) {
            const double angle = 2 * std::numbers::pi * static_cast<double>(k + 1) * turn;
            features(n, 2 * k) = static_cast<float>(std::sin(angle));
            features(n, 2 * k + 1) = static_cast<float>(std::cos(angle));
        }
    }
    return features;
    // SOLUTION END
}

// TODO(6.3): the three parts of a token, added on the tape.
//   Equation: token_t = value(x_t) + PE[first + t] + calendar(features_t).
//   Start:    check the shapes; sinusoidal_positions (wb/nn/positions.hpp) makes a table from place 0 on; tape().constant takes a shape
//             and the numbers, so a part of the table will do.
//   Ask:      how many rows must the table have, so that its last one is the last token's?
//   Traps:    a sum repeats what lacks an axis over the batch: right for positions, but features without a batch are a mistake, and
//             nothing would say so.
Var<float> TimeEmbedding::operator()(Var<float> x, Var<float> features, std::size_t first) const {
    // SOLUTION BEGIN 6.3
    const Shape of_x = x.shape(), of_features = features.shape();
    if (of_x.rank() != 3 || of_features.rank() != 3 || of_x[0] != of_features[0] || of_x[1] != of_features[1])
        throw ShapeError("TimeEmbedding: x " + shape_text(of_x) + " must be [batch, length, variates], and features " +
                         shape_text(of_features) + " [batch, length, features] of the same rows");
    const std::size_t length = of_x[1], d_model = value.weight->shape[0];
    const Tensor<2> positions = sinusoidal_positions<float>(first + length, d_model);
    const Var<float> places =
        x.tape().constant({length, d_model}, {positions.data() + first * d_model, length * d_model});
    return value(x) + calendar(features) + places;
    // SOLUTION END
}

}  // namespace wb
