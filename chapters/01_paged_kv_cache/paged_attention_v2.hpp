/// @file
/// Exercise 1.12, paged decode attention by partitions of the context: the contract that paged_attention_v2.cu keeps.
/// One CUDA block for each sequence and head leaves a GPU idle when few sequences have long contexts. So each context is cut
/// into partitions of 512 tokens, a CUDA block for each, and a second kernel merges what they found:
///
///     tokens        0 .. 511        512 .. 1023     1024          m, l, o of a partition: largest score, sum of exp(score - m),
///     partition     m0, l0, o0      m1, l1, o1      m2, l2, o2    and its own finished attention, sum exp(score - m) v / l
///                        \______________|______________/
///     merge         m = max m_p, share_p = l_p exp(m_p - m), out = sum share_p o_p / sum share_p
///
/// Plain C++, so that nvcc and g++ both take it; launchers are host code, all pointers are device memory.
/// Source: the online softmax's merge, Milakov & Gimelshein 2018, section 3.1; as vLLM's second paged attention kernel has it.
#pragma once

#include "paged_attention_kernel.hpp"

namespace wb {

constexpr int partition_size = 512;  ///< tokens

/// What the partitions of each context give, in float whatever the cache holds. Device memory, contiguous, the caller's.
/// Partition p of a sequence is p * 512 .. min((p + 1) * 512, context_len) - 1. Where a context has no partition p nothing
/// need be written, and nothing may be read: there may stand what an earlier call left, or NaN.
struct ContextPartitions {
    float* max = nullptr;    ///< [num_seqs, num_heads, max_partitions], the largest scaled score
    float* sum = nullptr;    ///< [num_seqs, num_heads, max_partitions], of exp(score - max)
    float* out = nullptr;    ///< [num_seqs, num_heads, max_partitions, head_dim], sum of exp(score - max) v, over sum
    int max_partitions = 0;  ///< at least ceil(context_lens[s] / 512) for every s, 0 to 12,288 (6 million tokens)
};

/// First kernel: the partitions of every context. Reads what paged_decode_attention reads, and leaves args.out alone.
/// Launches on the default stream; with no sequence, head or partition there is nothing to launch.
/// @tparam Real  float or __half
/// @throws ShapeError when head_dim is not 32, 64 or 128, or block_size does not divide 512
template <class Real>
void decode_partitions(const PagedDecodeArgs<Real>& args, const ContextPartitions& partitions);

/// What the merge reads and writes: device memory.
/// @tparam Real  float or __half
template <class Real>
struct MergePartitionsArgs {
    ContextPartitions partitions;       ///< how contexts were cut
    const int* context_lens = nullptr;  ///< [num_seqs], in tokens; says how many partitions of a sequence there are
    Real* out = nullptr;  ///< [num_seqs, num_heads, head_dim], every element written; zeros for a context of 0
    int num_seqs = 0;     ///< at most 65,535
    int num_heads = 0;    ///< of the queries
    int head_dim = 0;     ///< any
};

/// Second kernel: merges each context's partitions. Stable for maxima of +-1e4. Launches on the default stream; without
/// sequences or heads there is nothing to launch.
/// @tparam Real  float or __half
template <class Real>
void merge_partitions(const MergePartitionsArgs<Real>& args);

/// Both kernels, one after the other: the same result as paged_decode_attention.
/// @param partitions  memory for what the first hands to the second; its content before does not matter
/// @tparam Real  float or __half
/// @throws ShapeError as decode_partitions
template <class Real>
void paged_decode_attention_v2(const PagedDecodeArgs<Real>& args, const ContextPartitions& partitions);

}  // namespace wb
