/// @file
/// Exercise 6.9: one step at a time. A model that knows the next row knows, in principle, all rows: put its answer behind the past and ask
/// again. In practice it is then asked about a past that contains its own mistakes.
///
///     past           x0 x1 x2 x3  ->  y4            a model that answers two rows at a time: half as many questions
///                       x1 x2 x3 y4  ->  y5         x0 x1 x2 x3 -> y4 y5       x2 x3 y4 y5 -> y6 y7
///                          x2 x3 y4 y5  ->  y6
///
/// How fast mistakes grow can be computed where the truth is simple. x_{t+1} = phi x_t + noise of variance v, and a model that knows phi:
/// its best forecast of h steps is phi^h x_t, and its error has the variance v (1 + phi^2 + .. + phi^{2 (h - 1)}).
/// Source: Taieb and Hyndman 2012 (recursive and direct strategies); the sum: Box and Jenkins, section 5.1.
#pragma once

#include <cstddef>
#include <functional>

#include "wb/tensor.hpp"

namespace wb {

/// A model that goes on: [batch, lookback, variates] -> [batch, steps, variates], the next `steps` rows.
using NextRows = std::function<Tensor<3>(const Tensor<3>& past)>;

/// Asks, appends what was answered, drops as many of the oldest rows, and asks again, until there are `horizon` rows. The past that is asked
/// about always has the look-back's length, also when an answer is longer than that: then it is the answer's last rows. Rows that the last
/// answer has too many are cut off. No question is asked in vain: of a model that answers `steps` rows, horizon / steps, rounded up.
/// @param past  [batch, lookback, variates]; what the model does with NaN in it is the model's business
/// @return      [batch, horizon, variates]; horizon 0 asks nothing
/// @throws ShapeError naming both shapes: the answer's and past's when an answer has another batch, other variates or no rows, the answer's
///         and the first answer's when it has other rows than that. What the model throws passes through
Tensor<3> roll_out(const NextRows& model, const Tensor<3>& past, std::size_t horizon);

/// What the same model says when it is told the truth after each step, as in training (teacher forcing): entry h is its first row about the
/// `lookback` rows that end at future row h - 1 (entry 0: about past). The difference to roll_out is what its own mistakes cost.
/// @param past    [batch, lookback, variates]
/// @param future  [batch, horizon, variates]: the truth; the last row is not looked at
/// @return        [batch, horizon, variates]; one question an entry, in order, each of past's shape
/// @throws ShapeError as roll_out, and, before anything is asked, naming both shapes when past and future differ in batch or variates
Tensor<3> one_step_ahead(const NextRows& model, const Tensor<3>& past, const Tensor<3>& future);

/// Variances of the errors of the best forecasts 1 .. horizon steps ahead, for x_{t+1} = phi x_t + noise.
/// @param phi       any finite number: below 1 in size the errors level off at v / (1 - phi^2), at 1 they grow as h, above it exponentially
/// @param variance  of the noise, 0 or more, and finite
/// @return          [horizon]; infinity where the sum is too large for a double, but 0 throughout when the variance is 0
/// @throws std::invalid_argument naming the parameter and its value when one is out of its range
Tensor<1, double> autoregressive_error(double phi, double variance, std::size_t horizon);

}  // namespace wb
