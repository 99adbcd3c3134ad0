/// @file
/// A decoder-only model's parameters as part of a case file.
#pragma once

#include <cstddef>
#include <string>

#include "judge/case.hpp"
#include "model_case.hpp"
#include "variant_probes.hpp"

namespace wb {

/// In the model's order.
inline ParameterShapes decoder_only_shapes(std::size_t hidden, std::size_t layers) {
    ParameterShapes shapes = {{"embedding.weight", {prompt_vocabulary_size, hidden}}};
    for (std::size_t n = 0; n < layers; ++n) add_layer(shapes, "layers." + std::to_string(n) + ".", hidden, false);
    add_linear(shapes, "out", hidden, prompt_vocabulary_size);
    return shapes;
}

/// Writes a model into a case.
inline void put_model(grader::CaseWriter& writer, const probes::DecoderOnlyModel& model) {
    writer.number("hidden", static_cast<double>(model.hidden)).number("layers", static_cast<double>(model.layers));
    write_parameters(writer, "parameter", model.weights);
}

/// The model of a case.
inline probes::DecoderOnlyModel decoder_only_of(const grader::Case& c) {
    const auto hidden = static_cast<std::size_t>(c.number("hidden")),
               layers = static_cast<std::size_t>(c.number("layers"));
    return {hidden, layers, read_parameters(c, "parameter", decoder_only_shapes(hidden, layers))};
}

}  // namespace wb
