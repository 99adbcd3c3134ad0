/// @file
/// Exercise 2.2: multi-head attention. Several attentions run side by side, each on its own projection of the inputs,
/// and one linear layer mixes their outputs.
///
///     query [batch, q_len, query_dim]  -- w_query, b_query --> split_heads --> q [batch, num_heads, q_len, head_dim]
///     key   [batch, kv_len, key_dim]   -- w_key,   b_key   --> split_heads --> k [batch, num_heads, kv_len, head_dim]
///     value [batch, kv_len, value_dim] -- w_value, b_value --> split_heads --> v [batch, num_heads, kv_len, v_dim]
///     attention(q, k, v) --> merge_heads --> w_output, b_output --> [batch, q_len, output_dim]
///
/// Self-attention passes one tensor as query, key and value; cross-attention takes key and value from elsewhere.
/// Source: Vaswani et al. 2017, section 3.2.2. Weights are stored [out, in], as PyTorch's Linear does: y = x W^T + b.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>

#include "mask.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// The biases of the four projections. All or none.
struct MultiHeadBiases {
    Tensor<1> query;   ///< [num_heads * head_dim]
    Tensor<1> key;     ///< [num_heads * head_dim]
    Tensor<1> value;   ///< [num_heads * v_head_dim]
    Tensor<1> output;  ///< [output_dim]
};

/// The parameters of one multi-head attention. Head h owns rows h * head_dim .. (h + 1) * head_dim - 1 of w_query and
/// w_key, rows h * v_head_dim .. of w_value, and the same columns of w_output. head_dim and v_head_dim follow from the
/// shapes.
struct MultiHeadWeights {
    std::size_t num_heads = 1;              ///< side by side
    Tensor<2> w_query;                      ///< [num_heads * head_dim, query_dim]
    Tensor<2> w_key;                        ///< [num_heads * head_dim, key_dim]
    Tensor<2> w_value;                      ///< [num_heads * v_head_dim, value_dim]
    Tensor<2> w_output;                     ///< [output_dim, num_heads * v_head_dim]
    std::optional<MultiHeadBiases> biases;  ///< absent: no bias anywhere
};

/// The projected inputs, split into heads.
struct ProjectedHeads {
    Tensor<4> q;  ///< [batch, num_heads, q_len, head_dim]
    Tensor<4> k;  ///< [batch, num_heads, kv_len, head_dim]
    Tensor<4> v;  ///< [batch, num_heads, kv_len, v_head_dim]
};

/// What multi-head attention returns.
struct MultiHeadResult {
    Tensor<3> output;   ///< [batch, q_len, output_dim]
    Tensor<4> weights;  ///< [batch, num_heads, q_len, kv_len], each head's own
};

/// The members, in wire order.
inline auto fields(MultiHeadBiases& biases) {
    return std::tie(biases.query, biases.key, biases.value, biases.output);
}

/// The members, in wire order.
inline auto fields(MultiHeadWeights& weights) {
    return std::tie(weights.num_heads, weights.w_query, weights.w_key, weights.w_value, weights.w_output,
                    weights.biases);
}

/// The members, in wire order.
inline auto fields(ProjectedHeads& heads) {
    return std::tie(heads.q, heads.k, heads.v);
}

/// The members, in wire order.
inline auto fields(MultiHeadResult& result) {
    return std::tie(result.output, result.weights);
}

/// Cuts the last axis into heads and moves them in front of time: y[b,h,t,d] = x[b,t,h * head_dim + d].
/// @param x          [batch, time, num_heads * head_dim]
/// @param num_heads  at least 1
/// @return           [batch, num_heads, time, head_dim]
/// @throws ShapeError with x's shape and num_heads when the last axis (axis 2) is not a multiple of num_heads, or
/// num_heads is 0
Tensor<4> split_heads(const Tensor<3>& x, std::size_t num_heads);

/// Puts the heads back beside each other: y[b,t,h * head_dim + d] = x[b,h,t,d]. The inverse of split_heads.
/// @param x  [batch, num_heads, time, head_dim]
/// @return   [batch, time, num_heads * head_dim]
Tensor<3> merge_heads(const Tensor<4>& x);

/// One linear layer on the last axis: y[b,t,:] = x[b,t,:] w^T + bias. One matrix product on the flat [batch * time,
/// in].
/// @param x     [batch, time, in]
/// @param w     [out, in]
/// @param bias  [out], or null for none
/// @return      [batch, time, out]
/// @throws ShapeError naming x and w, or w and bias, and the axis that differs
Tensor<3> linear(const Tensor<3>& x, const Tensor<2>& w, const Tensor<1>* bias);

/// Projects query, key and value, each by its own weights (and bias), and splits them into heads.
/// @param weights  the parameters
/// @param query    [batch, q_len, query_dim]
/// @param key      [batch, kv_len, key_dim]
/// @param value    [batch, kv_len, value_dim]
/// @throws ShapeError naming the two tensors and the axis: an input that does not fit its projection ("query and w_query"),
///         projections that do not fit each other, inputs that differ in batch or kv_len
ProjectedHeads project_heads(const MultiHeadWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                             const Tensor<3>& value);

/// Merges the heads' outputs and applies w_output (and its bias).
/// @param weights  the parameters
/// @param heads    [batch, num_heads, q_len, v_head_dim]
/// @return         [batch, q_len, output_dim]
/// @throws ShapeError when w_output does not fit the merged heads
Tensor<3> project_output(const MultiHeadWeights& weights, const Tensor<4>& heads);

/// Multi-head scaled dot-product attention, Concat(head_1, .., head_H) w_output^T + b_output: Vaswani et al. 2017,
/// section 3.2.2.
/// @param weights  the parameters
/// @param query    [batch, q_len, query_dim]
/// @param key      [batch, kv_len, key_dim]
/// @param value    [batch, kv_len, value_dim]
/// @param mask     which keys each query sees; `allowed` has axis 1 for the heads
/// @return         output and each head's weights. A query that sees no key gets the output bias alone
/// @throws ShapeError naming the two tensors and the axis: an input that does not fit its projection ("query and
///         w_query"), projections that do not fit each other, inputs that differ in batch or kv_len, a mask that does
///         not fit
MultiHeadResult multi_head_attention(const MultiHeadWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                                     const Tensor<3>& value, const Mask& mask);

}  // namespace wb
