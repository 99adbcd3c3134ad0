/// @file
/// Exercise 6.5 another way: seasons by copying rows as they lie in memory, DLinear by matmul, and an LSTM made of the tape's own
/// operations: sigmoid(x) = (1 + tanh(x / 2)) / 2.
#include "baselines.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "wb/errors.hpp"

namespace wb {

Tensor<3> repeat_season(const Tensor<3>& past, std::size_t horizon, std::size_t period) {
    const std::size_t rows = past.shape(1), variates = past.shape(2);
    if (period < 1 || period > rows)
        throw std::invalid_argument("period " + std::to_string(period) + " of " + std::to_string(rows) + " rows");
    Tensor<3> future(std::array<std::size_t, 3>{past.shape(0), horizon, variates});
    for (std::size_t b = 0; b < past.shape(0); ++b) {
        const float* season = past.data() + ((b + 1) * rows - period) * variates;
        float* to = future.data() + b * horizon * variates;
        for (std::size_t left = horizon * variates; left > 0;) {
            const std::size_t count = std::min(left, period * variates);
            to = std::copy_n(season, count, to);
            left -= count;
        }
    }
    return future;
}

Tensor<3> repeat_last(const Tensor<3>& past, std::size_t horizon) {
    if (past.shape(1) == 0) throw ShapeError("no last row in " + shape_text(past));
    return repeat_season(past, horizon, 1);
}

DLinear::DLinear(std::size_t lookback, std::size_t horizon, std::size_t of_average, Random& random)
    : window(of_average), trend(lookback, horizon, random), seasonal(lookback, horizon, random) {
    for (const ParameterPtr<float>& parameter : ParameterList<float>(*this)) {
        const bool matrix = parameter->shape.rank() == 2;
        for (float& number : parameter->value) number = matrix ? 1.0F / static_cast<float>(lookback) : 0.0F;
    }
}

Var<float> DLinear::operator()(Var<float> past) const {
    const Shape shape = past.shape();
    const std::size_t horizon = trend.weight->shape[0], lookback = trend.weight->shape[1];
    if (shape.rank() != 3 || shape[1] != lookback)
        throw ShapeError("a look-back of " + std::to_string(lookback) + " is wanted, not " + shape_text(shape));
    const Decomposition parts = decompose(past, window);
    const auto along_time = [&](const Linear<float>& matrix, Var<float> part) {
        const std::size_t series = shape[0] * shape[2];
        return reshape(matrix(reshape(transpose(part, 1, 2), {series, lookback})), {shape[0], shape[2], horizon});
    };
    return transpose(along_time(seasonal, parts.seasonal), 1, 2) + transpose(along_time(trend, parts.trend), 1, 2);
}

Var<float> lstm_step(Var<float> gates, Var<float> cell) {
    const Shape four = gates.shape(), one = cell.shape();
    if (four.rank() != 2 || one.rank() != 2) throw ShapeError(shape_text(four) + " and " + shape_text(one));
    const std::size_t hidden = one[1];
    if (four[0] != one[0] || four[1] != 4 * hidden)
        throw ShapeError("gates " + shape_text(four) + " are not four for each of the cell's " + shape_text(one));
    const auto part = [&](std::size_t n) { return slice(gates, 1, n * hidden, (n + 1) * hidden); };
    const Var<float> half = gates.tape().constant(full<2>({one[0], hidden}, 0.5F));
    const auto sigmoid = [&](Var<float> x) { return tanh(x * 0.5F) * 0.5F + half; };
    const Var<float> next = sigmoid(part(1)) * cell + sigmoid(part(0)) * tanh(part(2));
    return concat<float>({sigmoid(part(3)) * tanh(next), next}, 1);
}

Var<float> LstmForecaster::operator()(Var<float> past) const {
    const Shape shape = past.shape();
    const std::size_t variates = input.weight->shape[1], horizon = output.bias->value.size() / variates;
    if (shape.rank() != 3 || shape[2] != variates) throw ShapeError(shape_text(shape) + " has other variates");
    if (shape[1] == 0) throw ShapeError(shape_text(shape) + " has no row");
    Var<float> state = past.tape().constant(zeros<2>({shape[0], 2 * hidden_size}));
    for (std::size_t t = 0; t < shape[1]; ++t) {
        const Var<float> x = reshape(slice(past, 1, t, t + 1), {shape[0], variates});
        const Var<float> h = slice(state, 1, 0, hidden_size), c = slice(state, 1, hidden_size, 2 * hidden_size);
        state = lstm_step(recurrent(h) + input(x), c);
    }
    return reshape(output(slice(state, 1, 0, hidden_size)), {shape[0], horizon, variates});
}

}  // namespace wb
