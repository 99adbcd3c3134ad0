#include "wb/nn/positions.hpp"

#include <array>
#include <cmath>

namespace wb {

template <class Real>
Tensor<2, Real> sinusoidal_positions(std::size_t length, std::size_t d_model) {
    Tensor<2, Real> positions(std::array{length, d_model});
    for (std::size_t p = 0; p < length; ++p) {
        for (std::size_t i = 0; i < d_model; ++i) {
            const double exponent = static_cast<double>(i - i % 2) / static_cast<double>(d_model);
            const double angle = static_cast<double>(p) / std::pow(10000.0, exponent);
            positions(p, i) = static_cast<Real>(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
        }
    }
    return positions;
}

template Tensor<2, float> sinusoidal_positions(std::size_t, std::size_t);
template Tensor<2, double> sinusoidal_positions(std::size_t, std::size_t);

}  // namespace wb
