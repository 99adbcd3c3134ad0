/// @file
/// Paged decode attention computed a second time: in float64, token by token, from the definition of a block table. Shares no
/// code with solutions/. Also what known mistakes return (`PagedFlaws`; all false: right), and what a partition of the
/// context gives by itself.
#pragma once

#include <cstddef>
#include <cstdint>

#include "wb/tensor.hpp"

namespace wb::oracle {

/// One question, the tensors as the contract has them.
struct PagedDecode {
    Tensor<3> q;                           ///< [num_seqs, num_heads, head_dim]
    Tensor<4> k_cache, v_cache;            ///< [num_kv_blocks, num_kv_heads, block_size, head_dim]
    Tensor<2, std::int32_t> block_table;   ///< [num_seqs, max_blocks]
    Tensor<1, std::int32_t> context_lens;  ///< [num_seqs]
};

/// Mistakes in paged attention, one at a time.
struct PagedFlaws {
    bool no_scale = false;               ///< q . k, without 1 / sqrt(head_dim)
    bool scale_by_head_dim = false;      ///< 1 / head_dim in place of 1 / sqrt(head_dim)
    bool heads_interleaved = false;      ///< query head h reads KV head h % num_kv_heads
    bool first_kv_head = false;          ///< every query head reads KV head 0
    bool first_length_for_all = false;   ///< context_lens[0] for every sequence, as far as its blocks go
    bool first_table_for_all = false;    ///< block_table[0] for every sequence, as far as its blocks go
    bool last_token_dropped = false;     ///< t < context_lens[s] - 1
    bool one_token_too_many = false;     ///< t <= context_lens[s], as far as its blocks go
    bool whole_blocks_only = false;      ///< the tokens of a last block that is not full are left out
    bool whole_last_block = false;       ///< the last block is read to its end
    bool logical_block = false;          ///< logical block b is looked for in physical block b
    bool keys_as_values = false;         ///< the values are read from k_cache
    bool tokens_before_heads = false;    ///< the cache read as [num_kv_blocks, block_size, num_kv_heads, head_dim]
    bool not_divided = false;            ///< sum exp(s - m) v, without the division by sum exp(s - m)
    std::size_t first_partition_of = 0;  ///< not 0: only the first so many tokens are attended to
    std::size_t last_partition_of = 0;   ///< not 0: only the last partition of so many tokens is
    std::size_t mean_of_partitions =
        0;                           ///< not 0: partitions of so many tokens count alike, whatever their sums of exp
    std::size_t maxima_ignored = 0;  ///< not 0: partitions of so many tokens are merged as if their maxima were equal
};

/// out [num_seqs, num_heads, head_dim].
Tensor<3, double> paged_decode(const PagedDecode& x, const PagedFlaws& flaws = {});

/// What each partition of the context gives by itself.
struct Partitions {
    Tensor<3, double>
        max;  ///< [num_seqs, num_heads, num_partitions]: of the scaled scores; 0 where there are no tokens
    Tensor<3, double> sum;  ///< [num_seqs, num_heads, num_partitions]: of exp(score - max); 0 where there are no tokens
    Tensor<4, double>
        out;  ///< [num_seqs, num_heads, num_partitions, head_dim]: softmax-weighted mean of v, of these tokens
};

/// Partition p has the tokens p * size .. (p + 1) * size - 1 of each context, as far as it goes.
Partitions paged_partitions(const PagedDecode& x, std::size_t size, std::size_t num_partitions);

/// Mistakes in merging partitions, one at a time.
struct MergeFlaws {
    bool mean_of_means = false;   ///< every partition counts alike
    bool maxima_ignored = false;  ///< share_p = sum_p, without exp(max_p - max)
    bool sums_ignored = false;    ///< share_p = exp(max_p - max), without sum_p
    bool first_only = false;      ///< the first partition's own result
    bool last_only = false;       ///< the last one's
    bool one_too_few = false;     ///< floor(context_len / size) partitions
};

/// out [num_seqs, num_heads, head_dim] from the partitions that each context has.
Tensor<3, double> merged(const Partitions& x, const Tensor<1, std::int32_t>& context_lens, std::size_t size,
                         const MergeFlaws& flaws = {});

}  // namespace wb::oracle
