/// @file
/// Modules of exercise 3.1 for cases: drawn, written and read.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "judge/case.hpp"
#include "judge/draw.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// Names and shapes of a module's parameters, in its order.
inline std::vector<std::pair<std::string, std::vector<std::size_t>>> module_shapes(std::size_t d_model,
                                                                                   std::size_t columns) {
    std::vector<std::pair<std::string, std::vector<std::size_t>>> shapes;
    for (const std::string part : {"query", "key", "value"}) {
        shapes.push_back({part + ".weight", {columns, d_model}});
        shapes.push_back({part + ".bias", {columns}});
    }
    shapes.push_back({"output.weight", {d_model, columns}});
    shapes.push_back({"output.bias", {d_model}});
    return shapes;
}

/// Parameters between -0.8 and 0.8.
inline ModelWeights draw_module(Draw& draw, std::size_t d_model, std::size_t columns) {
    ModelWeights parameters;
    for (const auto& [name, shape] : module_shapes(d_model, columns)) {
        const std::size_t size = shape.size() == 1 ? shape[0] : shape[0] * shape[1];
        const Tensor<1> values = draw.uniform<1>({size}, 0.8);
        parameters.push_back({name, shape, {values.begin(), values.end()}});
    }
    return parameters;
}

/// As tensors in.parameter.<name> of a case, flat.
inline void write_module(grader::CaseWriter& writer, const ModelWeights& parameters) {
    for (const NamedWeights& one : parameters) {
        Tensor<1> flat(std::array<std::size_t, 1>{one.values.size()});
        std::copy(one.values.begin(), one.values.end(), flat.begin());
        writer.in("parameter." + one.name, flat);
    }
}

inline ModelWeights read_module(const grader::Case& c, std::size_t d_model, std::size_t columns) {
    ModelWeights parameters;
    for (const auto& [name, shape] : module_shapes(d_model, columns)) {
        const Tensor<1> flat = c.in<1>("parameter." + name);
        parameters.push_back({name, shape, {flat.begin(), flat.end()}});
    }
    return parameters;
}

}  // namespace wb
