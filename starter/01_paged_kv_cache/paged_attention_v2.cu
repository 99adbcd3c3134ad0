/// @file
/// Paged decode attention in two kernels, for few sequences with long contexts: L tokens, P = ceil(L / 512) partitions.
///     decode_partitions   grid (num_heads, num_seqs, max_partitions): one CUDA block per (h, s, p), 128 threads = 4 warps;
///                         inside, exercise 1.11: each warp takes every 4th KV block of the partition, one merge at the end
///     merge_partitions    grid (num_heads, num_seqs): one CUDA block per (h, s); a thread per partition finds its share
///                         l_p exp(m_p - m), a barrier, then a thread per dimension sums share_p o_p
/// Traffic per (h, s), d = head_dim, r = sizeof(Real): what exercise 1.11 moves, and 4 P (2 + d) bytes written by the first
/// kernel and read by the second. With d = 128 in half that is 1 byte in 250 more; for it P times as many CUDA blocks
/// run. Shared: 16 (2 + d) bytes; 4 max_partitions in the merge. Barriers: one each. Requires head_dim 32, 64 or 128 and
/// 512 % block_size == 0, so that no KV block lies in two partitions.
#include "paged_attention_v2.hpp"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(1.12): exercise 1.11 for the tokens of one partition; m, l and the finished output go to device memory.
//   Start:    your kernel of 1.11. Which two numbers bound its loop over KV blocks, and what is its last line now?
//   Ask:      a context of 100 tokens beside one of 1,000: what do the CUDA blocks of its second partition do?
//   Traps:    a CUDA block that leaves early must leave whole, or a barrier waits for ever; the last partition is seldom full.
template <class Real, int head_dim>
__global__ void decode_partitions_kernel(PagedDecodeArgs<Real> args, ContextPartitions partitions) {
}

template <class Real>
void decode_partitions(const PagedDecodeArgs<Real>& args, const ContextPartitions& partitions) {
    throw wb::NotImplemented("1.12");
}

// TODO(1.12): merge a context's partitions, one CUDA block for each sequence and head.
//   Equation: m = max_p m_p, share_p = l_p exp(m_p - m), out = sum_p share_p o_p / sum_p share_p.
//   Start:    a thread for each dimension that loops over the partitions. Which of its work do all threads repeat?
//   Ask:      the o_p are finished means already. What would be wrong with the mean of the means?
//   Traps:    partitions past the context hold NaN, or what an earlier call left there; a context of 0 has none, and still has
//             an output; shares in shared memory are written by one thread and read by all.
template <class Real>
__global__ void merge_partitions_kernel(MergePartitionsArgs<Real> args) {
}

template <class Real>
void merge_partitions(const MergePartitionsArgs<Real>& args) {
    throw wb::NotImplemented("1.12");
}

// TODO(1.12): both, in order.
//   Ask:      the second kernel reads what the first one wrote. Who makes it wait?
template <class Real>
void paged_decode_attention_v2(const PagedDecodeArgs<Real>& args, const ContextPartitions& partitions) {
    throw wb::NotImplemented("1.12");
}

// The two types that callers may ask for; whoever includes the header finds them here.
template void decode_partitions(const PagedDecodeArgs<float>&, const ContextPartitions&);
template void decode_partitions(const PagedDecodeArgs<__half>&, const ContextPartitions&);
template void merge_partitions(const MergePartitionsArgs<float>&);
template void merge_partitions(const MergePartitionsArgs<__half>&);
template void paged_decode_attention_v2(const PagedDecodeArgs<float>&, const ContextPartitions&);
template void paged_decode_attention_v2(const PagedDecodeArgs<__half>&, const ContextPartitions&);

}  // namespace wb
