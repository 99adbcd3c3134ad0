/// @file
/// Random attention for the cases of exercises 4.6 and 4.7.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "judge/case.hpp"
#include "judge/draw.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// Weights as softmax makes them, [batch, heads, tokens, tokens] a layer: rows sum to 1, some weights are many times others.
inline std::vector<Tensor<4>> draw_attention(Draw& draw, std::size_t layers, const std::array<std::size_t, 4>& shape) {
    std::vector<Tensor<4>> attention;
    const std::size_t tokens = shape[3];
    for (std::size_t layer = 0; layer < layers; ++layer) {
        Tensor<4> weights = draw.uniform<4>(shape, 2);
        for (float* row = weights.data(); row != weights.data() + weights.size(); row += tokens) {
            double total = 0;
            for (std::size_t j = 0; j < tokens; ++j) total += std::exp(static_cast<double>(row[j]));
            for (std::size_t j = 0; j < tokens; ++j)
                row[j] = static_cast<float>(std::exp(static_cast<double>(row[j])) / total);
        }
        attention.push_back(weights);
    }
    return attention;
}

/// Puts the layers into a case as "layer0", "layer1", ..
inline void put_layers(grader::CaseWriter& writer, const std::vector<Tensor<4>>& attention) {
    for (std::size_t layer = 0; layer < attention.size(); ++layer)
        writer.in("layer" + std::to_string(layer), attention[layer]);
}

/// What put_layers has put.
inline std::vector<Tensor<4>> layers_of(const grader::Case& c) {
    std::vector<Tensor<4>> attention;
    for (std::size_t n = 0; c.has_in("layer" + std::to_string(n)); ++n)
        attention.push_back(c.in<4>("layer" + std::to_string(n)));
    return attention;
}

}  // namespace wb
