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
    throw wb::NotImplemented("6.11");
}

// TODO(6.11): 6.12 on both sides of any model.
//   Equation: y = s model((past - m) / s) + m, with each window's own m and s.
//   Ask:      the model takes a Var, and 6.12 gives a tensor: how does it come to the tape? Does anybody want a gradient of it?
//   Traps:    what the model answers must stay on the tape: a copy of its numbers has no way back to the model's parameters.
Var<float> normalised_forecast(Tape<float>& tape, const WindowModel& model, const Tensor<3>& past) {
    throw wb::NotImplemented("6.11");
}

// TODO(6.11): one map out of many.
//   Equation: map[i, j] = mean over blocks n and heads h of weights[n][entry, h, i, j].
//   Start:    look at every shape before you read a number; then sum in double and divide once.
//   Ask:      why does each row of a mean of such maps sum to 1 again? Would the rows of a sum, a maximum, a product?
//   Traps:    the batch is the outermost axis, the head the second.
Tensor<2> variate_map(const std::vector<Tensor<4>>& weights, std::size_t entry) {
    throw wb::NotImplemented("6.11");
}

}  // namespace wb
