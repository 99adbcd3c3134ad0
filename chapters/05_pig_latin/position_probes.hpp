/// @file
/// What the tests may ask of exercise 5.3.
#pragma once

#include <cstddef>
#include <cstdint>

#include "positions.hpp"
#include "probe/probe.hpp"

namespace wb::probes {

/// length, hidden -> positions
inline const Probe<Tensor<2>(std::size_t, std::size_t)> sinusoidal_positions{"5.3/sinusoidal_positions"};

/// x, first -> x with positions
inline const Probe<Tensor<3>(Tensor<3>, std::size_t)> add_positions{"5.3/add_positions"};

/// positions, offset -> positions
inline const Probe<Tensor<2>(Tensor<2>, std::int64_t)> shift_positions{"5.3/shift_positions"};

}  // namespace wb::probes
