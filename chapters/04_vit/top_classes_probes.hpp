/// @file
/// What the tests may ask of exercise 4.5.
#pragma once

#include <cstddef>
#include <vector>

#include "probe/probe.hpp"
#include "top_classes.hpp"

namespace wb::probes {

/// logits, count -> classes
inline const Probe<std::vector<ClassProbability>(Tensor<1>, std::size_t)> top_classes{"4.5/top_classes"};

}  // namespace wb::probes
