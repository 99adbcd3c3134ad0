/// @file
/// What the tests may ask of exercise 6.9. A model cannot go over the pipe, so the driver offers some by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "probe/probe.hpp"
#include "rollout.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// Models of the driver, for x [batch, n, variates]. In each row k of its answer, a model that answers S rows says
///
///     y[k, v] = (1 - k / (2 S)) (Σ_t w(t, v) x[t, v] + x[0, v] / 8) + k / 8        w(t, v) = 2 (t + 1) (v + 2) / (n (n + 1) (v + 3))
///
/// so that the order of the rows, their number and the variate all show.
enum class NextRowsKind : std::uint8_t {
    decaying,              ///< one row: y[v] = (.8 - .3 v) x[n - 1, v]
    one_row,               ///< S = 1
    three_rows,            ///< S = 3
    five_rows,             ///< S = 5
    fewer_rows_later,      ///< S = 3 for the first question, 2 for the others
    more_rows_later,       ///< S = 2 for the first question, 3 for the others
    without_rows,          ///< answers [batch, 0, variates]
    without_rows_later,    ///< S = 1 for the first question, then no rows
    another_batch,         ///< answers [batch + 1, 1, variates]
    another_batch_later,   ///< S = 1 for the first question, then [batch + 1, 1, variates]
    other_variates,        ///< answers [batch, 1, variates + 1]
    other_variates_later,  ///< S = 1 for the first question, then [batch, 1, variates + 1]
    refuses                ///< throws std::out_of_range
};

/// A forecast, and what the model was asked.
struct AskedForecast {
    Tensor<3> forecast;
    std::vector<Tensor<3>> questions;  ///< as they reached the model, in order
};
inline auto fields(AskedForecast& answer) {
    return std::tie(answer.forecast, answer.questions);
}

/// model, past, horizon -> answer. It is an error if the caller's past is another after the call, or the model was asked more than 200 times.
inline const Probe<AskedForecast(NextRowsKind, Tensor<3>, std::size_t)> roll_out{"6.9/roll_out"};

/// model, past, future -> answer. It is an error if past or future is another after the call, or the model was asked more than 200 times.
inline const Probe<AskedForecast(NextRowsKind, Tensor<3>, Tensor<3>)> one_step_ahead{"6.9/one_step_ahead"};

/// phi, variance, horizon -> errors
inline const Probe<Tensor<1, double>(double, double, std::size_t)> autoregressive_error{"6.9/autoregressive_error"};

}  // namespace wb::probes
