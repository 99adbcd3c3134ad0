/// @file
/// A translator's parameters as part of a case file.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "judge/case.hpp"
#include "translator_weights.hpp"

namespace wb {

/// Texts joined by commas, and apart again; "" is one empty text.
inline std::string join(const std::vector<std::string>& texts) {
    std::string joined;
    for (std::size_t n = 0; n < texts.size(); ++n) joined += (n > 0 ? "," : "") + texts[n];
    return joined;
}
inline std::vector<std::string> split(const std::string& joined) {
    std::vector<std::string> texts{""};
    for (const char c : joined) {
        if (c == ',') {
            texts.emplace_back();
        } else {
            texts.back() += c;
        }
    }
    return texts;
}

/// Writes a model into a case. Parameters have one axis or two.
inline void put_model(grader::CaseWriter& writer, const probes::TranslatorWeights& model) {
    writer.number("hidden", static_cast<double>(model.options.hidden));
    writer.number("layers", static_cast<double>(model.options.layers));
    writer.number("causal", model.options.causal ? 1 : 0);
    std::vector<std::string> matrices, vectors;
    for (const NamedWeights& one : model.weights) {
        if (one.shape.size() == 2) {
            Tensor<2> matrix(std::array<std::size_t, 2>{one.shape[0], one.shape[1]});
            std::copy(one.values.begin(), one.values.end(), matrix.data());
            writer.in(one.name, matrix);
            matrices.push_back(one.name);
        } else {
            Tensor<1> vector(std::array<std::size_t, 1>{one.shape.at(0)});
            std::copy(one.values.begin(), one.values.end(), vector.data());
            writer.in(one.name, vector);
            vectors.push_back(one.name);
        }
    }
    writer.text("matrices", join(matrices)).text("vectors", join(vectors));
}

/// The model of a case.
inline probes::TranslatorWeights model_of(const grader::Case& c) {
    probes::TranslatorWeights model;
    model.options.hidden = static_cast<std::size_t>(c.number("hidden"));
    model.options.layers = static_cast<std::size_t>(c.number("layers"));
    model.options.causal = c.number("causal") != 0;
    const auto add = [&](const std::string& name, const auto& tensor) {
        model.weights.push_back(
            {name, {tensor.shape().begin(), tensor.shape().end()}, {tensor.data(), tensor.data() + tensor.size()}});
    };
    for (const std::string& name : split(c.text("matrices"))) add(name, c.in<2>(name));
    for (const std::string& name : split(c.text("vectors"))) add(name, c.in<1>(name));
    return model;
}

}  // namespace wb
