/// @file
/// A translator as the judge hands it to a worker: its shape, and its parameters by name.
#pragma once

#include <tuple>

#include "translator.hpp"
#include "weights.hpp"

namespace wb::probes {

struct TranslatorWeights {
    TranslatorOptions options;
    ModelWeights weights;
};

/// The members, in wire order.
inline auto fields(TranslatorWeights& translator) {
    return std::tie(translator.options, translator.weights);
}

/// A translator with these parameters.
/// @throws std::invalid_argument as set_weights does
inline Translator translator_of(const TranslatorWeights& from) {
    Random random(1);
    Translator model(from.options, random);
    set_weights(ParameterList<float>(model), from.weights);
    return model;
}

}  // namespace wb::probes
