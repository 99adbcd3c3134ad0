/// @file
/// What the first two kernels of exercise 6.14 should return, in float64 by plain loops over the definitions. Shares no code with
/// solutions/. Also what known mistakes return, one at a time; all flaws false: right.
#pragma once

#include <cstddef>

#include "wb/tensor.hpp"

namespace wb::oracle {

/// Mistakes in a window's measure.
struct InstanceNormFlaws {
    bool unbiased = false;         ///< the variance divided by lookback - 1
    bool epsilon_outside = false;  ///< sqrt(variance) + epsilon
    bool no_epsilon = false;       ///< sqrt(variance)
    bool no_root = false;          ///< the variance + epsilon for the deviation
    bool mean_kept = false;        ///< x / deviation
    bool over_batch = false;       ///< a variate measured over all windows
    bool over_variates = false;    ///< a window measured over all its variates
    bool transposed = false;       ///< x taken for [batch, variates, lookback]
    std::size_t sharers = 0;       ///< not 0: the variance of rows 0, sharers, 2 sharers, .. alone: one thread's part
};

struct InstanceNorm {
    Tensor<3, double> out;              ///< [batch, lookback, variates]
    Tensor<2, double> mean, deviation;  ///< [batch, variates]
};
InstanceNorm instance_norm(const Tensor<3>& x, double epsilon, const InstanceNormFlaws& flaws = {});

/// Mistakes in a moving average.
struct MovingAverageFlaws {
    bool zeros_outside = false;    ///< 0 in place of the first and the last number
    bool only_inside = false;      ///< divided by how many of the window's numbers there are
    bool trailing = false;         ///< the window ends with row t
    bool halo_of_reach = false;    ///< the last number of the window is missing, and the divisor is whole
    bool one_to_the_left = false;  ///< the window lies around t - 1
    bool one_series = false;       ///< rows are one long series: the neighbours' numbers stand beyond the ends
    bool wraps_around = false;     ///< the row's other end stands beyond the ends
    std::size_t tile =
        0;  ///< not 0: the last number of a tile of so many stands behind the tile, and its first before it
};
Tensor<2, double> moving_average_rows(const Tensor<2>& x, std::size_t window, const MovingAverageFlaws& flaws = {});

}  // namespace wb::oracle
