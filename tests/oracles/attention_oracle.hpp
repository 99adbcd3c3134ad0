/// @file
/// What chapter 2's exercises should return, computed a second time: in float64, by plain loops over the defining sums,
/// sharing no code with solutions/ and no matrix product, reduction or lazy expression of any library. Slow and meant
/// to be: sizes are tiny.
///
/// Each oracle also computes what known mistakes return (`Flaws`), so that a failure can name the mistake. All flaws
/// false: right.
#pragma once

#include "additive.hpp"
#include "attention.hpp"
#include "attention_backward.hpp"
#include "hybrid.hpp"
#include "multi_head.hpp"
#include "wb/tensor.hpp"

namespace wb::oracle {

/// Mistakes that students make, one at a time.
struct Flaws {
    bool no_scale = false;              ///< q . k, without 1 / sqrt(head_dim)
    bool scale_by_head_dim = false;     ///< 1 / head_dim in place of 1 / sqrt(head_dim)
    bool causal_at_start = false;       ///< j <= i, also where q_len and kv_len differ
    bool causal_strict = false;         ///< j < i + kv_len - q_len: a query does not see its own key
    bool causal_reversed = false;       ///< j >= i + kv_len - q_len: sees the future and not the past
    bool first_length_for_all = false;  ///< key_lengths[0] in every batch row
    bool length_masks_queries = false;  ///< key_lengths cuts off queries in place of keys
    bool last_key_dropped = false;      ///< j < key_lengths[b] - 1
    bool allowed_inverted = false;      ///< true taken for 'masked'
    bool no_mask = false;               ///< the mask ignored altogether
    bool only_causal = false;           ///< causal given: key_lengths and allowed forgotten
    bool softmax_over_queries = false;  ///< every column sums to 1, not every row
    bool mask_after_softmax = false;    ///< masked weights set to 0, the rest not summed to 1 again
    bool mask_as_zero_score = false;    ///< score times 0 in place of minus infinity: exp(0) = 1 remains
    bool masked_row_uniform = false;  ///< a query that sees no key gets 1 / kv_len everywhere (finite -1e9 as the mask)
    bool heads_interleaved = false;   ///< channel d * num_heads + h taken for head h's channel d
    bool split_without_transpose = false;  ///< [time, heads * dim] read as [heads, time, dim]
    bool merge_without_transpose = false;  ///< [heads, time, dim] read as [time, heads * dim]
    bool no_output_bias = false;           ///< b_output forgotten
    bool no_input_biases = false;          ///< b_query, b_key and b_value forgotten
    bool key_as_value = false;             ///< the key input goes through w_value (only where key_dim = value_dim)
    bool scale_by_all_heads = false;       ///< 1 / sqrt(num_heads * head_dim)
    bool no_tanh = false;                  ///< w . (q + k)
    bool tanh_each = false;                ///< w . (tanh(q) + tanh(k))
    bool tanh_outside = false;             ///< tanh(w . (q + k))
    bool first_score_vector = false;       ///< head 0's score vector in every head
    bool additive_scaled = false;          ///< the additive score times 1 / sqrt(hidden)
    bool gate_swapped = false;             ///< gate * dot + (1 - gate) * additive
    bool first_gate = false;               ///< head 0's gate in every head
    bool gate_after_softmax = false;       ///< two softmaxes, whose weights are mixed
    bool gate_squashed = false;            ///< 1 / (1 + exp(-gate)) in place of the gate
    bool backward_no_scale = false;        ///< dq and dk without 1 / sqrt(head_dim)
    bool backward_no_row_term = false;     ///< ds = P * dP, without - P * sum(P * dP)
    bool backward_scale_twice = false;     ///< dq and dk times 1 / head_dim
    bool backward_column_term = false;     ///< the sum over queries in place of keys
};

/// Output and weights in double.
struct Attention {
    Tensor<4, double> output;   ///< [batch, heads, q_len, v_dim]
    Tensor<4, double> weights;  ///< [batch, heads, q_len, kv_len]
};

/// Multi-head output and weights in double.
struct MultiHead {
    Tensor<3, double> output;   ///< [batch, q_len, output_dim]
    Tensor<4, double> weights;  ///< [batch, heads, q_len, kv_len]
};

/// Whether query i sees key j in batch row b and head h.
bool sees(const Mask& mask, std::size_t b, std::size_t h, std::size_t i, std::size_t j, std::size_t q_len,
          std::size_t kv_len, const Flaws& flaws = {});

/// q . k / sqrt(head_dim). [batch, heads, q_len, kv_len]
Tensor<4, double> dot_scores(const Tensor<4, double>& q, const Tensor<4, double>& k, const Flaws& flaws = {});

/// sum_c w[h, c] tanh(q + k). [batch, heads, q_len, kv_len]
Tensor<4, double> additive_scores(const Tensor<4, double>& q, const Tensor<4, double>& k, const Tensor<2, double>& w,
                                  const Flaws& flaws = {});

/// exp(s) / sum exp(s) over the keys that each query sees; 0 elsewhere.
Tensor<4, double> masked_softmax(const Tensor<4, double>& scores, const Mask& mask, const Flaws& flaws = {});

/// sum_j weights[i, j] v[j] over weights that are not 0.
Tensor<4, double> mix(const Tensor<4, double>& weights, const Tensor<4, double>& v);

/// Exercise 2.1.
Attention attention(const Tensor<4, double>& q, const Tensor<4, double>& k, const Tensor<4, double>& v,
                    const Mask& mask, const Flaws& flaws = {});

/// Exercise 2.3 on projected heads.
Attention additive_attention(const Tensor<4, double>& q, const Tensor<4, double>& k, const Tensor<4, double>& v,
                             const Tensor<2, double>& w, const Mask& mask, const Flaws& flaws = {});

/// Exercises 2.2, 2.3 and 2.4: with gates all 0, all 1, or anything between. Without score vectors (size 0) the gates
/// are 0.
MultiHead hybrid(const HybridWeights& weights, const Tensor<3>& query, const Tensor<3>& key, const Tensor<3>& value,
                 const Mask& mask, const Flaws& flaws = {});

/// Exercise 2.7, from the softmax's full Jacobian.
AttentionGradients attention_backward(const Tensor<4, double>& q, const Tensor<4, double>& k,
                                      const Tensor<4, double>& v, const Tensor<4, double>& d_output, const Mask& mask,
                                      const Flaws& flaws = {});

/// The same numbers in double. Works for every rank and element type.
template <std::size_t N, class Real>
Tensor<N, double> to_double(const Tensor<N, Real>& x) {
    Tensor<N, double> y(x.shape());
    for (std::size_t n = 0; n < x.size(); ++n) y.data()[n] = static_cast<double>(x.data()[n]);
    return y;
}

}  // namespace wb::oracle
