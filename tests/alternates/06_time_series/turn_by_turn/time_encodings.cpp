/// @file
/// Exercise 6.3 another way: columns filled by rules, angles turned on by the addition theorem, tokens as one product with rows side by side.
#include "time_encodings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "wb/errors.hpp"

namespace wb {

Tensor<2> calendar_features(std::span<const Timestamp> times) {
    struct Axis {
        int Timestamp::*member;
        int first, last;
    };
    const std::array<Axis, calendar_size> axes{Axis{&Timestamp::hour, 0, 23}, Axis{&Timestamp::weekday, 0, 6},
                                               Axis{&Timestamp::day, 1, 31}, Axis{&Timestamp::day_of_year, 1, 366}};
    Tensor<2> features(std::array<std::size_t, 2>{times.size(), calendar_size});
    for (std::size_t i = 0; i < calendar_size; ++i) {
        const auto& [member, first, last] = axes[i];
        for (std::size_t n = 0; n < times.size(); ++n)
            features(n, i) = static_cast<float>(times[n].*member - first) / static_cast<float>(last - first) - 0.5F;
    }
    return features;
}

Tensor<2> cyclic_features(std::span<const double> values, double period, std::size_t harmonics) {
    if (std::isnan(period) || period <= 0 || std::isinf(period))
        throw std::invalid_argument("no circle has a length of " + std::to_string(period));
    const auto bad = std::find_if(values.begin(), values.end(), [](double value) { return !std::isfinite(value); });
    if (bad != values.end())
        throw std::invalid_argument("value " + std::to_string(bad - values.begin()) + " is " + std::to_string(*bad));
    Tensor<2> features(std::array<std::size_t, 2>{values.size(), 2 * harmonics});
    for (std::size_t n = 0; n < values.size(); ++n) {
        const double angle = std::fmod(values[n], period) / period * 8 * std::atan(1.0);
        double sine = 0, cosine = 1;
        for (std::size_t k = 0; k < harmonics; ++k) {  // sin(a + b), cos(a + b)
            const double next = sine * std::cos(angle) + cosine * std::sin(angle);
            cosine = cosine * std::cos(angle) - sine * std::sin(angle);
            sine = next;
            features(n, 2 * k) = static_cast<float>(sine);
            features(n, 2 * k + 1) = static_cast<float>(cosine);
        }
    }
    return features;
}

Var<float> TimeEmbedding::operator()(Var<float> x, Var<float> features, std::size_t first) const {
    if (x.shape().rank() != 3 || features.shape().rank() != 3 || x.shape().with(2, 1) != features.shape().with(2, 1))
        throw ShapeError("rows of x " + shape_text(x.shape()) + " are not those of features " +
                         shape_text(features.shape()));
    Tape<float>& tape = x.tape();
    const std::size_t batch = x.shape()[0], length = x.shape()[1], d_model = value.bias->value.size();
    const Tensor<2> table = sinusoidal_positions<float>(first + length, d_model);
    std::vector<int> places(batch * length);
    for (std::size_t n = 0; n < places.size(); ++n)
        places[n] = static_cast<int>(first + n % std::max<std::size_t>(length, 1));
    const Var<float> positions = embedding(tape.constant(table), places, {batch, length});
    const Var<float> rows = concat(std::vector<Var<float>>{x, features}, 2);
    const Var<float> weight = concat(std::vector<Var<float>>{tape.use(*value.weight), tape.use(*calendar.weight)}, 1);
    return positions + linear(rows, weight, tape.use(*value.bias));
}

}  // namespace wb
