/// @file
/// A translator's parameters as part of a case file.
#pragma once

#include <string>
#include <vector>

#include "judge/case.hpp"
#include "model_case.hpp"
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

/// Writes a model into a case.
inline void put_model(grader::CaseWriter& writer, const probes::TranslatorWeights& model) {
    writer.number("hidden", static_cast<double>(model.options.hidden));
    writer.number("layers", static_cast<double>(model.options.layers));
    writer.number("causal", model.options.causal ? 1 : 0);
    write_parameters(writer, "parameter", model.weights);
}

/// The shape of a case's model.
inline TranslatorOptions options_of(const grader::Case& c) {
    return {.hidden = static_cast<std::size_t>(c.number("hidden")),
            .layers = static_cast<std::size_t>(c.number("layers")),
            .causal = c.number("causal") != 0};
}

/// The model of a case.
inline probes::TranslatorWeights model_of(const grader::Case& c) {
    const TranslatorOptions options = options_of(c);
    return {options, read_parameters(c, "parameter", translator_shapes(options.hidden, options.layers))};
}

}  // namespace wb
