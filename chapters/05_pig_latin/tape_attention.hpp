/// @file
/// Exercise 5.2: attention on the tape. Chapter 2 computed it, and its gradient by hand; here it is put together from operations
/// that know their gradients (wb/autograd): the tape writes down what you compute, and goes backward for you.
///
///     query, key, value = x W_q^T + b_q, memory W_k^T + b_k, memory W_v^T + b_v        the layer
///     weights = softmax(query key^T / sqrt(hidden) + mask), out = weights value         scaled_dot_attention
///
/// One head, and no projection behind it, as in the source course's model.
/// Source: Vaswani et al. 2017, equation 1.
#pragma once

#include <cstddef>
#include <string>

#include "wb/autograd/softmax.hpp"
#include "wb/nn/layers.hpp"

namespace wb {

/// softmax_j(q k^T / sqrt(hidden) + mask) v, as operations on the tape of `q`.
/// @param q        [batch, q_len, hidden]
/// @param k        [batch, kv_len, hidden]
/// @param v        [batch, kv_len, v_dim]
/// @param mask     e.g. {.causal = true}: query i sees keys j <= i + kv_len - q_len
/// @param weights  where not null, is set to the softmax's result, [batch, q_len, kv_len]
/// @return         [batch, q_len, v_dim]; a query that sees no key gives zeros
/// @throws ShapeError naming the shapes, when q, k and v do not fit (the tape's operations see to it)
Var<float> scaled_dot_attention(Var<float> q, Var<float> k, Var<float> v, const AttentionMask& mask = {},
                                Var<float>* weights = nullptr);

/// An attention layer: three projections of one size, and attention between them.
class AttentionLayer {
 public:
    /// Draws the parameters.
    AttentionLayer(std::size_t hidden, Random& random)
        : query(hidden, hidden, random), key(hidden, hidden, random), value(hidden, hidden, random) {}

    /// @param x        [batch, q_len, hidden], which asks
    /// @param memory   [batch, kv_len, hidden], which is asked: x itself for self-attention, annotations for cross-attention
    /// @param weights  as scaled_dot_attention's
    /// @return         [batch, q_len, hidden]
    Var<float> operator()(Var<float> x, Var<float> memory, const AttentionMask& mask = {},
                          Var<float>* weights = nullptr) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "query", query);
        out.add_module(prefix, "key", key);
        out.add_module(prefix, "value", value);
    }

    Linear<float> query, key, value;  ///< the projections
};

}  // namespace wb
