/// @file
/// Random parameters of vision transformers.
#pragma once

#include <cstddef>
#include <string>

#include "judge/draw.hpp"
#include "vit_shapes.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb {

/// Uniform numbers: norms' weights about 1, everything else about 0, so that scores and logits are of size 1.
inline ModelWeights draw_parameters(const VitShapes& shapes, Draw& draw) {
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

}  // namespace wb
