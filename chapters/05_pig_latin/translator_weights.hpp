/// @file
/// A translator as plain data: its shape, and its parameters by name.
#pragma once

#include <tuple>

#include "translator.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb {

/// A translator with these parameters.
/// @throws std::invalid_argument as set_weights does
inline Translator translator_of(const TranslatorOptions& options, const ModelWeights& weights) {
    Random random(1);  // drawn, and then replaced
    Translator model(options, random);
    set_weights(ParameterList<float>(model), weights);
    return model;
}

namespace probes {

/// A translator as the judge hands it to a worker.
struct TranslatorWeights {
    TranslatorOptions options;  ///< the model's shape
    ModelWeights weights;       ///< its parameters by name
};

/// The members, in wire order.
inline auto fields(TranslatorWeights& from) {
    return std::tie(from.options, from.weights);
}

/// A model with these weights.
inline Translator translator_of(const TranslatorWeights& from) {
    return wb::translator_of(from.options, from.weights);
}

}  // namespace probes
}  // namespace wb
