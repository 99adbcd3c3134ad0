/// @file
/// Exercise 1.11, paged decode attention as one CUDA kernel: the contract that paged_attention_kernel.cu keeps.
/// Plain C++, so that nvcc and g++ both take it; the launcher is host code, its pointers are device memory. Its CPU twin is in
/// paged_attention.hpp. Source: Kwon et al., SOSP 2023, section 5.1; online softmax: Milakov & Gimelshein 2018, algorithm 3.
#pragma once

namespace wb {

/// What paged attention reads and writes: device memory, contiguous, owned by the caller, aligned as cudaMalloc aligns.
/// @tparam Real  float or __half
template <class Real>
struct PagedDecodeArgs {
    const Real* q = nullptr;           ///< [num_seqs, num_heads, head_dim]
    const Real* k_cache = nullptr;     ///< [num_kv_blocks, num_kv_heads, block_size, head_dim]; free slots may hold NaN
    const Real* v_cache = nullptr;     ///< [num_kv_blocks, num_kv_heads, block_size, head_dim]; free slots may hold NaN
    const int* block_table = nullptr;  ///< [num_seqs, max_blocks], physical numbers; -1 after a sequence's last block
    const int* context_lens = nullptr;  ///< [num_seqs], in tokens, the newest included; 0 gives zeros
    Real* out = nullptr;                ///< [num_seqs, num_heads, head_dim], every element written
    int num_seqs = 0;                   ///< at most 65,535, the most that gridDim.y may be
    int num_heads = 0;     ///< a multiple of num_kv_heads: query head h reads h / (num_heads / num_kv_heads)
    int num_kv_heads = 0;  ///< divides num_heads
    int head_dim = 0;      ///< 32, 64 or 128
    int block_size = 0;    ///< tokens in a KV block, any number >= 1
    int max_blocks = 0;    ///< entries in a row of block_table
};

/// Attention of each sequence's newest token over its whole context, out[s,h,:] = sum_t softmax_t(q[s,h,:] . k_t /
/// sqrt(head_dim)) v_t over t < context_lens[s]. k_t and v_t lie in block block_table[s][t / block_size] at offset
/// t % block_size. Slots past the context have no influence, even where they hold NaN, and a context of 0 gives zeros.
/// Numbers are kept as Real and computed with as float. Stable for scores of +-1e4. One CUDA block for each sequence and query
/// head, for contexts of any length: no shared memory that grows with the context. Launches on the default stream and returns
/// without waiting; without sequences or heads there is nothing to launch.
/// @tparam Real  float or __half
/// @throws ShapeError when head_dim is not 32, 64 or 128
/// @note Checks nothing else: lengths and blocks are on the device.
/// @note A cache may have more than 2^31 elements: where a block begins needs 64 bits.
template <class Real>
void paged_decode_attention(const PagedDecodeArgs<Real>& args);

}  // namespace wb
