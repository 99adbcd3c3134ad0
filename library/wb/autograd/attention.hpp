/// @file
/// Multi-head attention as one operation. It does what
///     merge_heads(matmul(softmax(matmul(split_heads(q, heads), split_heads(k, heads), no, yes) * scale, mask), split_heads(v, heads)))
/// does, without moving heads about, and several times as fast for short sequences.
#pragma once

#include <cstddef>

#include "wb/autograd/softmax.hpp"
#include "wb/autograd/tape.hpp"

namespace wb {

/// softmax_j(q k^T / sqrt(head_dim) + mask) v for every head: Vaswani et al. 2017, section 3.2.
/// @param q  [batch, q_len, heads * head_dim]: head h has columns h * head_dim and on, as torch.nn.MultiheadAttention cuts them
/// @param k  [batch, kv_len, heads * head_dim]
/// @param v  [batch, kv_len, heads * v_dim]
/// @param weights  where not null, is set to the softmax's result, [batch, heads, q_len, kv_len]: a copy to look at, through
///                 which no gradient flows
/// @return   [batch, q_len, heads * v_dim]; a query that sees no key gives zeros, never NaN
/// @throws ShapeError naming the shapes
/// @note     holds batch * heads * q_len * kv_len weights until the step ends; in Mode::infer one head's for each thread, unless
///           they are asked for
template <class Real>
Var<Real> attention(Var<Real> q, Var<Real> k, Var<Real> v, std::size_t heads, const AttentionMask& mask = {},
                    Var<Real>* weights = nullptr);

}  // namespace wb
