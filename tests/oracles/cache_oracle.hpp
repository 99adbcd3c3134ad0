/// @file
/// What a KV cache holds after tokens were written into slots and blocks were copied: element by element, from the definition
/// of a slot. Shares no code with solutions/. Also what known mistakes leave behind; all flaws false: right.
#pragma once

#include <cstdint>

#include "wb/tensor.hpp"

namespace wb::oracle {

/// One question to reshape_and_cache.
struct CacheWrite {
    Tensor<3> k, v;                        ///< [num_tokens, num_kv_heads, head_dim]
    Tensor<1, std::int64_t> slot_mapping;  ///< [num_tokens]; -1: skip
    Tensor<4> k_cache, v_cache;            ///< [num_kv_blocks, num_kv_heads, block_size, head_dim]
};

/// Mistakes in writing tokens, one at a time.
struct CacheFlaws {
    bool nothing = false;              ///< nothing is written
    bool mapping_ignored = false;      ///< token n goes to slot n
    bool skipped_into_slot_0 = false;  ///< -1 / block_size is 0: a token to skip goes to block 0
    bool tokens_before_heads = false;  ///< [num_kv_blocks, block_size, num_kv_heads, head_dim]
    bool first_head_only = false;      ///< the other heads are not written
    bool keys_twice = false;           ///< k into both caches
};

/// Both caches afterwards.
struct Caches {
    Tensor<4, double> k, v;
};
Caches written(const CacheWrite& x, const CacheFlaws& flaws = {});

/// Mistakes in copying blocks, one at a time.
struct CopyFlaws {
    bool nothing = false;          ///< nothing is copied
    bool backwards = false;        ///< destination to source
    bool last_pair_first = false;  ///< the pairs in reversed order
    bool all_at_once = false;      ///< every source is read before any destination is written
    bool first_pair_only = false;  ///< the other pairs are forgotten
    bool first_head_only = false;  ///< the other heads are not copied
    bool keys_only = false;        ///< for the caller: the values stay as they were
};

/// One cache after the pairs [num_copies, 2] of source and destination, one after the other.
Tensor<4, double> copied(const Tensor<4>& cache, const Tensor<2, std::int32_t>& copies, const CopyFlaws& flaws = {});

}  // namespace wb::oracle
