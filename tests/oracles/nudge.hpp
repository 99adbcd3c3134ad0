/// @file
/// How a trusted model's parameters are moved for a slope by differences: further than a float could be, and as little as it takes.
#pragma once

#include "wb/nn/model_weights.hpp"

namespace wb::oracle {

/// Moves parameters on: for the slope of a loss along a direction, by differences.
struct Nudge {
    ModelWeights direction = {};  ///< of the parameters it moves, by name
    double step = 0;              ///< each moves by step * direction, in float64
};

}  // namespace wb::oracle
