/// @file
/// Exercise 4.7: attention rollout. The contract is chapters/04_vit/rollout.hpp.
#include "rollout.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

#include "attention_checks.hpp"
#include "wb/matmul.hpp"
#include "wb/shape_checks.hpp"

namespace wb {

// TODO(4.7): one matrix of a layer's heads.
//   Ask:      rows of the heads sum to 1. Which of the three fusions leaves that so, and what are the sums after the others?
//   Traps:    a minimum that starts at 0 stays there.
Tensor<2> fuse_heads(const Tensor<3>& weights, HeadFusion fusion) {
    throw wb::NotImplemented("4.7");
}

// TODO(4.7): the weakest links become 0.
//   Start:    the places of all entries outside column 0, in an order: by weight, and of equal weights by place. The first
//             floor(ratio * tokens * (tokens - 1)) of them go, in double, from the left. std::nth_element does not even sort the rest.
//   Ask:      why must no link to the class token go, when the picture shows only patches?
//   Traps:    "everything below a threshold" cuts too much or too little where weights are equal.
Tensor<2> discard_weakest(const Tensor<2>& weights, double discard_ratio) {
    throw wb::NotImplemented("4.7");
}

// TODO(4.7): half attention, half residual connection; rows that sum to 1.
//   Equation: A = 0.5 W + 0.5 I, then A_ij / sum_j A_ij.
//   Ask:      a token gives its weights away along its row. What would a column's sum mean?
//   Traps:    wb::sum keeps the axis, so that [tokens, 1] divides each row; a sum over axis 0 is [1, tokens] and divides columns.
//             A lazy xt::sum within the expression reads out of bounds (wb/tensor.hpp).
Tensor<2> with_residual(const Tensor<2>& weights) {
    throw wb::NotImplemented("4.7");
}

// TODO(4.7): the products, layer after layer.
//   Equation: R_l = A_l R_(l-1), and R_1 = A_1.
//   Start:    fuse, cut, mix, multiply. wb::matmul (wb/matmul.hpp) takes matrices.
//   Ask:      token i after layer 2 is a mixture, by row i of A_2, of tokens after layer 1. What are those made of? So on which side of
//             what was there does A_2 stand?
//   Traps:    A_1 A_2 has rows that sum to 1, too, and looks just as well on a photograph.
Tensor<3> attention_rollout(const std::vector<Tensor<4>>& attention, std::size_t picture,
                            const RolloutOptions& options) {
    throw wb::NotImplemented("4.7");
}

// TODO(4.7): the class token's row as a map.
//   Traps:    the row sums to 1 with the class token's share in itself, and without it to less. With no patch at all in the class
//             token, 0 / 0 is NaN.
Tensor<2> rollout_map(const Tensor<2>& rollout) {
    throw wb::NotImplemented("4.7");
}

}  // namespace wb
