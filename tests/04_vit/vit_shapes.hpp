/// @file
/// Names and shapes of a vision transformer's parameters, as the contract lists them (chapters/04_vit/vit.hpp).
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "vit_options.hpp"

namespace wb {

/// Names and shapes of parameters, in the order of a module's list().
using VitShapes = std::vector<std::pair<std::string, std::vector<std::size_t>>>;

/// Those of the model: the layout of Hugging Face's checkpoints.
inline VitShapes vit_shapes(const VitOptions& o) {
    VitShapes shapes;
    const auto both = [&](const std::string& name, std::vector<std::size_t> weight) {
        const std::size_t out = weight.front();
        shapes.emplace_back(name + ".weight", std::move(weight));
        shapes.emplace_back(name + ".bias", std::vector<std::size_t>{out});
    };
    const std::string embeddings = "vit.embeddings.", encoder = "vit.encoder.layer.";
    shapes.emplace_back(embeddings + "cls_token", std::vector<std::size_t>{1, 1, o.hidden});
    shapes.emplace_back(embeddings + "position_embeddings", std::vector<std::size_t>{1, o.tokens(), o.hidden});
    both(embeddings + "patch_embeddings.projection", {o.hidden, o.channels, o.patch_size, o.patch_size});
    for (std::size_t n = 0; n < o.layers; ++n) {
        const std::string layer = encoder + std::to_string(n) + ".";
        both(layer + "layernorm_before", {o.hidden});
        for (const char* part : {"query", "key", "value"})
            both(layer + "attention.attention." + part, {o.hidden, o.hidden});
        both(layer + "attention.output.dense", {o.hidden, o.hidden});
        both(layer + "layernorm_after", {o.hidden});
        both(layer + "intermediate.dense", {o.mlp, o.hidden});
        both(layer + "output.dense", {o.hidden, o.mlp});
    }
    both("vit.layernorm", {o.hidden});
    both("classifier", {o.classes, o.hidden});
    return shapes;
}

/// Those whose names begin with `prefix`, without it: "vit.encoder.layer.0." gives a layer's own.
inline VitShapes part_of(const VitShapes& shapes, const std::string& prefix) {
    VitShapes part;
    for (const auto& [name, shape] : shapes) {
        if (name.starts_with(prefix)) part.emplace_back(name.substr(prefix.size()), shape);
    }
    return part;
}

}  // namespace wb
