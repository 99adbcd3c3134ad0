/// @file
/// Exercise 6.6: what is slow and what comes back. A moving average over a whole period (a day, a week) leaves the trend; the rest is the
/// rhythm. Autoformer and DLinear begin so, and it is the one thing that a standard transformer has no part for.
///
///     trend_t = 1 / w  sum_{j = t - r .. t + r} x_j        r = (w - 1) / 2; before the first row stands the first, behind the last the last
///     seasonal = x - trend
///
///     x       1   2   6        w = 3:   trend   (1 1 2) / 3 = 4/3   (1 2 6) / 3 = 3   (2 6 6) / 3 = 14/3
///
/// An operation on the tape: a model may decompose what it has computed (Autoformer does, after every layer).
/// Source: Wu et al., NeurIPS 2021 (Autoformer), equation 1; Zeng et al., AAAI 2023, section 4.1.
#pragma once

#include <cstddef>

#include "wb/autograd/tape.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// Mean of the window around each row, in time and memory that do not depend on the window: sums run along. They are kept in double, so
/// that a long series far from 0 loses no digit. Its gradient is as quick and as exact.
/// A NaN or an infinity is in the mean of every window that holds it, and may stay in other rows of its channel (sums run along); entries
/// and channels beside it never see it.
/// @param x       [batch, length, channels], length at least 1; is not changed
/// @param window  odd; may be longer than the series, by any factor
/// @return        the same shape
/// @throws std::invalid_argument naming the window when it is not odd
/// @throws ShapeError when x has not three axes, or no row
Var<float> moving_average(Var<float> x, std::size_t window);

/// A series in two.
struct Decomposition {
    Var<float> trend, seasonal;  ///< both as x; their sum is x, up to rounding
};

/// @throws as moving_average
Decomposition decompose(Var<float> x, std::size_t window);

}  // namespace wb
