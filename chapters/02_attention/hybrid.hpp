/// @file
/// Exercise 2.4: hybrid attention. Every head mixes the two scores by a gate of its own, before one softmax:
///     score = (1 - gate[h]) * (q . k / sqrt(head_dim)) + gate[h] * (w_h . tanh(q + k))
/// Gate 0 is 2.2 and gate 1 is 2.3, exactly and not nearly: the side with factor 0 must leave no rounding behind.
/// A trainer would keep a number x_h and use gate = 1 / (1 + exp(-x_h)); here the gate itself is given.
#pragma once

#include <tuple>

#include "additive.hpp"
#include "mask.hpp"
#include "multi_head.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// The parameters of hybrid attention: those of 2.3 and a gate for each head. Both scores share the projections.
struct HybridWeights {
    AdditiveWeights additive;  ///< both scores share its projections
    Tensor<1> gates;           ///< [num_heads], each in 0 .. 1; 0 = dot product only, 1 = additive only
};

/// The members, in wire order.
inline auto fields(HybridWeights& weights) {
    return std::tie(weights.additive, weights.gates);
}

/// Multi-head attention whose heads mix dot-product and additive scores.
/// @param weights  the parameters
/// @param query    [batch, q_len, query_dim]
/// @param key      [batch, kv_len, key_dim]
/// @param value    [batch, kv_len, value_dim]
/// @param mask     which keys each query sees
/// @return         as multi_head_attention. With all gates 0 the result is multi_head_attention's, with all gates 1
///                 multi_head_additive_attention's, to the last bit of the scores
/// @throws ShapeError as multi_head_additive_attention; also when gates (axis 0) is not [num_heads]
/// @throws std::invalid_argument naming the head and the value when a gate is outside 0 .. 1 or NaN
MultiHeadResult hybrid_attention(const HybridWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                                 const Tensor<3>& value, const Mask& mask);

}  // namespace wb
