/// @file
/// Exercise 2.3: additive attention. The score of a query and a key is not their product but a small network on both:
///     score[b,h,i,j] = sum_c w[h,c] * tanh(q[b,h,i,c] + k[b,h,j,c])
/// where q and k are already projected to `hidden` channels, each head by its own rows (w_query and w_key of
/// multi_head.hpp). There is no 1/sqrt(head_dim): tanh keeps every term within +-|w|. Source: Bahdanau et al. 2015,
/// appendix A.1.2.
///
/// The trap is memory. q + k, broadcast over queries and keys, is a tensor [batch, heads, q_len, kv_len, hidden]: at
/// length 256 with 64 channels that is 16 MB for *each* head of each batch row. Its scores need 256 KB: sum as you go.
#pragma once

#include <tuple>

#include "attention.hpp"
#include "mask.hpp"
#include "multi_head.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// The parameters of multi-head additive attention: those of 2.2, with head_dim = hidden, and a score vector for each
/// head.
struct AdditiveWeights {
    MultiHeadWeights projections;  ///< of queries, keys and values, and the output's
    Tensor<2> score_vectors;       ///< [num_heads, hidden]; row h is w of head h
};

/// The members, in wire order.
inline auto fields(AdditiveWeights& weights) {
    return std::tie(weights.projections, weights.score_vectors);
}

/// The scores of additive attention, sum_c w[h,c] tanh(q[b,h,i,c] + k[b,h,j,c]).
/// @param q              [batch, heads, q_len, hidden], projected
/// @param k              [batch, heads, kv_len, hidden], projected
/// @param score_vectors  [heads, hidden]
/// @return               [batch, heads, q_len, kv_len]
/// @throws ShapeError naming the two tensors and the axis that differs
/// @note                 memory O(q_len * kv_len) per head, not O(q_len * kv_len * hidden): beside its arguments and its
///                       result it takes no more than the result again. The memory is measured
Tensor<4> additive_scores(const Tensor<4>& q, const Tensor<4>& k, const Tensor<2>& score_vectors);

/// Additive attention on projected heads: masked_softmax(additive_scores(q, k, score_vectors)) v.
/// @param q              [batch, heads, q_len, hidden]
/// @param k              [batch, heads, kv_len, hidden]
/// @param v              [batch, heads, kv_len, v_dim]
/// @param score_vectors  [heads, hidden]
/// @param mask           which keys each query sees
/// @return               output and weights, with the same promises for masked keys as scaled_dot_product_attention
/// @throws ShapeError naming the two tensors and the axis that differs
AttentionResult additive_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v,
                                   const Tensor<2>& score_vectors, const Mask& mask);

/// Multi-head additive attention: project, split, additive_attention, merge, project out. One head is the classic form.
/// @param weights  the parameters
/// @param query    [batch, q_len, query_dim]
/// @param key      [batch, kv_len, key_dim]
/// @param value    [batch, kv_len, value_dim]
/// @param mask     which keys each query sees
/// @return         as multi_head_attention
/// @throws ShapeError as multi_head_attention; also when score_vectors fits neither num_heads nor hidden
MultiHeadResult multi_head_additive_attention(const AdditiveWeights& weights, const Tensor<3>& query,
                                              const Tensor<3>& key, const Tensor<3>& value, const Mask& mask);

}  // namespace wb
