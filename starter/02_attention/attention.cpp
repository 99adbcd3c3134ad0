/// @file
/// Exercise 2.1: scaled dot-product attention. The contract is chapters/02_attention/attention.hpp.
/// For each batch row and head: two matrix products with a softmax between them. Every thread has heads of its own.
#include "attention.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

#include "shape_checks.hpp"
#include "wb/matmul.hpp"
#include "wb/vector_math.hpp"

namespace wb {

// TODO(2.1): how many keys, from key 0 on, do causality and key_lengths leave to this query?
//   Start:    draw q_len 2, kv_len 4: the last query is the newest token and sees all 4 keys. Which row has 3?
//   Ask:      both restrictions cut off a tail. What is left when both apply?
//   Traps:    std::size_t has no numbers below 0: i + kv_len - q_len of query 0, with q_len 4 and kv_len 2, is not -2.
//             key_lengths may be empty, and has one entry for each *batch row*.
std::size_t visible_keys(const Mask& mask, std::size_t batch, std::size_t query, std::size_t q_len,
                         std::size_t kv_len) {
    throw wb::NotImplemented("2.1");
}

// TODO(2.1): softmax over the keys that each query sees.
//   Equation: weights_j = exp(s_j - m) / sum over visible j' of exp(s_j' - m), with m the largest visible score.
//   Ask:      why does subtracting m change nothing, and what would exp(10000) be without it?
//   Traps:    m is the largest *visible* score. A query that sees no key has no largest score and a sum of 0.
//             `allowed` may have 1 in place of batch or of heads. Begin with require_mask_fits (shape_checks.hpp).
Tensor<4> masked_softmax(Tensor<4> scores, const Mask& mask) {
    throw wb::NotImplemented("2.1");
}

// TODO(2.1): the mixture of values.
//   Equation: output[b,h,i,:] = sum_j weights[b,h,i,j] v[b,h,j,:].
//   Traps:    a matrix product multiplies every v, and 0 * NaN is NaN: what a masked slot holds would spoil the row.
Tensor<4> mix_values(const Tensor<4>& weights, const Tensor<4>& v) {
    throw wb::NotImplemented("2.1");
}

// TODO(2.1): attention itself: scores, softmax, mixture.
//   Equation: softmax(q k^T / sqrt(head_dim)) v, for each batch row and head on its own.
//   Start:    require_same_axis and require_mask_fits give the errors of the contract, a line each. Then wb::matmul.
//   Ask:      the sum of head_dim products of unit-variance numbers has variance head_dim. What does softmax do to
//             scores that large?
//   Traps:    a masked v may hold NaN, and 0 * NaN is NaN. v_dim need not be head_dim, nor kv_len q_len; either length
//             may be 0.
//   Fast:     a head's scores fit into the cache: take the softmax while they are there, and give each thread heads of
//             its own.
AttentionResult scaled_dot_product_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v,
                                             const Mask& mask) {
    throw wb::NotImplemented("2.1");
}

}  // namespace wb
