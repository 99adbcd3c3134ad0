/// @file
/// Exercise 6.12: each window by its own measure. In March 2020 most riders stayed at home; the scaler of 6.2, made from the years before,
/// knows nothing of it, and every window after that lies where the model never was. So a window is normalised by its *own* mean and
/// deviation, and what the model says is put back by the same two numbers: the model forecasts shapes, not levels.
///
///     x' = (x - m) / s        m = mean over the look-back, s = sqrt(variance + epsilon), per window and variate        y = y' s + m
///
/// No statistics of the future enter: m and s are the past's.
/// Source: Liu et al., NeurIPS 2022 (Non-stationary Transformers, section 3.1); Kim et al., ICLR 2022 (RevIN) without its two learnt numbers.
#pragma once

#include <cstddef>
#include <tuple>

#include "wb/autograd/tape.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// A batch of windows, each by its own measure.
struct NormalisedWindows {
    Tensor<3> x;          ///< [batch, lookback, variates]
    Tensor<2> mean;       ///< [batch, variates]
    Tensor<2> deviation;  ///< [batch, variates]: sqrt(variance + epsilon), above 0
};

/// The members, in wire order.
inline auto fields(NormalisedWindows& windows) {
    return std::tie(windows.x, windows.mean, windows.deviation);
}

/// Sums in double, and x from the mean before that is rounded to a float: at a level of 1e5 a movement of 1 is not lost. The variance is
/// the population's (divided by lookback) and the mean of (x - mean)^2; as a mean of squares less a square it would drown at 1e7, even
/// in double. A window that does not move becomes zeros, not NaN. A number that is not finite spoils its window's variate and no other.
/// @param past     [batch, lookback, variates], lookback at least 1; batch may be 0
/// @param epsilon  above 0
/// @throws ShapeError naming the shape when there is no row; std::invalid_argument naming epsilon when it is not above 0 and finite
NormalisedWindows normalise_windows(const Tensor<3>& past, double epsilon = 1e-5);

/// y' s + m, on the tape: the gradient passes, times s. Both are taken as they are now: they may change or go before backward().
/// @param forecast    [batch, horizon, variates]; the horizon need not be as long as the look-back
/// @param means       [batch, variates]: m
/// @param deviations  [batch, variates]: s
/// @return            as forecast
/// @throws ShapeError naming all three shapes
Var<float> denormalise_windows(Var<float> forecast, const Tensor<2>& means, const Tensor<2>& deviations);

}  // namespace wb
