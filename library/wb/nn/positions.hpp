/// @file
/// Positions that are computed, not learnt.
#pragma once

#include <cstddef>

#include "wb/tensor.hpp"

namespace wb {

/// Sinusoidal positions: [p, 2i] = sin(p / 10000^(2i / d_model)), [p, 2i + 1] = cos of the same: Vaswani et al. 2017, 3.5.
/// @return [length, d_model]
template <class Real>
Tensor<2, Real> sinusoidal_positions(std::size_t length, std::size_t d_model);

}  // namespace wb
