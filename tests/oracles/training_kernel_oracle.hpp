/// @file
/// What the kernels of exercise 5.10 should return, in float64 by plain loops over the defining sums: attention for one head after the
/// other with the full Jacobian of softmax on the way back, AdamW number by number, embeddings row by row. Shares no code with
/// solutions/. Also what known mistakes return, one at a time; all flaws false: right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wb/tensor.hpp"

namespace wb::oracle {

/// Mistakes in attention for short sequences.
struct ShortAttentionFlaws {
    bool no_scale = false;             ///< forward: without 1 / sqrt(head_dim)
    bool scale_by_head_dim = false;    ///< forward: 1 / head_dim in place of 1 / sqrt(head_dim)
    bool causal_at_start = false;      ///< j <= i, also where q_len and kv_len differ
    bool causal_strict = false;        ///< a query does not see its own key
    bool no_mask = false;              ///< every query sees every key
    bool not_divided = false;          ///< forward: exp(s - max), without the division by the sum
    bool dq_without_scale = false;     ///< backward: dq without 1 / sqrt(head_dim)
    bool dk_without_scale = false;     ///< backward: dk without 1 / sqrt(head_dim)
    bool no_row_term = false;          ///< backward: ds = w dw, without the row's dot product
    bool column_term = false;          ///< backward: the sum over queries in place of keys
    bool row_term_unweighted = false;  ///< backward: ds = w (dw - sum dw)
    bool dv_by_d_weights = false;      ///< backward: dv = sum dw do in place of sum w do
};

struct ShortAttention {
    Tensor<4, double> out, weights;
};
ShortAttention short_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v, bool causal,
                               const ShortAttentionFlaws& flaws = {});

struct ShortAttentionGradients {
    Tensor<4, double> dq, dk, dv;
};
/// @param weights  [batch, heads, q_len, kv_len]
ShortAttentionGradients short_attention_backward(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v,
                                                 const Tensor<4, double>& weights, const Tensor<4>& d_out,
                                                 const ShortAttentionFlaws& flaws = {});

struct AdamWSettings {
    double learning_rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0, gradient_scale = 1;
    std::int64_t first_step = 1;
};

/// Mistakes in a step of AdamW.
struct AdamWFlaws {
    bool no_correction = false;              ///< neither moment is corrected
    bool first_correction_only = false;      ///< v is not corrected
    bool steps_from_zero = false;            ///< corrections by beta^(step + 1)
    bool l2 = false;                         ///< weight decay as part of the gradient
    bool no_decay = false;                   ///< weight decay forgotten
    bool decay_without_rate = false;         ///< p (1 - weight_decay)
    bool epsilon_in_root = false;            ///< sqrt(v / c2 + epsilon)
    bool epsilon_before_correction = false;  ///< (sqrt(v) + epsilon) / sqrt(c2)
    bool scale_ignored = false;              ///< gradient_scale forgotten
    bool scale_for_first_only = false;       ///< v from gradients that are not scaled
    bool against_old_first = false;          ///< the step is taken with m before its update
    bool ascends = false;                    ///< p + rate * ...
    bool float_one_minus_beta = false;       ///< 1 - beta2, and 1 - beta1, in float
};

/// The arrays after each step. [steps, count]
struct AdamWTrace {
    Tensor<2, double> parameters, first, second;
};
AdamWTrace adamw(const Tensor<1>& parameters, const Tensor<1>& first, const Tensor<1>& second,
                 const Tensor<2>& gradients, const AdamWSettings& settings, const AdamWFlaws& flaws = {});

/// Mistakes in embeddings.
struct EmbeddingFlaws {
    bool last_token_wins = false;   ///< backward: of equal tokens only the last one is added
    bool assigns = false;           ///< backward: the last one is written, not added
    bool overwrites = false;        ///< backward: what d_table held before is lost, in the rows of tokens that occur
    bool starts_from_zero = false;  ///< backward: what d_table held before is lost everywhere
    bool strangers_in_last_row = false;  ///< a token that is no row is clamped to the nearest one
    bool one_warp_of_channels = false;   ///< channels from 32 on are left out (backward), 0 (forward)
    bool row_of_place = false;           ///< row n in place of row tokens[n] (needs as many rows as tokens)
};
Tensor<2, double> embedding_gather(const Tensor<2>& table, const std::vector<std::int32_t>& tokens,
                                   const EmbeddingFlaws& flaws = {});
Tensor<2, double> embedding_scatter_add(const Tensor<2>& d_out, const std::vector<std::int32_t>& tokens,
                                        const Tensor<2>& before, const EmbeddingFlaws& flaws = {});

}  // namespace wb::oracle
