/// @file
/// Exercise 6.11: variates as tokens. The contract is chapters/06_time_series/itransformer.hpp.
#include "itransformer.hpp"

#include <stdexcept>

#include "instance_norm.hpp"
#include "wb/errors.hpp"

namespace wb {

// TODO(6.11): the transformer turned round. All its parts are there; what is left is to say what a token is.
//   Equation: tokens = dropout(past^T E^T + e); through the blocks, one after the other; answer = (norm(tokens) P^T + p)^T.
//   Start:    refuse a past that has not three axes, or another look-back. wb/autograd/layout.hpp has what exchanges two axes.
//   Ask:      along which axis does a Linear work? So which axis must be the innermost before the embedding, and which one is it
//             after the projection? Which numbers of all the parameters depend on how many variates there are?
//   Traps:    reshape exchanges no axes. The list of weights may hold something from before: it is set, not added to. Nothing is
//             added to the tokens: variates have no order. Each block reads what the block before it made.
Var<float> ITransformer::operator()(Var<float> past, std::vector<Var<float>>* weights) const {
    // SOLUTION BEGIN 6.11
    const Shape shape = past.shape();
    if (shape.rank() != 3 || shape[1] != options.lookback)
        throw ShapeError("ITransformer: past " + shape_text(shape) +
                         " must be [batch, lookback, variates] with the look-back that the model was made for, " +
                         std::to_string(options.lookback));
    if (weights != nullptr) weights->clear();
    Var<float> tokens = dropout(embedding(transpose(past, 1, 2)), options.blocks.dropout);
    for (const EncoderBlock& block : blocks) {
        Var<float> of_block;
        tokens = block(tokens, weights == nullptr ? nullptr : &of_block);
        if (weights != nullptr) weights->push_back(of_block);
    }
    return transpose(projection(norm(tokens)), 1, 2);
    // SOLUTION END
}

// TODO(6.11): 6.12 on both sides of any model.
//   Equation: y = s model((past - m) / s) + m, with each window's own m and s.
//   Ask:      the model takes a Var, and 6.12 gives a tensor: how does it come to the tape? Does anybody want a gradient of it?
//   Traps:    what the model answers must stay on the tape: a copy of its numbers has no way back to the model's parameters.
Var<float> normalised_forecast(Tape<float>& tape, const WindowModel& model, const Tensor<3>& past) {
    // SOLUTION BEGIN 6.11
    const NormalisedWindows windows = normalise_windows(past);
    return denormalise_windows(model(tape.constant(windows.x)), windows.mean, windows.deviation);
    // SOLUTION END
}

// TODO(6.11): one map out of many.
//   Equation: map[i, j] = mean over blocks n and heads h of weights[n][entry, h, i, j].
//   Start:    look at every shape before you read a number; then sum in double and divide once.
//   Ask:      why does each row of a mean of such maps sum to 1 again? Would the rows of a sum, a maximum, a product?
//   Traps:    the batch is the outermost axis, the head the second.
Tensor<2> variate_map(const std::vector<Tensor<4>>& weights, std::size_t entry) {
    // SOLUTION BEGIN 6.11
    if (weights.empty())
        throw ShapeError("variate_map: weights of no block. Ask the model for them: model(past, &weights)");
    const Tensor<4>& first = weights.front();
    const std::size_t batch = first.shape(0), heads = first.shape(1), variates = first.shape(2);
    for (std::size_t n = 0; n < weights.size(); ++n) {
        if (weights[n].shape() != first.shape() || heads == 0 || first.shape(3) != variates)
            throw ShapeError("variate_map: weights of block " + std::to_string(n) + " " + shape_text(weights[n]) +
                             " must be [batch, heads, variates, variates], and as those of block 0 " +
                             shape_text(first));
    }
    if (entry >= batch)
        throw std::out_of_range("variate_map: there is no entry " + std::to_string(entry) + " in a batch of " +
                                std::to_string(batch));
    Tensor<2, double> sums = zeros<2, double>({variates, variates});
    for (const Tensor<4>& of_block : weights) {
        for (std::size_t h = 0; h < heads; ++h) {
            for (std::size_t i = 0; i < variates; ++i) {
                for (std::size_t j = 0; j < variates; ++j) sums(i, j) += static_cast<double>(of_block(entry, h, i, j));
            }
        }
    }
    Tensor<2> map = zeros<2>({variates, variates});
    const auto count = static_cast<double>(weights.size() * heads);
    for (std::size_t n = 0; n < map.size(); ++n) map.data()[n] = static_cast<float>(sums.data()[n] / count);
    return map;
    // SOLUTION END
}

}  // namespace wb
