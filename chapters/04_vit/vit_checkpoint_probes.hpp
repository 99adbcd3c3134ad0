/// @file
/// What the tests may ask of exercise 4.4.
#pragma once

#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

#include "probe/probe.hpp"
#include "vit_checkpoint.hpp"
#include "vit_options.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb::probes {

/// What came of a load.
struct LoadAnswer {
    std::string error;  ///< the FileError's text, in which FILE stands for the file's path; empty when there was none
    ModelWeights parameters;  ///< after it, of a copy of the model that was made before
};

/// The members, in wire order.
inline auto fields(LoadAnswer& answer) {
    return std::tie(answer.error, answer.parameters);
}

/// A model's options, what a file has -> the problems
inline const Probe<std::vector<std::string>(VitOptions, std::vector<StoredTensor>)> checkpoint_problems{
    "4.4/checkpoint_problems"};

/// A model's options and parameters before, the file's bytes -> what came of it
inline const Probe<LoadAnswer(VitOptions, ModelWeights, std::vector<std::byte>)> load_checkpoint{"4.4/load_checkpoint"};

/// A model's options -> what came of loading a file that is not there
inline const Probe<LoadAnswer(VitOptions)> load_nothing{"4.4/load_nothing"};

}  // namespace wb::probes
