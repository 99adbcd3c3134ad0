/// @file
/// Multi-head attention with gates in float64, head by head and by plain loops: what exercises 3.1 and 3.6 should return. Independent of
/// solutions/ and of wb/autograd.
#pragma once

#include <cstddef>
#include <vector>

#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::oracle {

/// A module and what it is asked.
struct GatedAttention {
    std::size_t heads = 0, head_dim = 0;
    ModelWeights parameters;            ///< query, key, value and output: {weight, bias}
    Tensor<3, double> x;                ///< [batch, q_len, d_model]
    Tensor<3, double> memory;           ///< [batch, kv_len, d_model]
    std::vector<int> key_lengths = {};  ///< [batch], or empty
    bool causal = false;                ///<
    std::vector<double> gates = {};     ///< [heads] or [batch * heads], or empty for 1
};

/// Mistakes that students make, one at a time.
struct GateFlaws {
    bool ignored = false;      ///< the gates are not used
    bool on_weights = false;   ///< softmax over gated scores: scores times the gate
    bool on_output = false;    ///< behind output, on its first columns as if they were the heads'
    bool with_bias = false;    ///< behind output: everything times the mean gate
    bool interleaved = false;  ///< head h has columns h, h + heads, ..
    bool reversed = false;     ///< the last gate for the first head
    bool first_entry = false;  ///< the first entry's gates for all
    bool squared = false;      ///< applied twice
    bool no_output = false;    ///< the heads' outputs as they are
};

/// What the module answers.
struct GatedAttentionAnswer {
    Tensor<3, double> out;      ///< [batch, q_len, d_model]
    Tensor<4, double> weights;  ///< [batch, heads, q_len, kv_len]
};

GatedAttentionAnswer gated_attention(const GatedAttention& question, const GateFlaws& flaws = {});

}  // namespace wb::oracle
