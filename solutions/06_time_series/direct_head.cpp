/// @file
/// Exercise 6.8: everything in one vector. The contract is chapters/06_time_series/direct_head.hpp.
#include "direct_head.hpp"

#include "wb/errors.hpp"

namespace wb {

// TODO(6.8): how long the vector is that the head reads.
//   Equation: d_model, or lookback d_model.
//   Ask:      one row of the past is one token. How many numbers are left of 96 tokens of 128 when one of them is taken? When their mean
//             is? When nothing is thrown away?
std::size_t pooled_size(const DirectOptions& options) {
    // SOLUTION BEGIN 6.8
    const std::size_t d_model = options.blocks.d_model;
    return options.pooling == Pooling::flatten ? options.lookback * d_model : d_model;
    // SOLUTION END
}

// TODO(6.8): what the head costs.
//   Equation: a linear layer [out, in] with a bias has out (in + 1) numbers.
//   Ask:      how many numbers does the head say about one window? How many does it read?
//   Traps:    the horizon alone is not what it says.
std::size_t head_parameters(const DirectOptions& options) {
    // SOLUTION BEGIN 6.8
    return options.horizon * options.variates * (pooled_size(options) + 1);
    // SOLUTION END
}

// TODO(6.8): from tokens to one vector a window, on the tape.
//   Start:    refuse what has not three axes, or no token. wb/autograd/layout.hpp cuts and reshapes; wb/autograd/losses.hpp has means
//             over an axis.
//   Ask:      which of the three axes goes? In which order do the numbers of [batch, tokens, d_model] lie in memory: token by token, or
//             channel by channel? So does flatten have to move any?
//   Traps:    a slice of one token is still [batch, 1, d_model]. What is read out of the tape has no way back.
Var<float> pool_tokens(Var<float> tokens, Pooling pooling) {
    // SOLUTION BEGIN 6.8
    const Shape shape = tokens.shape();
    if (shape.rank() != 3 || shape[1] == 0)
        throw ShapeError("pool_tokens: tokens " + shape_text(shape) +
                         " must be [batch, tokens, d_model] with at least one token");
    const std::size_t batch = shape[0], count = shape[1], d_model = shape[2];
    if (pooling == Pooling::average) return mean_over(tokens, 1);
    if (pooling == Pooling::last) return reshape(slice(tokens, 1, count - 1, count), {batch, d_model});
    return reshape(tokens, {batch, count * d_model});
    // SOLUTION END
}

// TODO(6.8): the model, of parts that are all there.
//   Equation: answer = head(pool(blocks(dropout(embedding(past, calendar))))), as rows.
//   Start:    refuse shapes first. A calendar of fewer rows would be noticed by the embedding; a past of more rows would not, unless the
//             pooling is flatten.
//   Ask:      the head says horizon variates numbers side by side. Which are next to each other: the variates of one row, or the
//             rows of one variate? So what does it take to make [batch, horizon, variates] of them?
//   Traps:    each block reads what the block before it made. Places of rows begin at 0 here. Nothing masks the past.
Var<float> DirectForecaster::operator()(Var<float> past, Var<float> calendar) const {
    // SOLUTION BEGIN 6.8
    const Shape of_past = past.shape(), of_calendar = calendar.shape();
    const auto fits = [&](const Shape& shape, std::size_t width) {
        return shape.rank() == 3 && shape[0] == of_past[0] && shape[1] == options.lookback && shape[2] == width;
    };
    if (!fits(of_past, options.variates) || !fits(of_calendar, options.features))
        throw ShapeError("DirectForecaster: past " + shape_text(of_past) + " and calendar " + shape_text(of_calendar) +
                         " must be [batch, " + std::to_string(options.lookback) + ", " +
                         std::to_string(options.variates) + "] and [batch, " + std::to_string(options.lookback) + ", " +
                         std::to_string(options.features) + "], of the same windows");
    Var<float> tokens = dropout(embedding(past, calendar), options.blocks.dropout);
    for (const EncoderBlock& block : blocks) tokens = block(tokens);
    const Var<float> said = head(pool_tokens(tokens, options.pooling));
    return reshape(said, {of_past[0], options.horizon, options.variates});
    // SOLUTION END
}

}  // namespace wb
