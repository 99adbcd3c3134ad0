/// @file
/// Exercise 5.2: attention on the tape. The contract is chapters/05_pig_latin/tape_attention.hpp.
#include "tape_attention.hpp"

#include <cmath>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/products.hpp"

namespace wb {

// TODO(5.2): softmax(q k^T / sqrt(hidden) + mask) v.
//   Equation: Vaswani et al. 2017, equation 1.
//   Start:    matmul and softmax of wb/autograd do the work; see their headers for how a product takes a transposed factor.
//   Ask:      which of the two operands is cheaper to scale: q, or the scores? What is the last extent of each?
//   Traps:    read a number out with value() and put it back with constant(), and its gradient ends there.
Var<float> scaled_dot_attention(Var<float> q, Var<float> k, Var<float> v, const AttentionMask& mask,
                                Var<float>* weights) {
    throw wb::NotImplemented("5.2");
}

// TODO(5.2): project, then attend.
//   Ask:      which of the three is made from `x`, which from `memory`? Whose length do the weights' last axis count?
Var<float> AttentionLayer::operator()(Var<float> x, Var<float> memory, const AttentionMask& mask,
                                      Var<float>* weights) const {
    throw wb::NotImplemented("5.2");
}

}  // namespace wb
