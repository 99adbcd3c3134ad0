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
    throw wb::NotImplemented("6.8");
}

// TODO(6.8): what the head costs.
//   Equation: a linear layer [out, in] with a bias has out (in + 1) numbers.
//   Ask:      how many numbers does the head say about one window? How many does it read?
//   Traps:    the horizon alone is not what it says.
std::size_t head_parameters(const DirectOptions& options) {
    throw wb::NotImplemented("6.8");
}

// TODO(6.8): from tokens to one vector a window, on the tape.
//   Start:    refuse what has not three axes, or no token. wb/autograd/layout.hpp cuts and reshapes; wb/autograd/losses.hpp has means
//             over an axis.
//   Ask:      which of the three axes goes? In which order do the numbers of [batch, tokens, d_model] lie in memory: token by token, or
//             channel by channel? So does flatten have to move any?
//   Traps:    a slice of one token is still [batch, 1, d_model]. What is read out of the tape has no way back.
Var<float> pool_tokens(Var<float> tokens, Pooling pooling) {
    throw wb::NotImplemented("6.8");
}

// TODO(6.8): the model, of parts that are all there.
//   Equation: answer = head(pool(blocks(dropout(embedding(past, calendar))))), as rows.
//   Start:    refuse shapes first. A calendar of fewer rows would be noticed by the embedding; a past of more rows would not, unless the
//             pooling is flatten.
//   Ask:      the head says horizon variates numbers side by side. Which are next to each other: the variates of one row, or the
//             rows of one variate? So what does it take to make [batch, horizon, variates] of them?
//   Traps:    each block reads what the block before it made. Places of rows begin at 0 here. Nothing masks the past.
Var<float> DirectForecaster::operator()(Var<float> past, Var<float> calendar) const {
    throw wb::NotImplemented("6.8");
}

}  // namespace wb
