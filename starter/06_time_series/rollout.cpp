/// @file
/// Exercise 6.9: one step at a time. The contract is chapters/06_time_series/rollout.hpp.
#include "rollout.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(6.9): until there are horizon rows, ask and append.
//   Start:    one series [batch, lookback + horizon, variates] that begins with past. When n rows have been answered, which of its rows
//             is the model asked about, and where does the answer go?
//   Ask:      7 rows of a model that answers 3 at a time: how many questions, and which rows of the last answer count?
//   Traps:    an answer may have more rows than the look-back. A model without rows would be asked for ever.
Tensor<3> roll_out(const NextRows& model, const Tensor<3>& past, std::size_t horizon) {
    throw wb::NotImplemented("6.9");
}

// TODO(6.9): the same series, but what stands behind past is the truth.
//   Ask:      which rows does the model see for entry 0, and which for entry lookback + 1? Which row of future is never seen?
//   Traps:    the horizon may be longer than the look-back. Of several rows in an answer only the first is one step ahead.
Tensor<3> one_step_ahead(const NextRows& model, const Tensor<3>& past, const Tensor<3>& future) {
    throw wb::NotImplemented("6.9");
}

// TODO(6.9): a sum that grows by one term a step.
//   Equation: error_h = v (1 + phi^2 + .. + phi^{2 (h - 1)}).
//   Ask:      what is error_{h + 1}, if you have error_h? Does the formula for geometric sums hold for phi = 1, and how many digits has
//             it for phi = .99999999?
//   Traps:    phi^2 may be infinite, and 0 times that is NaN. `variance < 0` is false for NaN.
Tensor<1, double> autoregressive_error(double phi, double variance, std::size_t horizon) {
    throw wb::NotImplemented("6.9");
}

}  // namespace wb
