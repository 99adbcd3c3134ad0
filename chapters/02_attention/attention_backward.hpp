/// @file
/// Exercise 2.7: the backward pass of scaled dot-product attention, by hand. With s = q k^T / sqrt(head_dim), P =
/// softmax(s), o = P v and a loss L whose gradient dL/do is given, find dL/dq, dL/dk and dL/dv. In double: finite
/// differences of float lose half their digits, and a gradient check needs them. Source: Dao et al. 2022, appendix B.2
/// (without its tiling).
#pragma once

#include <tuple>

#include "mask.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// The gradients of a loss, each of the shape of its tensor.
struct AttentionGradients {
    Tensor<4, double> dq;  ///< [batch, heads, q_len, head_dim]
    Tensor<4, double> dk;  ///< [batch, heads, kv_len, head_dim]
    Tensor<4, double> dv;  ///< [batch, heads, kv_len, v_dim]
};

/// The members, in wire order.
inline auto fields(AttentionGradients& gradients) {
    return std::tie(gradients.dq, gradients.dk, gradients.dv);
}

/// Gradients of scaled_dot_product_attention. The forward pass is computed again inside, nothing is handed over.
/// @param q         [batch, heads, q_len, head_dim]
/// @param k         [batch, heads, kv_len, head_dim]
/// @param v         [batch, heads, kv_len, v_dim]
/// @param d_output  [batch, heads, q_len, v_dim], dL/do
/// @param mask      as in the forward pass. A masked pair (i, j) passes no gradient; a query that sees no key has
///                  dq = 0, and a key that no query sees has dk = dv = 0. What masked slots hold, NaN included, has no
///                  influence on the rest
/// @return          dq, dk, dv
/// @throws ShapeError naming the two tensors and the axis that differs, d_output included
AttentionGradients scaled_dot_product_attention_backward(const Tensor<4, double>& q, const Tensor<4, double>& k,
                                                         const Tensor<4, double>& v, const Tensor<4, double>& d_output,
                                                         const Mask& mask);

}  // namespace wb
