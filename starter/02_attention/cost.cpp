/// @file
/// Exercise 2.6: what dot-product and additive attention cost. The contract, with its conventions, is cost.hpp.
#include "cost.hpp"

#include <cstdint>

namespace wb {

// TODO(2.6): the stages of scaled dot-product attention.
//   Start:    one query and one key: 2 * head_dim FLOPs for the product, 1 for the scale. How many such pairs are
//             there?
//   Ask:      which of the stages does twice as many FLOPs for each byte when head_dim doubles, and which does not?
//   Traps:    activation memory is not traffic. Of all that is written, what does the backward pass need? (Exercise 2.7
//             tells.)
AttentionCost dot_product_cost(const AttentionSizes& sizes) {
    throw wb::NotImplemented("2.6");
}

// TODO(2.6): the stages of additive attention, in either way of evaluating it.
//   Ask:      how many times more activation memory does broadcast take, at hidden = 64 and length 512? Where does the
//             ratio go?
//   Traps:    W_q and W_k are read once for each *head*, not for each batch row. w . tanh is a dot product: 2 FLOPs a
//             channel.
AttentionCost additive_cost(const AttentionSizes& sizes, AdditiveMethod method) {
    throw wb::NotImplemented("2.6");
}

}  // namespace wb
