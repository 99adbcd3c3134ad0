/// @file
/// Exercise 6.13: how wrong, and where. The contract is chapters/06_time_series/evaluation.hpp.
#include "evaluation.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(6.13): sums that start at 0.
//   Ask:      what would the mean over no step, or over no variate, be?
//   Traps:    a Tensor that is given a shape and nothing else holds whatever lay in memory: wb::zeros.
ForecastErrors::ForecastErrors(std::size_t horizon, std::size_t variates) {
    throw wb::NotImplemented("6.13");
}

// TODO(6.13): the errors of one batch.
//   Equation: squares[t, v] += (forecast - truth)^2, distances[t, v] += |forecast - truth|, over the batch's windows.
//   Start:    check both shapes, then every number of both; only then add.
//   Ask:      why sums, and not the batch's means? How many windows has the last batch of 2,785 windows in batches of 32?
//   Traps:    NaN in the truth is a gap in the data, and as bad as one in the forecast. A number that is refused in the last window must
//             not leave the first ones added. 3e38 - (-3e38) is no float.
void ForecastErrors::add(const Tensor<3>& forecast, const Tensor<3>& truth) {
    throw wb::NotImplemented("6.13");
}

// TODO(6.13): means of the sums.
//   Ask:      how many numbers are in mse, how many in mse_by_step[t], how many in mse_by_variate[v]?
//   Traps:    nothing added is no error of 0.
ForecastReport ForecastErrors::report() const {
    throw wb::NotImplemented("6.13");
}

// TODO(6.13): one number from two reports.
//   Ask:      which of the two belongs under the line? What does the skill say when the model is worse?
//   Traps:    errors on other windows cannot be compared: some stretches are harder than others.
double skill(const ForecastReport& model, const ForecastReport& baseline) {
    throw wb::NotImplemented("6.13");
}

}  // namespace wb
