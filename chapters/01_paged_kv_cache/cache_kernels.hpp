/// @file
/// Exercise 1.10, the operations that write to a paged cache, as CUDA kernels: the contract that cache_kernels.cu keeps.
/// Plain C++, so that nvcc and g++ both take it; a launcher is host code, its pointers are device memory. Their CPU twins are
/// in paged_attention.hpp. Source: Kwon et al., SOSP 2023, section 5.1 (fused reshape and block write, fused block copy).
#pragma once

#include <cstdint>

namespace wb {

/// What reshape_and_cache reads and writes: device memory, contiguous, owned by the caller, aligned as cudaMalloc aligns.
/// @tparam Real  float or __half
template <class Real>
struct ReshapeAndCacheArgs {
    const Real* k = nullptr;  ///< [num_tokens, num_kv_heads, head_dim]
    const Real* v = nullptr;  ///< [num_tokens, num_kv_heads, head_dim]
    const std::int64_t* slot_mapping =
        nullptr;              ///< [num_tokens]: block * block_size + offset, no two alike; -1: skip it
    Real* k_cache = nullptr;  ///< [num_kv_blocks, num_kv_heads, block_size, head_dim]
    Real* v_cache = nullptr;  ///< [num_kv_blocks, num_kv_heads, block_size, head_dim]
    int num_tokens = 0;       ///< of this step
    int num_kv_heads = 0;     ///< of k, v and the caches
    int head_dim = 0;         ///< any
    int block_size = 0;       ///< any, >= 1
};

/// Writes each token's key and value into its slot, to the bit; every other slot stays as it was. Tokens with slot -1 are
/// padding. Launches on the default stream and returns without waiting; without tokens, or with nothing in a token, there is
/// nothing to launch.
/// @tparam Real  float or __half
/// @note Checks nothing: the slots are on the device. Whoever hands out slots (BlockTable) keeps them within the cache.
/// @note A cache may have more than 2^31 elements: what comes before the offset in a block needs 64 bits.
template <class Real>
void reshape_and_cache(const ReshapeAndCacheArgs<Real>& args);

/// What copy_blocks reads and writes.
/// @tparam Real  float or __half
template <class Real>
struct CopyBlocksArgs {
    Real* k_cache = nullptr;           ///< [num_kv_blocks, elements_per_block]
    Real* v_cache = nullptr;           ///< [num_kv_blocks, elements_per_block]
    const int* block_pairs = nullptr;  ///< [num_pairs, 2]: source and destination
    int num_pairs = 0;                 ///< blocks to copy
    int elements_per_block = 0;        ///< num_kv_heads * block_size * head_dim
};

/// Copies whole blocks, keys and values, to the bit. The pairs are copied side by side, in no order: a block that one pair
/// writes must not occur in any other. One block may be the source of several pairs. (The CPU twin keeps an order; a caller
/// whose pairs need one launches more than once.) Without pairs or elements there is nothing to launch.
/// @tparam Real  float or __half
/// @note Checks nothing: the pairs are on the device.
template <class Real>
void copy_blocks(const CopyBlocksArgs<Real>& args);

}  // namespace wb
