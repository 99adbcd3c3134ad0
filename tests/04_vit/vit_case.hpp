/// @file
/// A vision transformer's options and parameters, and how they lie in a case: numbers by the options' names, and each parameter as
/// one row of numbers, in.<key>.<name>.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "judge/case.hpp"
#include "vit_options.hpp"
#include "vit_shapes.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb {

inline void write_options(grader::CaseWriter& writer, const VitOptions& o) {
    const auto put = [&](const char* key, std::size_t value) { writer.number(key, static_cast<double>(value)); };
    put("image_size", o.image_size);
    put("channels", o.channels);
    put("patch_size", o.patch_size);
    put("hidden", o.hidden);
    put("layers", o.layers);
    put("heads", o.heads);
    put("mlp", o.mlp);
    put("classes", o.classes);
    writer.number("layer_norm_epsilon", o.layer_norm_epsilon);
}

inline VitOptions options_of(const grader::Case& c) {
    const auto get = [&](const char* key) { return static_cast<std::size_t>(c.number(key)); };
    return {get("image_size"), get("channels"), get("patch_size"),
            get("hidden"),     get("layers"),   get("heads"),
            get("mlp"),        get("classes"),  c.number("layer_norm_epsilon")};
}

inline void write_parameters(grader::CaseWriter& writer, const std::string& key, const ModelWeights& weights) {
    for (const NamedWeights& one : weights) {
        Tensor<1> values(std::array<std::size_t, 1>{one.values.size()});
        std::copy(one.values.begin(), one.values.end(), values.begin());
        writer.in(key + "." + one.name, values);
    }
}

inline ModelWeights read_parameters(const grader::Case& c, const std::string& key, const VitShapes& shapes) {
    ModelWeights weights;
    for (const auto& [name, shape] : shapes) {
        const Tensor<1> values = c.in<1>(key + "." + name);
        weights.push_back({name, shape, {values.begin(), values.end()}});
    }
    return weights;
}

/// The embeddings' own parameters, and a layer's.
inline const std::string embeddings_prefix = "vit.embeddings.", layer_prefix = "vit.encoder.layer.0.";

}  // namespace wb
