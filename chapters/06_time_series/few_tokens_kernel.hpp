/// @file
/// Exercise 6.14, fourth part: attention between few tokens. The iTransformer has 7 or 20 of them, PatchTST 12: what flash attention (2.10) is
/// made for, rows that do not fit into shared memory, does not happen. All keys, all values and all scores of a head fit at once. The
/// contract that few_tokens_kernel.cu keeps. Plain C++, so that nvcc and g++ both take it; a launcher is host code, its pointers are device
/// memory.
/// Source: Vaswani et al. 2017, equation 1; Liu et al., ICLR 2024, section 3.2 (between variates).
#pragma once

namespace wb {

/// The most tokens, and the longest head, that the kernel takes.
inline constexpr int few_tokens = 64, few_tokens_head_dim = 64;  ///< the most that the kernel takes

/// What few_tokens_attention_on_device reads and writes: device memory, contiguous, owned by the caller, finite; no two overlap.
struct FewTokensArgs {
    const float* q =
        nullptr;  ///< [heads, tokens, head_dim]; heads: those of all entries of the batch, one behind the other
    const float* k = nullptr;  ///< [heads, tokens, head_dim]
    const float* v = nullptr;  ///< [heads, tokens, head_dim]
    float* out = nullptr;      ///< [heads, tokens, head_dim], every element written
    float* weights = nullptr;  ///< [heads, tokens, tokens], every element written; or null: they are not wanted
    int heads = 0;     ///< batch * heads: 32 windows of 8 heads are 256; at most 2,147,483,647, what gridDim.x may be
    int tokens = 0;    ///< 0 to 64
    int head_dim = 0;  ///< 1 to 64
};

/// out = softmax(q k^T / sqrt(head_dim)) v, head by head, no mask. The row's largest score is taken off first: scores of +-1e4 do no harm. Rows
/// of weights sum to 1. q, k and v are read from device memory once, and scores never go there; the weights only where they are wanted.
/// Launches one CUDA block a head on the default stream, and returns without waiting. With heads or tokens 0 there is nothing to write
/// and nothing to launch.
/// @throws ShapeError naming tokens and head_dim, when they are above 64, or head_dim is below 1
void few_tokens_attention_on_device(const FewTokensArgs& args);

}  // namespace wb
