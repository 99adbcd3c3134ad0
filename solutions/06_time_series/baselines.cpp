/// @file
/// Exercise 6.5: what has to be beaten. The contract is chapters/06_time_series/baselines.hpp.
#include "baselines.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 6.5 removed
namespace {

/// Each window's rows from `first` on, again and again.
Tensor<3> repeat_from(const Tensor<3>& past, std::size_t first, std::size_t horizon) {
    const std::size_t lookback = past.shape(1), period = lookback - first;
    Tensor<3> future(std::array<std::size_t, 3>{past.shape(0), horizon, past.shape(2)});
    for (std::size_t b = 0; b < past.shape(0); ++b) {
        for (std::size_t t = 0; t < horizon; ++t) {
            for (std::size_t v = 0; v < past.shape(2); ++v) future(b, t, v) = past(b, first + t % period, v);
        }
    }
    return future;
}

/// 1 / (1 + e^-x), whose e^.. is never above 1.
float sigmoid(float x) {
    const float e = std::exp(-std::abs(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

}  // namespace
// SOLUTION END

// TODO(6.5): the simplest forecast.
//   Ask:      what does a window of no rows repeat?
//   Traps:    the last row of *each* window: what lies at the end of the tensor is the last window's.
Tensor<3> repeat_last(const Tensor<3>& past, std::size_t horizon) {
    // SOLUTION BEGIN 6.5
    if (past.shape(1) == 0) throw ShapeError("repeat_last: past " + shape_text(past) + " has no row to repeat");
    return repeat_from(past, past.shape(1) - 1, horizon);
    // SOLUTION END
}

// TODO(6.5): yesterday once more.
//   Equation: y_t = x_{lookback - period + t mod period}
//   Ask:      the window ends at 10 o'clock, and the season is a day. What is the first row that is forecast, and which row of the past?
//   Traps:    a look-back that is no multiple of the period: seasons are counted from its end. So is a horizon of half a season.
Tensor<3> repeat_season(const Tensor<3>& past, std::size_t horizon, std::size_t period) {
    // SOLUTION BEGIN 6.5
    const std::size_t lookback = past.shape(1);
    if (period == 0 || period > lookback)
        throw std::invalid_argument("repeat_season: a period of " + std::to_string(period) + " and a look-back of " +
                                    std::to_string(lookback) +
                                    " rows: the last season must be there to be repeated. Take a longer look-back");
    return repeat_from(past, lookback - period, horizon);
    // SOLUTION END
}

// TODO(6.5): two matrices, to begin with a mean each.
//   Start:    trend.weight and seasonal.weight are parameters; their numbers are weight->value, row-major. Biases are parameters, too.
//   Ask:      what does such a model answer before it has learnt anything? (The trend's mean, plus the mean of what the trend leaves.)
DLinear::DLinear(std::size_t lookback, std::size_t horizon, std::size_t of_average, Random& random)
    : window(of_average), trend(lookback, horizon, random), seasonal(lookback, horizon, random) {
    // SOLUTION BEGIN 6.5
    for (const Linear<float>* part : {&trend, &seasonal}) {
        std::fill(part->weight->value.begin(), part->weight->value.end(), 1 / static_cast<float>(lookback));
        std::fill(part->bias->value.begin(), part->bias->value.end(), 0.0F);
    }
    // SOLUTION END
}

// TODO(6.5): each part through its matrix.
//   Start:    decompose; wb::Linear works on the innermost axis, so time has to be there: transpose, and back at the end.
//   Ask:      which axis may a matrix mix here, and which must it never?
//   Traps:    the parts are to be taken apart along time, so before the axes are exchanged.
Var<float> DLinear::operator()(Var<float> past) const {
    // SOLUTION BEGIN 6.5
    const Shape shape = past.shape(), matrix = trend.weight->shape;
    if (shape.rank() != 3 || shape[1] != matrix[1])
        throw ShapeError("DLinear: past " + shape_text(shape) + " must be [batch, lookback, variates] with " +
                         std::to_string(matrix[1]) + " rows, for which the model was made");
    const Decomposition parts = decompose(past, window);
    return transpose(trend(transpose(parts.trend, 1, 2)) + seasonal(transpose(parts.seasonal, 1, 2)), 1, 2);
    // SOLUTION END
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
    // SOLUTION BEGIN 6.5
    const Shape of_gates = gates.shape(), shape = cell.shape();
    if (of_gates.rank() != 2 || shape.rank() != 2 || of_gates[0] != shape[0] || of_gates[1] != 4 * shape[1])
        throw ShapeError("lstm_step: gates " + shape_text(of_gates) + " must be [batch, 4 hidden], and cell " +
                         shape_text(shape) + " [batch, hidden] of it");
    const std::size_t batch = shape[0], hidden = shape[1];
    Tape<float>& tape = gates.tape();
    const Var<float> out = tape.make({batch, 2 * hidden});
    struct Unit {
        float i, f, g, o, tanh_c;
    };
    Unit* units = tape.keep<Unit>(batch * hidden);
    const float *a = tape.data(gates), *c = tape.data(cell);
    float* y = tape.data(out);
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t k = 0; k < hidden; ++k) {
            const float* at = a + b * 4 * hidden + k;
            Unit& u = units[b * hidden + k];
            u = {sigmoid(at[0]), sigmoid(at[hidden]), std::tanh(at[2 * hidden]), sigmoid(at[3 * hidden]), 0};
            const float next = u.f * c[b * hidden + k] + u.i * u.g;
            u.tanh_c = std::tanh(next);
            y[b * 2 * hidden + k] = u.o * u.tanh_c;
            y[b * 2 * hidden + hidden + k] = next;
        }
    }
    return tape.record(out, {gates, cell}, [=, &tape] {
        const float* dy = tape.gradient(out);
        const auto [da, fresh_gates] = tape.slot(gates);
        const auto [dc, fresh_cell] = tape.slot(cell);
        if (da != nullptr && fresh_gates) std::fill_n(da, batch * 4 * hidden, 0.0F);
        if (dc != nullptr && fresh_cell) std::fill_n(dc, batch * hidden, 0.0F);
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t k = 0; k < hidden; ++k) {
                const Unit& u = units[b * hidden + k];
                const float d_h = dy[b * 2 * hidden + k];
                const float d_next = dy[b * 2 * hidden + hidden + k] + d_h * u.o * (1 - u.tanh_c * u.tanh_c);
                if (dc != nullptr) dc[b * hidden + k] += d_next * u.f;
                if (da == nullptr) continue;
                float* at = da + b * 4 * hidden + k;
                at[0] += d_next * u.g * u.i * (1 - u.i);
                at[hidden] += d_next * c[b * hidden + k] * u.f * (1 - u.f);
                at[2 * hidden] += d_next * u.i * (1 - u.g * u.g);
                at[3 * hidden] += d_h * u.tanh_c * u.o * (1 - u.o);
            }
        }
    });
    // SOLUTION END
}

// TODO(6.5): row after row, then all rows at once.
//   Start:    input(past) does all rows in one product; slice and reshape give a row's gates. h and c are the halves of lstm_step's result.
//   Ask:      why does output see the last h only, and what must h therefore hold after 96 rows?
//   Traps:    a slice of [batch, lookback, n] along time is [batch, 1, n]. The numbers of output are the horizon row by row:
//             [horizon, variates], not the other way round.
Var<float> LstmForecaster::operator()(Var<float> past) const {
    // SOLUTION BEGIN 6.5
    const Shape shape = past.shape();
    const std::size_t variates = input.weight->shape[1];
    if (shape.rank() != 3 || shape[1] == 0 || shape[2] != variates)
        throw ShapeError("LstmForecaster: past " + shape_text(shape) + " must be [batch, lookback, variates] with " +
                         std::to_string(variates) + " variates and a row to read");
    const std::size_t batch = shape[0];
    const Var<float> rows = input(past);
    Var<float> h = past.tape().constant(zeros<2>({batch, hidden_size})), c = h;
    for (std::size_t t = 0; t < shape[1]; ++t) {
        const Var<float> row = reshape(slice(rows, 1, t, t + 1), {batch, 4 * hidden_size});
        const Var<float> next = lstm_step(row + recurrent(h), c);
        h = slice(next, 1, 0, hidden_size);
        c = slice(next, 1, hidden_size, 2 * hidden_size);
    }
    return reshape(output(h), {batch, output.weight->shape[0] / variates, variates});
    // SOLUTION END
}

}  // namespace wb
