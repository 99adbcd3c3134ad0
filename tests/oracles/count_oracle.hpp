/// @file
/// Parameters and costs of attention, counted one by one in loops over the things themselves: no formula, so no
/// formula's mistake. For small sizes only. Each oracle also counts as known mistakes do.
#pragma once

#include <string>
#include <vector>

#include "cost.hpp"
#include "parameter_count.hpp"
#include "wb/tensor.hpp"

namespace wb::oracle {

/// Mistakes in counting, one at a time.
struct CountFlaws {
    bool no_score_vectors = false;    ///< the homework's own omission
    bool one_score_vector = false;    ///< shared by all heads
    bool bias_of_input_size = false;  ///< a bias as long as its layer's input
    bool no_biases = false;           ///< asked for, not counted
    bool output_of_one_head = false;  ///< w_output with v_head_dim columns
    bool value_as_key = false;        ///< value_dim taken for key_dim, v_head_dim for head_dim
    bool times_length = false;        ///< projections counted for each position
};

/// What a module of this specification has, in the order of the contract. Numbers exact to 2^53.
struct CountedParameters {
    std::string names;           ///< separated by a space
    Tensor<1, double> per_head;  ///< [items]
    Tensor<1, double> totals;    ///< [items]
    Tensor<1, double> sums;      ///< [4]: per_head, all_heads, output, total
};

CountedParameters count_parameters(const AttentionSpec& spec, const CountFlaws& flaws = {});

/// Mistakes in costs, one at a time.
struct CostFlaws {
    bool one_flop_per_term = false;       ///< a dot product of n terms counted as n, not 2n
    bool no_scale = false;                ///< the multiplication by 1/sqrt(head_dim) forgotten
    bool heads_forgotten = false;         ///< one head only
    bool square = false;                  ///< q_len * q_len scores, also where kv_len differs
    bool parameters_not_read = false;     ///< W_q, W_k and w not among the bytes read
    bool parameters_per_batch = false;    ///< W_q, W_k and w read again for each batch row
    bool eight_bytes = false;             ///< double
    bool keeps_everything = false;        ///< activations: every stage's output, not only those marked K
    bool tanh_not_kept = false;           ///< broadcast activations without [.., hidden]
    bool channels_per_head_only = false;  ///< q + k counted for one head at a time
};

/// Stages in order, and what the backward pass needs.
struct CountedCost {
    std::string names;              ///< separated by a space
    Tensor<2, double> stages;       ///< [stages, 3]: FLOPs, bytes read, bytes written
    Tensor<1, double> activations;  ///< [1], bytes
};

CountedCost count_dot_product(const AttentionSizes& sizes, const CostFlaws& flaws = {});
CountedCost count_additive(const AttentionSizes& sizes, AdditiveMethod method, const CostFlaws& flaws = {});

}  // namespace wb::oracle
