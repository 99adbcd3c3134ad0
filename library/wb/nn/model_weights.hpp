/// @file
/// A model's parameters as plain data: what crosses the pipe to the judge, which puts them into a model of its own, and what a
/// training run keeps of its best epoch. Given code.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "wb/autograd/parameter.hpp"

namespace wb {

/// One parameter.
struct NamedWeights {
    std::string name;                ///< e.g. "encoder.embedding.weight"
    std::vector<std::size_t> shape;  ///< e.g. {29, 32}
    std::vector<float> values;       ///< row-major
};

/// The members, in wire order.
inline auto fields(NamedWeights& weights) {
    return std::tie(weights.name, weights.shape, weights.values);
}

/// All parameters of a model, in its order.
using ModelWeights = std::vector<NamedWeights>;

/// Copies a model's parameters.
inline ModelWeights copy_weights(const ParameterList<float>& parameters) {
    ModelWeights weights;
    for (const ParameterPtr<float>& parameter : parameters) {
        const std::span<const std::size_t> shape = parameter->shape;
        weights.push_back({parameter->name, {shape.begin(), shape.end()}, parameter->value});
    }
    return weights;
}

/// Copies the gradients of a model's parameters, under the parameters' names.
inline ModelWeights copy_gradients(const ParameterList<float>& parameters) {
    ModelWeights gradients;
    for (const ParameterPtr<float>& parameter : parameters) {
        const std::span<const std::size_t> shape = parameter->shape;
        parameter->need_gradient();
        gradients.push_back({parameter->name, {shape.begin(), shape.end()}, parameter->gradient});
    }
    return gradients;
}

/// Sets a model's parameters.
/// @throws std::invalid_argument when a parameter is missing or has another size; then nothing was changed
inline void set_weights(const ParameterList<float>& parameters, const ModelWeights& weights) {
    const auto find = [&](const Parameter<float>& parameter) {
        const auto found = std::find_if(weights.begin(), weights.end(),
                                        [&](const NamedWeights& one) { return one.name == parameter.name; });
        if (found == weights.end() || found->values.size() != parameter.value.size())
            throw std::invalid_argument("set_weights: no weights of the right size for " + parameter.name);
        return found;
    };
    for (const ParameterPtr<float>& parameter : parameters) (void)find(*parameter);
    for (const ParameterPtr<float>& parameter : parameters) parameter->value = find(*parameter)->values;
}

}  // namespace wb
