/// @file
/// What the tests may ask of exercise 5.9.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "attention_maps.hpp"
#include "probe/probe.hpp"
#include "translator_weights.hpp"

namespace wb::probes {

/// model, word -> its maps
inline const Probe<AttentionMaps(TranslatorWeights, std::string)> attention_maps{"5.9/attention_maps"};

/// cross, layer -> a place for each token written
inline const Probe<std::vector<std::size_t>(Tensor<3>, std::size_t)> alignment{"5.9/alignment"};

/// maps -> bits for each layer
inline const Probe<std::vector<double>(Tensor<3>)> entropy_bits{"5.9/entropy_bits"};

}  // namespace wb::probes
