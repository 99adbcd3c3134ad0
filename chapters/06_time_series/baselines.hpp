/// @file
/// Exercise 6.5: what has to be beaten. A forecast without a baseline is a number without a unit: .51 on ETTh1 is what comes of writing
/// yesterday down once more.
///
///     repeat last      y_t = the last row                                  what a constant is worth
///     repeat season    y_t = the row one season before, again and again    what the daily (weekly) rhythm is worth
///     DLinear          y = W_trend trend(x) + W_season (x - trend(x))      what two matrices are worth: Zeng et al., AAAI 2023
///     LSTM             reads row after row, then says all rows at once     what there was before attention: Hochreiter and Schmidhuber 1997
#pragma once

#include <cstddef>
#include <string>

#include "decomposition.hpp"
#include "wb/autograd/autograd.hpp"
#include "wb/nn/nn.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// @param past     [batch, lookback, variates], lookback at least 1
/// @param horizon  may be 0: then there is nothing to say, and no error
/// @return         [batch, horizon, variates]: the last row of each window, `horizon` times
/// @throws ShapeError when there is no row to repeat
Tensor<3> repeat_last(const Tensor<3>& past, std::size_t horizon);

/// The window's last `period` rows in order, again and again, to the horizon's end.
/// @throws std::invalid_argument naming period and lookback, when the period is 0 or longer than the look-back
Tensor<3> repeat_season(const Tensor<3>& past, std::size_t horizon, std::size_t period);

/// Two matrices from look-back to horizon, which all variates share.
class DLinear {
 public:
    /// Every weight is 1 / lookback to begin with, every bias 0: both say the mean of what they are given.
    DLinear(std::size_t lookback, std::size_t horizon, std::size_t window, Random& random);

    /// trend(decompose(past).trend) + seasonal(decompose(past).seasonal), along time, variate by variate.
    /// @param past  [batch, lookback, variates]
    /// @return      [batch, horizon, variates]
    /// @throws ShapeError when past has not three axes, or its look-back is not the one the model was made for; as decompose
    Var<float> operator()(Var<float> past) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "trend", trend);
        out.add_module(prefix, "seasonal", seasonal);
    }

    std::size_t window;             ///< of the moving average, odd
    Linear<float> trend, seasonal;  ///< [horizon, lookback]
};

/// A step of an LSTM, as one operation on the tape.
///
///     i = sigmoid(a_i)   f = sigmoid(a_f)   g = tanh(a_g)   o = sigmoid(a_o)          c' = f c + i g          h' = o tanh(c')
///
/// Gates far out are shut or open: of +-1e4 a sigmoid is 0 or 1 and a tanh -1 or 1, which let no gradient through, and nothing is NaN.
/// @param gates  [batch, 4 hidden]: a_i, a_f, a_g and a_o side by side, each [batch, hidden], as torch.nn.LSTM has them
/// @param cell   [batch, hidden]: c
/// @return       [batch, 2 hidden]: h' and c' side by side; both have a gradient
/// @throws ShapeError naming both shapes
Var<float> lstm_step(Var<float> gates, Var<float> cell);

/// An LSTM over the look-back; its last hidden state says the whole horizon.
class LstmForecaster {
 public:
    /// Draws its parameters.
    LstmForecaster(std::size_t variates, std::size_t hidden, std::size_t horizon, Random& random)
        : hidden_size(hidden),
          input(variates, 4 * hidden, random),
          recurrent(hidden, 4 * hidden, random, false),
          output(hidden, horizon * variates, random) {}

    /// From h = c = 0, for each row: gates = input(x_t) + recurrent(h), then lstm_step. output(h) is the horizon row by row.
    /// @param past  [batch, lookback, variates]
    /// @return      [batch, horizon, variates]
    /// @throws ShapeError when past has not three axes, there are other variates, or no row
    Var<float> operator()(Var<float> past) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "input", input);
        out.add_module(prefix, "recurrent", recurrent);
        out.add_module(prefix, "output", output);
    }

    std::size_t hidden_size;  ///< of the cell
    Linear<float> input;      ///< [4 hidden, variates]
    Linear<float> recurrent;  ///< [4 hidden, hidden], without a bias: input has one
    Linear<float> output;     ///< [horizon variates, hidden]
};

}  // namespace wb
