/// @file
/// Random parameters of vision transformers, and slopes along random directions of them, for case makers.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "judge/draw.hpp"
#include "nudge.hpp"
#include "vit_oracle.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb {

/// Uniform numbers: norms' weights about 1, everything else about 0, so that scores and logits are of size 1.
inline ModelWeights draw_parameters(const oracle::VitShapes& shapes, Draw& draw) {
    ModelWeights weights;
    for (const auto& [name, shape] : shapes) {
        std::size_t size = 1;
        for (const std::size_t extent : shape) size *= extent;
        Tensor<1> values = draw.uniform<1>({size}, 0.5);
        const bool of_norm = name.find("layernorm") != std::string::npos && name.ends_with("weight");
        for (float& value : values) value += of_norm ? 1 : 0;
        weights.push_back({name, shape, {values.begin(), values.end()}});
    }
    return weights;
}

/// Those parameters whose names begin with `prefix`, without it.
inline ModelWeights part_of(const ModelWeights& weights, const std::string& prefix) {
    ModelWeights part;
    for (const NamedWeights& one : weights) {
        if (one.name.starts_with(prefix)) part.push_back({one.name.substr(prefix.size()), one.shape, one.values});
    }
    return part;
}

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
