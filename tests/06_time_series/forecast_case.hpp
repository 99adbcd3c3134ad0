/// @file
/// Parameters of the forecasters by name and shape, as their modules list them: drawn, written to a case and read from it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "encoder_block.hpp"
#include "judge/case.hpp"
#include "judge/draw.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb {

/// Names and shapes, in a module's order.
using ParameterShapes = std::vector<std::pair<std::string, std::vector<std::size_t>>>;

inline void add_linear(ParameterShapes& shapes, const std::string& name, std::size_t in, std::size_t out) {
    shapes.push_back({name + ".weight", {out, in}});
    shapes.push_back({name + ".bias", {out}});
}

inline void add_norm(ParameterShapes& shapes, const std::string& name, std::size_t width) {
    shapes.push_back({name + ".weight", {width}});
    shapes.push_back({name + ".bias", {width}});
}

/// <name>.0.attention.query.weight, ..
inline void add_blocks(ParameterShapes& shapes, const BlockOptions& options, const std::string& name = "blocks") {
    for (std::size_t n = 0; n < options.layers; ++n) {
        const std::string prefix = name + "." + std::to_string(n) + ".";
        for (const char* part : {"query", "key", "value", "output"})
            add_linear(shapes, prefix + "attention." + part, options.d_model, options.d_model);
        add_linear(shapes, prefix + "feed_forward.linear1", options.d_model, options.d_ff);
        add_linear(shapes, prefix + "feed_forward.linear2", options.d_ff, options.d_model);
        add_norm(shapes, prefix + "norm1", options.d_model);
        add_norm(shapes, prefix + "norm2", options.d_model);
    }
}

/// Numbers up to `range`; a layer norm's weights lie around 1.
inline ModelWeights draw_parameters(const ParameterShapes& shapes, double range, Draw& draw) {
    ModelWeights weights;
    for (const auto& [name, shape] : shapes) {
        std::size_t size = 1;
        for (const std::size_t extent : shape) size *= extent;
        Tensor<1> values = draw.uniform<1>({size}, range);
        if (shape.size() == 1 && name.ends_with(".weight")) values += 1.0F;
        weights.push_back({name, shape, {values.begin(), values.end()}});
    }
    return weights;
}

/// Parameters as tensors of a case: in.<key>.<name>.
inline void write_parameters(grader::CaseWriter& writer, const std::string& key, const ModelWeights& weights) {
    for (const NamedWeights& one : weights) {
        Tensor<1> values(std::array<std::size_t, 1>{one.values.size()});
        std::copy(one.values.begin(), one.values.end(), values.begin());
        writer.in(key + "." + one.name, values);
    }
}

inline ModelWeights read_parameters(const grader::Case& c, const std::string& key, const ParameterShapes& shapes) {
    ModelWeights weights;
    for (const auto& [name, shape] : shapes) {
        const Tensor<1> values = c.in<1>(key + "." + name);
        weights.push_back({name, shape, {values.begin(), values.end()}});
    }
    return weights;
}

inline void write_blocks(grader::CaseWriter& writer, const BlockOptions& options) {
    writer.number("d_model", static_cast<double>(options.d_model)).number("heads", static_cast<double>(options.heads));
    writer.number("layers", static_cast<double>(options.layers)).number("d_ff", static_cast<double>(options.d_ff));
}

/// @return  with the dropout that BlockOptions has by itself: in Mode::infer it must do nothing
inline BlockOptions read_blocks(const grader::Case& c) {
    const auto number = [&](const char* key) { return static_cast<std::size_t>(c.number(key)); };
    BlockOptions options;
    options.d_model = number("d_model");
    options.heads = number("heads");
    options.layers = number("layers");
    options.d_ff = number("d_ff");
    return options;
}

}  // namespace wb
