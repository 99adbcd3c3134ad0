/// @file
/// Exercise 6.5: what has to be beaten. The contract is chapters/06_time_series/baselines.hpp.
#include "baselines.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "wb/errors.hpp"

namespace wb {

// TODO(6.5): the simplest forecast.
//   Ask:      what does a window of no rows repeat?
//   Traps:    the last row of *each* window: what lies at the end of the tensor is the last window's.
Tensor<3> repeat_last(const Tensor<3>& past, std::size_t horizon) {
    throw wb::NotImplemented("6.5");
}

// TODO(6.5): yesterday once more.
//   Equation: y_t = x_{lookback - period + t mod period}
//   Ask:      the window ends at 10 o'clock, and the season is a day. What is the first row that is forecast, and which row of the past?
//   Traps:    a look-back that is no multiple of the period: seasons are counted from its end. So is a horizon of half a season.
Tensor<3> repeat_season(const Tensor<3>& past, std::size_t horizon, std::size_t period) {
    throw wb::NotImplemented("6.5");
}

// TODO(6.5): two matrices, to begin with a mean each.
//   Start:    trend.weight and seasonal.weight are parameters; their numbers are weight->value, row-major. Biases are parameters, too.
//   Ask:      what does such a model answer before it has learnt anything? (The trend's mean, plus the mean of what the trend leaves.)
DLinear::DLinear(std::size_t lookback, std::size_t horizon, std::size_t of_average, Random& random)
    : window(of_average), trend(lookback, horizon, random), seasonal(lookback, horizon, random) {
    throw wb::NotImplemented("6.5");
}

// TODO(6.5): each part through its matrix.
//   Start:    decompose; wb::Linear works on the innermost axis, so time has to be there: transpose, and back at the end.
//   Ask:      which axis may a matrix mix here, and which must it never?
//   Traps:    the parts are to be taken apart along time, so before the axes are exchanged.
Var<float> DLinear::operator()(Var<float> past) const {
    throw wb::NotImplemented("6.5");
}

// TODO(6.5): an operation with two inputs and a result in two halves.
//   Equation: c' = f c + i g, h' = o tanh(c'), with i = sigmoid(a_i), f = sigmoid(a_f), g = tanh(a_g), o = sigmoid(a_o).
//   Start:    forward, number by number; what the way back has to know goes to memory from tape.keep<float>(..): i, f, g, o and tanh(c').
//             Backward: d c' is what comes in for c' and what comes through h', d h' o (1 - tanh(c')^2). From it all the others follow.
//   Ask:      sigmoid' = s (1 - s), tanh' = 1 - tanh^2: both from the result. What is it for a gate of 1e4?
//   Traps:    gates stand i f g o, `hidden` apart, not four by four. A row of the result has 2 hidden numbers, one of the cell 1 hidden.
//             e^1e4 is infinite, and inf / inf NaN: never take e^x of a large x.
//             d c' of the result alone forgets that h' is made of c'. slot().data may be null for the one input and not for the other.
Var<float> lstm_step(Var<float> gates, Var<float> cell) {
    throw wb::NotImplemented("6.5");
}

// TODO(6.5): row after row, then all rows at once.
//   Start:    input(past) does all rows in one product; slice and reshape give a row's gates. h and c are the halves of lstm_step's result.
//   Ask:      why does output see the last h only, and what must h therefore hold after 96 rows?
//   Traps:    a slice of [batch, lookback, n] along time is [batch, 1, n]. The numbers of output are the horizon row by row:
//             [horizon, variates], not the other way round.
Var<float> LstmForecaster::operator()(Var<float> past) const {
    throw wb::NotImplemented("6.5");
}

}  // namespace wb
