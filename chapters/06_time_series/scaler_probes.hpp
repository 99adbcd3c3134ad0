/// @file
/// What the tests may ask of exercise 6.2.
#pragma once

#include <cstddef>

#include "probe/probe.hpp"
#include "scaler.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// series, rows of the training part -> scaler
inline const Probe<Scaler(Tensor<2>, std::size_t)> fit_scaler{"6.2/fit_scaler"};

/// series, scaler -> z
inline const Probe<Tensor<2>(Tensor<2>, Scaler)> standardise{"6.2/standardise"};

/// forecast in z, scaler -> forecast in the series' unit
inline const Probe<Tensor<3>(Tensor<3>, Scaler)> restore{"6.2/restore"};

}  // namespace wb::probes
