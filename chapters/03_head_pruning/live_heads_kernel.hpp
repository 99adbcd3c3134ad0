/// @file
/// Exercise 3.10, first part: attention over a list of live heads. Masked heads cost as much as live ones, and removing them (3.6) serves
/// all inputs alike; a list serves each input's own choice, as a policy (3.9) makes it. The contract that live_heads_kernel.cu keeps.
/// Plain C++, so that nvcc and g++ both take it; the launcher is host code, its pointers are device memory.
///
///     heads of      0  1  2  3
///     entry 0       x  .  x  .      list: 0 2 5     3 pairs of an entry and a head: entry * heads + head
///     entry 1       .  x  .  .
///
/// Source: Dao et al. 2022, algorithm 1 (tiles); Michel et al. 2019 (heads). The list in place of a grid over everything is what sparse
/// kernels do.
#pragma once

namespace wb {

/// What live_heads_attention reads and writes: device memory, contiguous, owned by the caller. Heads lie as a module's projections give
/// them: head h of a token has columns h * head_dim and on.
struct LiveHeadsArgs {
    const float* q = nullptr;          ///< [batch, q_len, heads * head_dim]
    const float* k = nullptr;          ///< [batch, kv_len, heads * head_dim]; may hold NaN from token key_lengths[b] on
    const float* v = nullptr;          ///< [batch, kv_len, heads * head_dim]; may hold NaN from token key_lengths[b] on
    const int* live = nullptr;         ///< [num_live]: entry * heads + head, in any order, none twice
    const int* key_lengths = nullptr;  ///< [batch], each 0 to kv_len; nullptr: every entry has all kv_len keys
    float* out = nullptr;              ///< [batch, q_len, heads * head_dim]
    int num_live = 0;                  ///< any number: batches of many heads have more than 65,535
    int heads = 0;                     ///< dead ones too
    int head_dim = 0;                  ///< 1 to 128
    int q_len = 0;                     ///< at most 65,535
    int kv_len = 0;                    ///< keys of a sequence
    bool causal = false;               ///< query i sees keys j <= i + kv_len - q_len: 2 of 4 keep 1110 / 1111
};

/// Scaled dot-product attention, softmax_j(q k^T / sqrt(head_dim) + mask) v, of each pair in the list, in one kernel that never stores
/// the scores. Query i of entry b sees key j when j < key_lengths[b] and, if causal, j <= i + kv_len - q_len. A query that sees no key
/// gives zeros, never NaN. Stable for scores of +-1e4.
///
/// The columns of pairs that are not in the list are neither read nor written: they may hold NaN, `out` keeps there what it had, and the
/// arrays may end before they come. Nor is a CUDA block launched for them: the number of blocks is num_live times what one pair takes,
/// which depends on q_len alone. No device memory is allocated. Launches on the default stream and returns without waiting; with
/// num_live or q_len 0 there is nothing to launch.
/// @throws ShapeError naming head_dim, when it is not 1 to 128
/// @note Checks nothing else: the list is on the device.
void live_heads_attention(const LiveHeadsArgs& args);

}  // namespace wb
