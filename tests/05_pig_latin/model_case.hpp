/// @file
/// Parameters of the model's parts by name and shape, and how they lie in a case.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "judge/case.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb {

/// Names and shapes, in a module's order.
using ParameterShapes = std::vector<std::pair<std::string, std::vector<std::size_t>>>;

inline void add_linear(ParameterShapes& shapes, const std::string& name, std::size_t in, std::size_t out) {
    shapes.push_back({name + ".weight", {out, in}});
    shapes.push_back({name + ".bias", {out}});
}

inline void add_attention(ParameterShapes& shapes, const std::string& prefix, std::size_t hidden) {
    for (const char* part : {"query", "key", "value"}) add_linear(shapes, prefix + part, hidden, hidden);
}

inline void add_layer(ParameterShapes& shapes, const std::string& prefix, std::size_t hidden, bool has_cross) {
    add_attention(shapes, prefix + "self_attention.", hidden);
    if (has_cross) add_attention(shapes, prefix + "cross_attention.", hidden);
    add_linear(shapes, prefix + "feed_forward", hidden, hidden);
}

inline ParameterShapes attention_shapes(std::size_t hidden) {
    ParameterShapes shapes;
    add_attention(shapes, "", hidden);
    return shapes;
}

inline ParameterShapes layer_shapes(std::size_t hidden, bool has_cross) {
    ParameterShapes shapes;
    add_layer(shapes, "", hidden, has_cross);
    return shapes;
}

/// @param is_decoder  false: an encoder, without cross-attention and output
inline ParameterShapes stack_shapes(const std::string& prefix, std::size_t hidden, std::size_t layers,
                                    bool is_decoder) {
    ParameterShapes shapes = {{prefix + "embedding.weight", {29, hidden}}};
    for (std::size_t n = 0; n < layers; ++n)
        add_layer(shapes, prefix + "layers." + std::to_string(n) + ".", hidden, is_decoder);
    if (is_decoder) add_linear(shapes, prefix + "out", hidden, 29);
    return shapes;
}

inline ParameterShapes translator_shapes(std::size_t hidden, std::size_t layers) {
    ParameterShapes shapes = stack_shapes("encoder.", hidden, layers, false);
    for (auto& one : stack_shapes("decoder.", hidden, layers, true)) shapes.push_back(std::move(one));
    return shapes;
}

/// A parameter as tensors of a case: in.<key>.<name>.
inline void write_parameters(grader::CaseWriter& writer, const std::string& key, const ModelWeights& weights) {
    for (const NamedWeights& one : weights) {
        if (one.shape.size() == 1) {
            Tensor<1> values(std::array<std::size_t, 1>{one.shape[0]});
            std::copy(one.values.begin(), one.values.end(), values.begin());
            writer.in(key + "." + one.name, values);
        } else {
            Tensor<2> values(std::array<std::size_t, 2>{one.shape[0], one.shape[1]});
            std::copy(one.values.begin(), one.values.end(), values.begin());
            writer.in(key + "." + one.name, values);
        }
    }
}

inline ModelWeights read_parameters(const grader::Case& c, const std::string& key, const ParameterShapes& shapes) {
    ModelWeights weights;
    for (const auto& [name, shape] : shapes) {
        const std::string full = key + "." + name;
        NamedWeights one{name, shape, {}};
        if (shape.size() == 1) {
            const Tensor<1> values = c.in<1>(full);
            one.values.assign(values.begin(), values.end());
        } else {
            const Tensor<2> values = c.in<2>(full);
            one.values.assign(values.begin(), values.end());
        }
        weights.push_back(std::move(one));
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
