/// @file
/// What the tests may ask of exercise 6.4. A model cannot go over the pipe, so the driver offers some by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "masks.hpp"
#include "probe/probe.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// Models of the driver, for x [1, length, variates]. Rows before the first and after the last count as 0.
enum class ModelKind : std::uint8_t {
    causal_convolution,  ///< y[t, v] = x[t, v] + x[t - 1, v] / 2 + x[t - 2, v] / 4
    last_input_leaks,    ///< y[t] = (x[t, 0] + x[t + 1, last] / 4, x[t, 0])
    last_output_leaks,   ///< y[t] = (x[t, 0], x[t, 0] + x[t + 1, 0] / 4)
    every_third_row,     ///< y[t, v] = x[t, v] + x[t - 3, v] + x[t - 6, v] + ..
    shared_state,        ///< y[t, v] = state[v] = state[v] / 2 + x[t, v], one state for all rows
    direct_forecast,     ///< five rows: y[t, v] = x[length - 1, v] + x[t mod length, v]
    faint_leak,          ///< y[t] = (1e-20 x[t + 1, 0], x[t, 0])
    constant,            ///< three rows of two ones, whatever is asked
    nan_in_even_rows,    ///< y[t, v] = NaN where t is even, else x[t, v] + x[t - 1, v]
    signed_zeros,        ///< y[t, v] = 0 with the sign of x[t, v]
    two_entries,         ///< answers [2, length, variates]
    longer_each_time,    ///< answers one row to the first question, two to the second, ..
    refuses              ///< throws std::out_of_range
};

/// What dependencies() says, and what the model was asked.
struct Dependencies {
    Tensor<2, std::uint8_t> depends;
    std::vector<Tensor<3>> questions;  ///< as they reached the model, in order; no more than 1,000 are kept
};
inline auto fields(Dependencies& answer) {
    return std::tie(answer.depends, answer.questions);
}

/// q_len, kv_len -> mask
inline const Probe<Tensor<2, std::uint8_t>(std::size_t, std::size_t)> causal_mask{"6.4/causal_mask"};

/// known, horizon -> mask
inline const Probe<Tensor<2, std::uint8_t>(std::size_t, std::size_t)> forecast_mask{"6.4/forecast_mask"};

/// observed, allowed -> mask
inline const Probe<Tensor<3, std::uint8_t>(Tensor<2, std::uint8_t>, Tensor<2, std::uint8_t>)> observed_mask{
    "6.4/observed_mask"};

/// model, x, step -> answer. It is an error if the caller's x is another after the call.
inline const Probe<Dependencies(ModelKind, Tensor<3>, float)> dependencies{"6.4/dependencies"};

/// depends, allowed -> leak
inline const Probe<Leak(Tensor<2, std::uint8_t>, Tensor<2, std::uint8_t>)> first_leak{"6.4/first_leak"};

}  // namespace wb::probes
