// NOTE: A hand that goes on by one place at a time, as a complex number; shifting is one product with a [hidden, hidden] matrix.
#include "positions.hpp"

#include <cmath>
#include <complex>
#include <stdexcept>

#include "wb/matmul.hpp"

namespace wb {
namespace {

using Hand = std::complex<double>;

/// Turns by `places` in pair `i`.
Hand turn(double places, std::size_t i, std::size_t hidden) {
    return std::polar(1.0,
                      places * std::exp(-std::log(10000.0) * static_cast<double>(2 * i) / static_cast<double>(hidden)));
}

void check(std::size_t hidden) {
    if (hidden == 0 || hidden % 2 != 0)
        throw std::invalid_argument("channels come in pairs, but there are " + std::to_string(hidden));
}

Tensor<2> rows(std::size_t first, std::size_t length, std::size_t hidden) {
    check(hidden);
    Tensor<2> table = zeros<2>({length, hidden});
    for (std::size_t i = 0; 2 * i < hidden; ++i) {
        const Hand step = turn(1, i, hidden);
        Hand hand = turn(static_cast<double>(first), i, hidden);
        for (std::size_t t = 0; t < length; ++t, hand *= step) {
            table(t, 2 * i) = static_cast<float>(hand.imag());
            table(t, 2 * i + 1) = static_cast<float>(hand.real());
        }
    }
    return table;
}

}  // namespace

Tensor<2> sinusoidal_positions(std::size_t length, std::size_t hidden) {
    return rows(0, length, hidden);
}

Tensor<3> add_positions(const Tensor<3>& x, std::size_t first) {
    const Tensor<2> table = rows(first, x.shape(1), x.shape(2));
    return x + table;  // broadcast over the batch
}

Tensor<2> shift_positions(const Tensor<2>& positions, std::ptrdiff_t offset) {
    const std::size_t hidden = positions.shape(1);
    check(hidden);
    Tensor<2> rotation = zeros<2>({hidden, hidden});
    for (std::size_t i = 0; i < hidden; i += 2) {
        const Hand hand = turn(static_cast<double>(offset), i / 2, hidden);
        rotation(i, i) = rotation(i + 1, i + 1) = static_cast<float>(hand.real());
        rotation(i + 1, i) = static_cast<float>(hand.imag());
        rotation(i, i + 1) = static_cast<float>(-hand.imag());
    }
    return matmul(positions, rotation);
}

}  // namespace wb
