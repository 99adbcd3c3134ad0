/// @file
/// Slopes along random directions of a vision transformer's parameters, for case makers.
#pragma once

#include <array>
#include <cstddef>
#include <functional>

#include "nudge.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb {

template <std::size_t N>
double sum_of_products(const Tensor<N, double>& out, const Tensor<N>& d_out) {
    double total = 0;
    for (std::size_t n = 0; n < out.size(); ++n) total += out.data()[n] * static_cast<double>(d_out.data()[n]);
    return total;
}

/// How fast `loss` grows with the step, by a central difference. All that a vision transformer does is smooth: the error is of the
/// order of 1e-10 from the step's square, and as much from rounding.
inline double slope(const std::function<double(double step)>& loss) {
    constexpr double h = 1e-5;
    return (loss(h) - loss(-h)) / (2 * h);
}

/// The slope along each parameter's direction.
/// @param directions  named as the whole model names them
inline Tensor<1, double> slopes_of(const ModelWeights& directions,
                                   const std::function<double(const oracle::Nudge&)>& loss) {
    Tensor<1, double> slopes(std::array<std::size_t, 1>{directions.size()});
    for (std::size_t n = 0; n < directions.size(); ++n)
        slopes(n) = slope([&](double step) { return loss({{directions[n]}, step}); });
    return slopes;
}

}  // namespace wb
