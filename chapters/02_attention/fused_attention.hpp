/// @file
/// Exercise 2.10, attention in one kernel with an online softmax: the contract that fused_attention.cu keeps.
/// Plain C++, so that nvcc and g++ both take it; the launcher is host code, its pointers are device memory.
/// Source: Dao et al. 2022 (FlashAttention), algorithm 1; Milakov & Gimelshein 2018, algorithm 3.
#pragma once

namespace wb {

/// What fused_attention reads and writes: device memory, contiguous, owned by the caller, aligned as cudaMalloc aligns.
struct FusedAttentionArgs {
    const float* q = nullptr;          ///< [batch, num_heads, q_len, head_dim]
    const float* k = nullptr;          ///< [batch, num_heads, kv_len, head_dim]; dirty from slot key_lengths[b] on: NaN
    const float* v = nullptr;          ///< [batch, num_heads, kv_len, head_dim]; dirty from slot key_lengths[b] on: NaN
    const int* key_lengths = nullptr;  ///< [batch], each 0 to kv_len; nullptr: every batch row has all kv_len keys
    float* out = nullptr;              ///< [batch, num_heads, q_len, head_dim], every element written
    int batch = 0;                     ///< at most 65,535, the most that gridDim.z may be
    int num_heads = 0;                 ///< at most 65,535, the most that gridDim.y may be
    int q_len = 0;                     ///< queries of a batch row; need not be a multiple of anything
    int kv_len = 0;                    ///< slots for keys of a batch row; key_lengths says how many are filled
    int head_dim = 0;                  ///< 32, 64 or 128
    bool causal = false;               ///< query i sees keys j <= i + kv_len - q_len: 2 of 4 keep 1110 / 1111
};

/// Scaled dot-product attention, softmax_j(q k^T / sqrt(head_dim) + mask) v, in one kernel that never stores the
/// scores. Query i of batch row b sees key j when j < key_lengths[b] and, if causal, j <= i + kv_len - q_len: aligned
/// by kv_len, whatever key_lengths says. A query that sees no key gives zeros, never NaN; so does every query with
/// kv_len = 0. Stable for logits of +-1e4. Launches on the default stream and returns without waiting. With batch,
/// num_heads or q_len 0 there is nothing to write and nothing to launch.
/// @throws ShapeError when head_dim is not 32, 64 or 128
/// @note Checks nothing else: a launch that CUDA refuses is found by cudaGetLastError, as wb::kernels::run does.
/// @note Device memory beyond the arguments: at most an eighth of what the batch * num_heads * q_len * kv_len scores would
/// take, and none is needed: the scores never exist all at once.
void fused_attention(const FusedAttentionArgs& args);

}  // namespace wb
