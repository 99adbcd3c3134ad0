/// @file
/// Exercise 5.3: sinusoidal positions. The contract is chapters/05_pig_latin/positions.hpp.
#include "positions.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace wb {
// SOLUTION BEGIN 5.3 removed
namespace {

void require_pairs(const char* where, std::size_t hidden) {
    if (hidden >= 2 && hidden % 2 == 0) return;
    throw std::invalid_argument(std::string(where) + ": hidden is " + std::to_string(hidden) +
                                ", but each sine needs its cosine: hidden must be even and at least 2");
}

/// Radians that pair `i` of channels turns by from place to place.
double frequency(std::size_t i, std::size_t hidden) {
    return std::pow(10000.0, -2.0 * static_cast<double>(i) / static_cast<double>(hidden));
}

/// Places first .. first + length - 1.
Tensor<2> positions_from(std::size_t first, std::size_t length, std::size_t hidden) {
    Tensor<2> positions(std::array<std::size_t, 2>{length, hidden});
    for (std::size_t i = 0; i < hidden / 2; ++i) {
        const double w = frequency(i, hidden);
        for (std::size_t t = 0; t < length; ++t) {
            const double angle = static_cast<double>(first + t) * w;
            positions(t, 2 * i) = static_cast<float>(std::sin(angle));
            positions(t, 2 * i + 1) = static_cast<float>(std::cos(angle));
        }
    }
    return positions;
}

}  // namespace
// SOLUTION END

// TODO(5.3): the table of positions.
//   Equation: PE[p, 2 i] = sin(p w_i), PE[p, 2 i + 1] = cos(p w_i), w_i = 10000^(-2 i / hidden), i = 0 .. hidden / 2 - 1.
//   Start:    row 0 is 0 1 0 1 .., whatever `hidden` is. Row 1 begins sin 1, cos 1 = 0.8415, 0.5403.
//   Ask:      a float has 24 bits. How many are left behind the point of an angle of 100,000, and what is sin of it worth then?
//   Traps:    i counts pairs, not channels; 2 * i / hidden in whole numbers is 0.
Tensor<2> sinusoidal_positions(std::size_t length, std::size_t hidden) {
    // SOLUTION BEGIN 5.3
    require_pairs("sinusoidal_positions", hidden);
    return positions_from(0, length, hidden);
    // SOLUTION END
}

// TODO(5.3): embeddings with their positions.
//   Ask:      a decoder that writes one letter at a time calls this with length 1. What tells it where it is?
//   Traps:    x is not yours to change; every row of the batch starts at `first`.
Tensor<3> add_positions(const Tensor<3>& x, std::size_t first) {
    // SOLUTION BEGIN 5.3
    const std::size_t batch = x.shape(0), length = x.shape(1), hidden = x.shape(2);
    require_pairs("add_positions", hidden);
    const Tensor<2> positions = positions_from(first, length, hidden);
    Tensor<3> sum_of_both = x;
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t t = 0; t < length; ++t) {
            for (std::size_t c = 0; c < hidden; ++c) sum_of_both(b, t, c) += positions(t, c);
        }
    }
    return sum_of_both;
    // SOLUTION END
}

// TODO(5.3): turn each clock hand.
//   Equation: sin(a + d) = sin a cos d + cos a sin d, cos(a + d) = cos a cos d - sin a sin d, with d = offset w_i.
//   Traps:    the second line needs the old sin a. An offset may be negative: not through std::size_t.
Tensor<2> shift_positions(const Tensor<2>& positions, std::ptrdiff_t offset) {
    // SOLUTION BEGIN 5.3
    const std::size_t length = positions.shape(0), hidden = positions.shape(1);
    require_pairs("shift_positions", hidden);
    Tensor<2> shifted(positions.shape());
    for (std::size_t i = 0; i < hidden / 2; ++i) {
        const double turn = static_cast<double>(offset) * frequency(i, hidden), s = std::sin(turn), c = std::cos(turn);
        for (std::size_t p = 0; p < length; ++p) {
            const double sine = positions(p, 2 * i), cosine = positions(p, 2 * i + 1);
            shifted(p, 2 * i) = static_cast<float>(sine * c + cosine * s);
            shifted(p, 2 * i + 1) = static_cast<float>(cosine * c - sine * s);
        }
    }
    return shifted;
    // SOLUTION END
}

}  // namespace wb
