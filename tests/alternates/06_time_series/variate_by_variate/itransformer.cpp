/// @file
/// Exercise 6.11 another way: each variate is cut out, embedded and said by itself, no axis is ever exchanged; windows are put back by a
/// product and a sum; the map is built entry by entry.
#include "itransformer.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "instance_norm.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

/// One column of [batch, rows, variates], as [batch, 1, rows].
Var<float> column(Var<float> x, std::size_t v) {
    return reshape(slice(x, 2, v, v + 1), {x.shape()[0], 1, x.shape()[1]});
}

/// Numbers [batch, variates], the same in each of `rows` rows.
Var<float> in_all_rows(Tape<float>& tape, const Tensor<2>& numbers, std::size_t rows) {
    const std::size_t batch = numbers.shape(0), variates = numbers.shape(1);
    Tensor<3> all(std::array<std::size_t, 3>{batch, rows, variates});
    for (std::size_t n = 0; n < batch * rows; ++n)
        std::copy_n(numbers.data() + n / rows * variates, variates, all.data() + n * variates);
    return tape.constant(all);
}

}  // namespace

Var<float> ITransformer::operator()(Var<float> past, std::vector<Var<float>>* weights) const {
    const std::string given = "ITransformer: past " + shape_text(past.shape());
    if (past.shape().rank() != 3)
        throw ShapeError(given + " has not 3 axes; a look-back is " + std::to_string(options.lookback));
    if (past.shape()[1] != options.lookback)
        throw ShapeError(given + " has " + std::to_string(past.shape()[1]) + " rows, not " +
                         std::to_string(options.lookback));
    const std::size_t batch = past.shape()[0], variates = past.shape()[2];

    std::vector<Var<float>> columns;
    for (std::size_t v = 0; v < variates; ++v)
        columns.push_back(dropout(embedding(column(past, v)), options.blocks.dropout));
    Var<float> x = concat(columns, 1);
    std::vector<Var<float>> of_blocks(blocks.size());
    for (std::size_t n = 0; n < blocks.size(); ++n) x = blocks[n](x, &of_blocks[n]);
    if (weights != nullptr) weights->swap(of_blocks);
    x = norm(x);
    for (std::size_t v = 0; v < variates; ++v)
        columns[v] = reshape(projection(slice(x, 1, v, v + 1)), {batch, options.horizon, 1});
    return concat(columns, 2);
}

Var<float> normalised_forecast(Tape<float>& tape, const WindowModel& model, const Tensor<3>& past) {
    const auto [x, level, deviation] = normalise_windows(past);
    const Var<float> said = model(tape.variable({x.shape(0), x.shape(1), x.shape(2)}, {x.data(), x.size()}));
    if (said.shape().rank() != 3 || said.shape()[0] != x.shape(0) || said.shape()[2] != x.shape(2))
        throw ShapeError("normalised_forecast: the model answered " + shape_text(said.shape()) + " to " +
                         shape_text(x));
    return said * in_all_rows(tape, deviation, said.shape()[1]) + in_all_rows(tape, level, said.shape()[1]);
}

Tensor<2> variate_map(const std::vector<Tensor<4>>& weights, std::size_t entry) {
    if (weights.empty()) throw ShapeError("variate_map: there is no block");
    const std::array<std::size_t, 4> shape = {weights[0].shape(0), weights[0].shape(1), weights[0].shape(2),
                                              weights[0].shape(2)};
    if (shape[1] == 0) throw ShapeError("variate_map: there is no head in " + shape_text(weights[0]));
    for (const Tensor<4>& one : weights) {
        if (!std::equal(shape.begin(), shape.end(), one.shape().begin()))
            throw ShapeError("variate_map: " + shape_text(one) + ", where " +
                             shape_text(std::span<const std::size_t>(shape)) + " is due");
    }
    if (entry >= shape[0]) throw std::out_of_range("variate_map: entry " + std::to_string(entry));
    Tensor<2> map(std::array<std::size_t, 2>{shape[2], shape[2]});
    for (std::size_t i = 0; i < shape[2]; ++i) {
        for (std::size_t j = 0; j < shape[2]; ++j) {
            double average = 0, count = 0;  // of those so far
            for (const Tensor<4>& one : weights) {
                for (std::size_t h = 0; h < shape[1]; ++h) average += (double{one(entry, h, i, j)} - average) / ++count;
            }
            map(i, j) = static_cast<float>(average);
        }
    }
    return map;
}

}  // namespace wb
