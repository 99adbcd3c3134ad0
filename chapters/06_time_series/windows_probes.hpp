/// @file
/// What the tests may ask of exercise 6.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "probe/probe.hpp"
#include "wb/tensor.hpp"
#include "windows.hpp"

namespace wb::probes {

/// rows, share of training, share of validation -> split
inline const Probe<Split(std::size_t, double, double)> chronological_split{"6.1/chronological_split"};

/// split, part, shape, stride -> the rows at which windows begin
inline const Probe<std::vector<std::size_t>(Split, SeriesPart, WindowShape, std::size_t)> window_starts{
    "6.1/window_starts"};

/// series, starts, shape -> windows
inline const Probe<Windows(Tensor<2>, std::vector<std::size_t>, WindowShape)> gather_windows{"6.1/gather_windows"};

/// starts, batch size, seed, epochs -> each epoch's batches, drawn one after the other from one Random of that seed
inline const Probe<std::vector<std::vector<std::vector<std::size_t>>>(std::vector<std::size_t>, std::size_t,
                                                                      std::uint64_t, std::size_t)>
    window_batches{"6.1/window_batches"};

}  // namespace wb::probes
