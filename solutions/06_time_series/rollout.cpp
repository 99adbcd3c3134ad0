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

// SOLUTION BEGIN 6.9 removed
namespace {

/// Copies `count` rows of every entry.
void copy_rows(const Tensor<3>& from, std::size_t first, std::size_t count, Tensor<3>& to, std::size_t place) {
    for (std::size_t b = 0; b < from.shape(0); ++b) {
        for (std::size_t t = 0; t < count; ++t) {
            for (std::size_t v = 0; v < from.shape(2); ++v) to(b, place + t, v) = from(b, first + t, v);
        }
    }
}

Tensor<3> rows_of(const Tensor<3>& series, std::size_t first, std::size_t count) {
    Tensor<3> rows = zeros<3>({series.shape(0), count, series.shape(2)});
    copy_rows(series, first, count, rows, 0);
    return rows;
}

/// @param steps  rows that the first answer had; 0 before there is one
Tensor<3> ask(const NextRows& model, const Tensor<3>& past, std::size_t& steps) {
    Tensor<3> answer = model(past);
    if (answer.shape(0) != past.shape(0) || answer.shape(2) != past.shape(2) || answer.shape(1) == 0)
        throw ShapeError("the model answers " + shape_text(answer) + " to a past of " + shape_text(past) +
                         ": batch and variates (axes 0 and 2) must be the past's, and there must be a row");
    if (steps != 0 && answer.shape(1) != steps)
        throw ShapeError("the model answers " + shape_text(answer) + ", but its first answer was " +
                         shape_text(std::array{answer.shape(0), steps, answer.shape(2)}) +
                         ". Ask one that answers as many rows each time");
    steps = answer.shape(1);
    return answer;
}

/// -1e-300 as it is: std::to_string would call it -0.000000.
std::string number_text(double number) {
    std::ostringstream text;
    text << number;
    return text.str();
}

}  // namespace
// SOLUTION END

// TODO(6.9): until there are horizon rows, ask and append.
//   Start:    one series [batch, lookback + horizon, variates] that begins with past. When n rows have been answered, which of its rows
//             is the model asked about, and where does the answer go?
//   Ask:      7 rows of a model that answers 3 at a time: how many questions, and which rows of the last answer count?
//   Traps:    an answer may have more rows than the look-back. A model without rows would be asked for ever.
Tensor<3> roll_out(const NextRows& model, const Tensor<3>& past, std::size_t horizon) {
    // SOLUTION BEGIN 6.9
    const std::size_t lookback = past.shape(1);
    Tensor<3> series = zeros<3>({past.shape(0), lookback + horizon, past.shape(2)});
    copy_rows(past, 0, lookback, series, 0);
    std::size_t known = 0, steps = 0;
    while (known < horizon) {
        const Tensor<3> answer = ask(model, rows_of(series, known, lookback), steps);
        const std::size_t taken = std::min(steps, horizon - known);
        copy_rows(answer, 0, taken, series, lookback + known);
        known += taken;
    }
    return rows_of(series, lookback, horizon);
    // SOLUTION END
}

// TODO(6.9): the same series, but what stands behind past is the truth.
//   Ask:      which rows does the model see for entry 0, and which for entry lookback + 1? Which row of future is never seen?
//   Traps:    the horizon may be longer than the look-back. Of several rows in an answer only the first is one step ahead.
Tensor<3> one_step_ahead(const NextRows& model, const Tensor<3>& past, const Tensor<3>& future) {
    // SOLUTION BEGIN 6.9
    if (past.shape(0) != future.shape(0) || past.shape(2) != future.shape(2))
        throw ShapeError("one_step_ahead: past " + shape_text(past) + " and future " + shape_text(future) +
                         " must have the same batch and variates (axes 0 and 2)");
    const std::size_t lookback = past.shape(1), horizon = future.shape(1);
    Tensor<3> series = zeros<3>({past.shape(0), lookback + horizon, past.shape(2)});
    copy_rows(past, 0, lookback, series, 0);
    copy_rows(future, 0, horizon, series, lookback);
    Tensor<3> forecast = zeros<3>({past.shape(0), horizon, past.shape(2)});
    std::size_t steps = 0;
    for (std::size_t h = 0; h < horizon; ++h)
        copy_rows(ask(model, rows_of(series, h, lookback), steps), 0, 1, forecast, h);
    return forecast;
    // SOLUTION END
}

// TODO(6.9): a sum that grows by one term a step.
//   Equation: error_h = v (1 + phi^2 + .. + phi^{2 (h - 1)}).
//   Ask:      what is error_{h + 1}, if you have error_h? Does the formula for geometric sums hold for phi = 1, and how many digits has
//             it for phi = .99999999?
//   Traps:    phi^2 may be infinite, and 0 times that is NaN. `variance < 0` is false for NaN.
Tensor<1, double> autoregressive_error(double phi, double variance, std::size_t horizon) {
    // SOLUTION BEGIN 6.9
    if (!std::isfinite(phi))
        throw std::invalid_argument("autoregressive_error: phi is " + number_text(phi) + "; give a finite number");
    if (!std::isfinite(variance) || variance < 0)
        throw std::invalid_argument("autoregressive_error: variance is " + number_text(variance) +
                                    "; give a finite number of 0 or more");
    Tensor<1, double> errors = zeros<1, double>({horizon});
    double error = 0;
    for (std::size_t h = 0; h < horizon; ++h) errors(h) = error = variance + phi * (phi * error);
    return errors;
    // SOLUTION END
}

}  // namespace wb
