/// @file
/// Exercise 5.10, first part: attention for words, forward and backward, as CUDA kernels. The contract that short_attention.cu keeps.
/// A word of this chapter has at most 23 letters and symbols, so that all of one head, keys, values, scores and gradients, fits
/// into the shared memory of one CUDA block: no tiles, no online softmax, everything is read from device memory once.
/// Plain C++, so that nvcc and g++ both take it; a launcher is host code, its pointers are device memory.
/// Source: Vaswani et al. 2017, equation 1; for the gradients, Dao et al. 2022, appendix B.2.
#pragma once

namespace wb {

/// The most queries and the most keys of a head: the lanes of a warp.
inline constexpr int short_attention_max_len = 32;
/// The longest row of q, k and v.
inline constexpr int short_attention_max_head_dim = 128;

/// The sizes of a question. Nothing has to be a multiple of anything.
struct ShortAttentionSizes {
    int batch = 0;      ///< at most 65,535, the most that gridDim.y may be
    int num_heads = 0;  ///< any
    int q_len = 0;      ///< 0 to 32
    int kv_len = 0;     ///< 0 to 32
    int head_dim = 0;   ///< 1 to 128
};

/// What short_attention reads and writes: device memory, contiguous, owned by the caller, finite.
struct ShortAttentionArgs {
    const float* q = nullptr;  ///< [batch, num_heads, q_len, head_dim]
    const float* k = nullptr;  ///< [batch, num_heads, kv_len, head_dim]
    const float* v = nullptr;  ///< [batch, num_heads, kv_len, head_dim]
    float* out = nullptr;      ///< [batch, num_heads, q_len, head_dim], every element written
    float* weights =
        nullptr;  ///< [batch, num_heads, q_len, kv_len], every element written: the backward pass reads them
    ShortAttentionSizes sizes;  ///< of all tensors
    bool causal = false;        ///< query i sees keys j <= i + kv_len - q_len: 2 of 4 keep 1110 / 1111
};

/// weights = softmax_j(q k^T / sqrt(head_dim) + mask), out = weights v. A masked weight is 0. A query that sees no key has weights
/// and output 0, never NaN; so has every query with kv_len = 0. Stable for logits of +-1e4. Launches on the default stream and
/// returns without waiting. With batch, num_heads or q_len 0 there is nothing to write and nothing to launch.
/// @throws ShapeError when q_len or kv_len is above 32, or head_dim above 128: says which, and what it is
void short_attention(const ShortAttentionArgs& args);

/// What short_attention_backward reads and writes: device memory, contiguous, owned by the caller, finite.
struct ShortAttentionBackwardArgs {
    const float* q = nullptr;        ///< [batch, num_heads, q_len, head_dim]
    const float* k = nullptr;        ///< [batch, num_heads, kv_len, head_dim]
    const float* v = nullptr;        ///< [batch, num_heads, kv_len, head_dim]
    const float* weights = nullptr;  ///< [batch, num_heads, q_len, kv_len], as the forward pass left them
    const float* d_out = nullptr;    ///< [batch, num_heads, q_len, head_dim]: the loss's gradient by out
    float* dq = nullptr;             ///< [batch, num_heads, q_len, head_dim], every element written
    float* dk = nullptr;             ///< [batch, num_heads, kv_len, head_dim], every element written
    float* dv = nullptr;             ///< [batch, num_heads, kv_len, head_dim], every element written
    ShortAttentionSizes sizes;       ///< of all tensors
};

/// The gradients of short_attention. Overwrites dq, dk and dv, adds nothing to what was there. Knows no mask: a masked pair has
/// weight 0, and so passes no gradient; a key that no query sees has dk = dv = 0 (also with q_len = 0), a query without keys dq = 0.
/// Launches on the default stream and returns without waiting. With batch or num_heads 0, or q_len and kv_len both 0, there is
/// nothing to write and nothing to launch.
/// @throws ShapeError as short_attention
void short_attention_backward(const ShortAttentionBackwardArgs& args);

}  // namespace wb
