/// @file
/// Exercise 2.1: scaled dot-product attention, the operation every chapter of this workbook is built on.
///
///     q [.., q_len, head_dim]  --+
///                                +-- q k^T / sqrt(head_dim) --> scores --masked softmax--> weights --+
///     k [.., kv_len, head_dim] --+                                                                   +-- weights v
///     v [.., kv_len, v_dim]    ----------------------------------------------------------------------+    = output
///
/// Every function is pure: it reads its arguments and returns a new value. Source: Vaswani et al. 2017, section 3.2.1.
#pragma once

#include <cstddef>
#include <tuple>

#include "mask.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// What attention returns: the mixture of values, and how much each query took from each key.
struct AttentionResult {
    Tensor<4> output;  ///< [batch, heads, q_len, v_dim]
    Tensor<4>
        weights;  ///< [batch, heads, q_len, kv_len]; every row sums to 1, or is 0 throughout when the query sees no key
};

/// The members, in wire order.
inline auto fields(AttentionResult& result) {
    return std::tie(result.output, result.weights);
}

/// The number of keys, counted from key 0, that causality and key_lengths leave to a query. Both cut off a tail of the
/// keys, so one number says it all; `mask.allowed` may punch holes into these keys and is not looked at here.
/// @param mask    only `causal` and `key_lengths` are used
/// @param batch   the batch row, an index into key_lengths
/// @param query   the query's position, 0 <= query < q_len
/// @param q_len   number of queries
/// @param kv_len  number of keys
/// @return        0 <= n <= kv_len: keys 0 .. n-1 are visible. Query 0 of 2, causal, 4 keys: 3. Query 0 of 4, 2 keys: 0
std::size_t visible_keys(const Mask& mask, std::size_t batch, std::size_t query, std::size_t q_len, std::size_t kv_len);

/// Softmax over the keys that each query sees: weights[b,h,i,j] = exp(s_j - m) / sum_j' exp(s_j' - m), m = max over the
/// visible j'.
/// @param scores  [batch, heads, q_len, kv_len]; what stands at a masked place, NaN included, has no influence
/// @param mask    which keys each query sees
/// @return        weights of the same shape: 0 where masked; a query that sees no key gets zeros, never NaN.
///                Scores as large as +-1e4 neither overflow nor turn into NaN
/// @throws ShapeError naming key_lengths or allowed when the mask does not fit scores
Tensor<4> masked_softmax(Tensor<4> scores, const Mask& mask);

/// The mixture of values, output[b,h,i,:] = sum_j weights[b,h,i,j] v[b,h,j,:], over the weights that are not 0.
/// @param weights  [batch, heads, q_len, kv_len]
/// @param v        [batch, heads, kv_len, v_dim]; a value whose weight is 0 is not multiplied: 0 * NaN would be NaN
/// @return         [batch, heads, q_len, v_dim]
/// @throws ShapeError naming weights and v and the axis that differs
Tensor<4> mix_values(const Tensor<4>& weights, const Tensor<4>& v);

/// Scaled dot-product attention, softmax_j(q k^T / sqrt(head_dim) + mask) v: Vaswani et al. 2017, equation 1.
/// @param q     [batch, heads, q_len, head_dim]
/// @param k     [batch, heads, kv_len, head_dim]
/// @param v     [batch, heads, kv_len, v_dim]; v_dim may differ from head_dim
/// @param mask  which keys each query sees, see mask.hpp
/// @return      output and weights; a query that sees no key gives zeros in both, never NaN. A key or value that a query
///              does not see has no influence on that query's row, even where it holds NaN or infinity (0 * NaN is NaN:
///              masked values must not be multiplied). kv_len 0 and q_len 0 are answers, not errors.
/// @throws ShapeError naming the two tensors, their shapes and the axis that differs, e.g.
///         "attention: q and k differ in head_dim (axis 3): q [2, 8, 5, 64], k [2, 8, 7, 32]"; also for a key_lengths
///         whose size is not batch or which has an entry above kv_len, and an `allowed` of the wrong shape
/// @note        2 * batch * heads * q_len * kv_len * (head_dim + v_dim) FLOPs; holds batch * heads * q_len * kv_len
///              scores of 4 bytes. Aim for half of the machine's matrix-multiplication rate.
AttentionResult scaled_dot_product_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v,
                                             const Mask& mask);

}  // namespace wb
