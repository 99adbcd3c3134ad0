/// @file
/// What the kernels of exercise 3.10 should return, in float64 by plain loops over the definitions. Shares no code with solutions/. Also
/// what known mistakes return, one at a time; all flaws false: right.
#pragma once

#include <cstddef>
#include <vector>

#include "wb/tensor.hpp"

namespace wb::oracle {

/// Attention of the pairs in a list.
struct LiveHeads {
    Tensor<3> q, k, v;  ///< [batch, length, heads * head_dim]
    std::size_t heads = 0;
    std::vector<int> live;         ///< entry * heads + head
    std::vector<int> key_lengths;  ///< [batch], or empty
    bool causal = false;
    Tensor<3> before;  ///< [batch, q_len, heads * head_dim]
};

/// Mistakes.
struct LiveHeadsFlaws {
    bool no_scale = false;          ///< without 1 / sqrt(head_dim)
    bool scale_of_width = false;    ///< 1 / sqrt(heads * head_dim)
    bool zeros_elsewhere = false;   ///< columns that are not in the list are 0
    bool entry_last = false;        ///< pair = head * batch + entry
    bool first_entry = false;       ///< pair % heads of entry 0, always
    bool compact = false;           ///< the n-th pair of an entry writes to the n-th head's columns
    bool interleaved = false;       ///< head h has columns h, h + heads, ..
    bool heads_first = false;       ///< [batch, heads, length, head_dim]
    bool no_lengths = false;        ///< key_lengths are not looked at
    bool causal_at_start = false;   ///< j <= i
    bool causal_ignored = false;    ///<
    bool first_entry_keys = false;  ///< k and v of entry 0
};
Tensor<3, double> live_heads(const LiveHeads& question, const LiveHeadsFlaws& flaws = {});

/// Mistakes in the entropy of heads.
struct EntropyFlaws {
    bool base_two = false;          ///< bits
    bool negative = false;          ///< sum p ln p
    bool mean = false;              ///< divided by the rows
    bool padding_counts = false;    ///< all rows, whatever the lengths
    bool dead_rows_count = false;   ///< rows of zeros in the count
    bool first_entry = false;       ///< of entry 0 alone
    bool entry_of_head = false;     ///< weights read as [heads, batch, ..]
    bool share_of_largest = false;  ///< each row divided by ln kv_len
};
struct EntropySums {
    Tensor<1, double> nats, rows;  ///< [heads]
};
/// @param weights        [batch, heads, q_len, kv_len]
/// @param query_lengths  [batch], or empty
EntropySums head_entropy(const Tensor<4>& weights, const std::vector<int>& query_lengths,
                         const EntropyFlaws& flaws = {});

}  // namespace wb::oracle
