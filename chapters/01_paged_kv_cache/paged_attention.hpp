/// @file
/// Exercise 1.9: decoding from a paged KV cache on the CPU. One layer's keys and values lie in KV blocks, a sequence's blocks
/// anywhere in the pool, and attention finds its way by the block table:
///
///     block_size 4, context_lens[s] 6       k_cache   0     1     2     3     4     5     6     7
///     block_table[s] = {7, 2, -1}                   [    |     | T4 T5|    |     |     |     | T0-T3]
///
/// Three operations: write new tokens into their slots, copy blocks (of copy-on-write), attend. Exercises 1.10 to 1.12 are
/// their CUDA twins. What a slot holds that no token has been written to is arbitrary: expect NaN.
/// Source: Kwon et al., SOSP 2023, sections 4.1 and 5.1; grouped-query heads: Ainslie et al. 2023.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "block_table.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// One layer's keys and values. The slot of a token is block * block_size + offset, for all heads alike.
struct KvCache {
    Tensor<4> k;  ///< [num_kv_blocks, num_kv_heads, block_size, head_dim]
    Tensor<4> v;  ///< [num_kv_blocks, num_kv_heads, block_size, head_dim]
};

/// The members, in wire order.
inline auto fields(KvCache& cache) {
    return std::tie(cache.k, cache.v);
}

/// Writes new tokens' keys and values into their slots; every other slot stays as it was.
/// @param k             [num_tokens, num_kv_heads, head_dim]
/// @param v             [num_tokens, num_kv_heads, head_dim]
/// @param slot_mapping  [num_tokens], as BlockTable::append returns it; -1: this token is padding, skip it
/// @throws ShapeError naming the two tensors that do not fit, with their shapes: cache.k and cache.v, k and v, k and cache.k
///         (num_kv_heads, head_dim), k and slot_mapping
/// @throws std::invalid_argument for a slot that the cache does not have: "slot_mapping[2] is 4096, but the cache has slots
///         0..4095 (256 KV blocks of 16), or -1 for a token to skip". An error changes nothing
void reshape_and_cache(const Tensor<3>& k, const Tensor<3>& v, const std::vector<Slot>& slot_mapping, KvCache& cache);

/// Copies whole blocks, keys and values, one pair after the other: {0, 1}, {1, 2} leaves block 0's content in 1 and in 2.
/// @throws ShapeError when cache.k and cache.v differ in shape, naming both, their shapes and the axis
/// @throws std::invalid_argument for a number that the pool does not have: "copies[1].destination is 9, but the pool has KV
///         blocks 0..7". An error changes nothing
void copy_blocks(const std::vector<BlockCopy>& copies, KvCache& cache);

/// Attention of each sequence's newest token over its whole context, out[s,h,:] = sum_t softmax_t(q[s,h,:] . k_t /
/// sqrt(head_dim)) v_t over t < context_lens[s], where k_t and v_t lie in block block_table[s][t / block_size] at offset
/// t % block_size, KV head h / (num_heads / num_kv_heads). There is no mask: the newest token sees all that came before it.
/// @param q             [num_seqs, num_heads, head_dim]; the newest token's own key and value are in the cache already
/// @param cache         num_kv_heads must divide num_heads
/// @param block_table   [num_seqs, max_blocks], physical numbers; only the first ceil(context_lens[s] / block_size) of a row
///                      are looked at, those behind are -1 or anything else
/// @param context_lens  [num_seqs], in tokens, the newest included; 0 gives zeros, never NaN
/// @return              [num_seqs, num_heads, head_dim]. Slots past the context have no influence, even where they hold NaN:
///                      0 * NaN is NaN, so they must not be multiplied. Stable for scores of +-1e4
/// @throws ShapeError naming the two tensors, their shapes and what differs, e.g. "paged_decode_attention: q and cache.k
///         differ in head_dim (axis 2 of q, axis 3 of cache.k): q [2, 8, 64], cache.k [256, 2, 16, 32]"; also for
///         num_heads that num_kv_heads does not divide, block_table or context_lens of another number of sequences than q,
///         and a context_lens[s] below 0 or above max_blocks * block_size
/// @throws std::invalid_argument for a block that the pool does not have: "block_table[3][1] is 256, but the pool has KV
///         blocks 0..255. Is this a slot, or a logical number, where a physical one belongs?"
/// @note   4 * num_heads * head_dim FLOPs and 2 * num_kv_heads * head_dim numbers of the cache for each token of context. Goal:
///         within 10 % of the time over contiguous keys and values from length 1,024 on
Tensor<3> paged_decode_attention(const Tensor<3>& q, const KvCache& cache, const Tensor<2, BlockId>& block_table,
                                 const std::vector<std::int32_t>& context_lens);

}  // namespace wb
