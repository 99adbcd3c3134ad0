/// @file
/// Exercise 3.1: gates on heads, and an attention module that has them. A gate is a factor on a head's output, between the heads and the
/// projection that mixes them: 1 keeps the head, 0 drops it, and what lies between can be trained (exercise 3.8).
///
///     attention(x) = sum_h gate_h head_h(x) W_o^(h) + b_o             head_h(x) = softmax(q_h k_h^T / sqrt(head_dim)) v_h
///
/// Everything in this chapter asks what happens when gates move: how much the loss rises (3.2), how fast (3.3), which of them a penalty
/// closes (3.8), and which a policy may close for this input but not for that one (3.9). So gates are values on the tape, with a gradient.
/// Source: Michel et al. 2019, equation 1 and section 2; Voita et al. 2019, equation 6.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "wb/autograd/attention.hpp"
#include "wb/nn/layers.hpp"

namespace wb {

/// Multiplies each head's output by its gate; an operation on the tape, with a gradient to both inputs.
///
///     out[b, t, h v_dim + d] = heads_out[b, t, h v_dim + d] gate[b, h]
///
/// Where the gate is 1, the result is heads_out to the last bit. A gate of 0 gives zeros, also where heads_out is infinite or NaN: a head
/// that is switched off cannot spoil the rest. So it is in the gradient: to heads_out goes 0 through a gate of 0.
/// To gates goes the whole sum of d out * heads_out, for a gate of 0 as well: it says what opening it would do. It may be NaN.
/// @param heads_out  [batch, tokens, heads * v_dim]: head h has columns h * v_dim and on
/// @param gates      [heads], the same for every entry of the batch, or [batch, heads], each entry's own
/// @return           [batch, tokens, heads * v_dim]
/// @throws ShapeError naming both shapes, when heads_out has not 3 axes, the gates are of neither shape, there are none, or their
///         number does not divide the columns
Var<float> gate_heads(Var<float> heads_out, Var<float> gates);

/// What to do with the heads of a module beside its work, and what to show of them.
struct HeadUse {
    std::optional<Var<float>> gates = {};  ///< [heads] or [batch, heads], as gate_heads takes them; none: 1 everywhere
    Var<float>* weights = nullptr;  ///< where not null, is set to the softmax's result, [batch, heads, q_len, kv_len]
};

/// Multi-head attention that can do with fewer heads: wb::MultiHeadAttention with gates, and with a head_dim of its own, so that heads can
/// be taken out while the model's width stays (exercise 3.6). A copy shares its parameters.
class PrunableAttention {
 public:
    /// @param num_heads  may be 0: then the module's answer is the bias of its output, whatever is asked
    PrunableAttention(std::size_t d_model, std::size_t num_heads, std::size_t dim_of_head, Random& random)
        : query(d_model, num_heads * dim_of_head, random),
          key(d_model, num_heads * dim_of_head, random),
          value(d_model, num_heads * dim_of_head, random),
          output(num_heads * dim_of_head, d_model, random),
          heads(num_heads),
          head_dim(dim_of_head) {}

    /// output(gate_heads(attention(query(x), key(memory), value(memory)), gates)).
    /// @param x       [batch, q_len, d_model], which asks
    /// @param memory  [batch, kv_len, d_model], which is asked: x itself, or an encoder's annotations
    /// @return        [batch, q_len, d_model]; without heads every row is output's bias. use.weights is then not set
    /// @throws ShapeError as wb::attention and gate_heads do
    Var<float> operator()(Var<float> x, Var<float> memory, const AttentionMask& mask = {},
                          const HeadUse& use = {}) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "query", query);
        out.add_module(prefix, "key", key);
        out.add_module(prefix, "value", value);
        out.add_module(prefix, "output", output);
    }

    Linear<float> query, key, value;  ///< weight [heads * head_dim, d_model], bias [heads * head_dim]
                                      ///< head h has rows h * head_dim and on
    Linear<float> output;             ///< weight [d_model, heads * head_dim], bias [d_model]
    std::size_t heads, head_dim;      ///< that are left, and of each
};

}  // namespace wb
