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

// SOLUTION BEGIN 1.12 removed
namespace {

constexpr int lanes = 32, warps_per_block = 4, threads_per_block = warps_per_block * lanes;
constexpr unsigned all_lanes = 0xffffffffu;

/// The sum, or the largest, of the warp's values, in each lane.
__device__ float sum_of_warp(float value) {
    for (int distance = lanes / 2; distance > 0; distance /= 2) value += __shfl_xor_sync(all_lanes, value, distance);
    return value;
}

__device__ float largest_of_warp(float value) {
    for (int distance = lanes / 2; distance > 0; distance /= 2) {
        value = fmaxf(value, __shfl_xor_sync(all_lanes, value, distance));
    }
    return value;
}

}  // namespace
// SOLUTION END

// TODO(1.12): exercise 1.11 for the tokens of one partition; m, l and the finished output go to device memory.
//   Start:    your kernel of 1.11. Which two numbers bound its loop over KV blocks, and what is its last line now?
//   Ask:      a context of 100 tokens beside one of 1,000: what do the CUDA blocks of its second partition do?
//   Traps:    a CUDA block that leaves early must leave whole, or a barrier waits for ever; the last partition is seldom full.
template <class Real, int head_dim>
__global__ void decode_partitions_kernel(PagedDecodeArgs<Real> args, ContextPartitions partitions) {
    // SOLUTION BEGIN 1.12 removed
    constexpr int parts = head_dim / lanes;  // dimensions of a lane
    __shared__ float warp_m[warps_per_block], warp_l[warps_per_block], warp_acc[warps_per_block][head_dim];
    const int lane = threadIdx.x % lanes, warp = threadIdx.x / lanes;
    const int head = blockIdx.x, seq = blockIdx.y, kv_head = head / (args.num_heads / args.num_kv_heads);
    const std::size_t row = static_cast<std::size_t>(seq) * args.num_heads + head;
    const int* block_table = args.block_table + static_cast<std::size_t>(seq) * args.max_blocks;
    const int first_token = blockIdx.z * partition_size;
    const int end = min(first_token + partition_size, args.context_lens[seq]);
    if (first_token >= end) return;  // the whole CUDA block: no such partition

    const float scale = rsqrtf(static_cast<float>(head_dim));
    float q[parts], acc[parts], m = -INFINITY, l = 0.0f;  // l: this lane's share of the warp's
#pragma unroll
    for (int i = 0; i < parts; ++i) {
        q[i] = scale * static_cast<float>(args.q[row * head_dim + lane + i * lanes]);
        acc[i] = 0.0f;
    }
    for (int start = first_token + warp * args.block_size; start < end; start += warps_per_block * args.block_size) {
        const int physical = block_table[start / args.block_size];
        const std::size_t head_start = static_cast<std::size_t>(physical) * args.num_kv_heads + kv_head;
        const Real* keys = args.k_cache + head_start * args.block_size * head_dim + lane;
        const Real* values = args.v_cache + head_start * args.block_size * head_dim + lane;
        const int filled = min(args.block_size, end - start);
        for (int first = 0; first < filled; first += lanes) {  // as many tokens at a time as there are lanes for scores
            const int count = min(lanes, filled - first);
            float score = -INFINITY;
            for (int t = 0; t < count; ++t) {
                float product = 0.0f;
#pragma unroll
                for (int i = 0; i < parts; ++i) {
                    product += q[i] * static_cast<float>(keys[(first + t) * head_dim + i * lanes]);
                }
                product = sum_of_warp(product);
                if (lane == t) score = product;
            }
            const float new_m = fmaxf(m, largest_of_warp(score));  // finite, since there is at least one token
            const float factor = expf(m - new_m), weight = expf(score - new_m);  // 0 for a lane without a token
            m = new_m;
            l = l * factor + weight;
#pragma unroll
            for (float& part : acc) part *= factor;
            for (int t = 0; t < count; ++t) {
                const float token_weight = __shfl_sync(all_lanes, weight, t);
#pragma unroll
                for (int i = 0; i < parts; ++i) {
                    acc[i] += token_weight * static_cast<float>(values[(first + t) * head_dim + i * lanes]);
                }
            }
        }
    }

    l = sum_of_warp(l);
    if (lane == 0) {
        warp_m[warp] = m;
        warp_l[warp] = l;
    }
#pragma unroll
    for (int i = 0; i < parts; ++i) warp_acc[warp][lane + i * lanes] = acc[i];
    __syncthreads();  // every warp's m, l and acc are there before anyone merges them

    if (threadIdx.x >= head_dim) return;
    float block_m = -INFINITY, sum = 0.0f, total = 0.0f;
    for (int w = 0; w < warps_per_block; ++w) block_m = fmaxf(block_m, warp_m[w]);
    for (int w = 0; w < warps_per_block; ++w) {
        if (warp_m[w] == -INFINITY) continue;  // had no KV block
        const float factor = expf(warp_m[w] - block_m);
        sum += factor * warp_acc[w][threadIdx.x];
        total += factor * warp_l[w];
    }
    const std::size_t place = row * partitions.max_partitions + blockIdx.z;
    if (threadIdx.x == 0) {
        partitions.max[place] = block_m;
        partitions.sum[place] = total;
    }
    partitions.out[place * head_dim + threadIdx.x] = sum / total;  // total >= 1: the largest score's own term
    // SOLUTION END
}

template <class Real>
void decode_partitions(const PagedDecodeArgs<Real>& args, const ContextPartitions& partitions) {
    // SOLUTION BEGIN 1.12
    if (args.head_dim != 32 && args.head_dim != 64 && args.head_dim != 128) {
        throw ShapeError(
            "decode_partitions: head_dim is " + std::to_string(args.head_dim) +
            ", but the kernel is compiled for 32, 64 and 128. Pad q, k and v with zeros up to one of them.");
    }
    if (args.block_size < 1 || partition_size % args.block_size != 0) {
        throw ShapeError("decode_partitions: block_size is " + std::to_string(args.block_size) +
                         ", which does not divide the partition's " + std::to_string(partition_size) +
                         " tokens. Take a power of two up to that.");
    }
    if (args.num_seqs == 0 || args.num_heads == 0 || partitions.max_partitions == 0) return;
    const dim3 grid(args.num_heads, args.num_seqs, partitions.max_partitions);
    if (args.head_dim == 32) decode_partitions_kernel<Real, 32><<<grid, threads_per_block>>>(args, partitions);
    if (args.head_dim == 64) decode_partitions_kernel<Real, 64><<<grid, threads_per_block>>>(args, partitions);
    if (args.head_dim == 128) decode_partitions_kernel<Real, 128><<<grid, threads_per_block>>>(args, partitions);
    // SOLUTION END
}

// TODO(1.12): merge a context's partitions, one CUDA block for each sequence and head.
//   Equation: m = max_p m_p, share_p = l_p exp(m_p - m), out = sum_p share_p o_p / sum_p share_p.
//   Start:    a thread for each dimension that loops over the partitions. Which of its work do all threads repeat?
//   Ask:      the o_p are finished means already. What would be wrong with the mean of the means?
//   Traps:    partitions past the context hold NaN, or what an earlier call left there; a context of 0 has none, and still has
//             an output; shares in shared memory are written by one thread and read by all.
template <class Real>
__global__ void merge_partitions_kernel(MergePartitionsArgs<Real> args) {
    // SOLUTION BEGIN 1.12 removed
    extern __shared__ float shares[];  // [max_partitions]
    const ContextPartitions& partitions = args.partitions;
    const std::size_t row = static_cast<std::size_t>(blockIdx.y) * args.num_heads + blockIdx.x;
    const int count = (args.context_lens[blockIdx.y] + partition_size - 1) / partition_size;
    const float* partition_max = partitions.max + row * partitions.max_partitions;
    const float* partition_sum = partitions.sum + row * partitions.max_partitions;
    const float* partition_out = partitions.out + row * partitions.max_partitions * args.head_dim;
    float m = -INFINITY;  // found by every thread: few loads, and all threads load the same
    for (int p = 0; p < count; ++p) m = fmaxf(m, partition_max[p]);
    for (int p = threadIdx.x; p < count; p += blockDim.x) shares[p] = partition_sum[p] * expf(partition_max[p] - m);
    __syncthreads();  // every share is there before anyone sums them
    for (int d = threadIdx.x; d < args.head_dim; d += blockDim.x) {
        float sum = 0.0f, total = 0.0f;
        for (int p = 0; p < count; ++p) {
            sum += shares[p] * partition_out[static_cast<std::size_t>(p) * args.head_dim + d];
            total += shares[p];
        }
        args.out[row * args.head_dim + d] = static_cast<Real>(total > 0.0f ? sum / total : 0.0f);
    }
    // SOLUTION END
}

template <class Real>
void merge_partitions(const MergePartitionsArgs<Real>& args) {
    // SOLUTION BEGIN 1.12
    if (args.num_seqs == 0 || args.num_heads == 0) return;
    const dim3 grid(args.num_heads, args.num_seqs);
    const std::size_t shared_bytes = args.partitions.max_partitions * sizeof(float);
    merge_partitions_kernel<Real><<<grid, threads_per_block, shared_bytes>>>(args);
    // SOLUTION END
}

// TODO(1.12): both, in order.
//   Ask:      the second kernel reads what the first one wrote. Who makes it wait?
template <class Real>
void paged_decode_attention_v2(const PagedDecodeArgs<Real>& args, const ContextPartitions& partitions) {
    // SOLUTION BEGIN 1.12
    decode_partitions(args, partitions);
    merge_partitions<Real>({.partitions = partitions,
                            .context_lens = args.context_lens,
                            .out = args.out,
                            .num_seqs = args.num_seqs,
                            .num_heads = args.num_heads,
                            .head_dim = args.head_dim});
    // SOLUTION END
}

// The two types that callers may ask for; whoever includes the header finds them here.
template void decode_partitions(const PagedDecodeArgs<float>&, const ContextPartitions&);
template void decode_partitions(const PagedDecodeArgs<__half>&, const ContextPartitions&);
template void merge_partitions(const MergePartitionsArgs<float>&);
template void merge_partitions(const MergePartitionsArgs<__half>&);
template void paged_decode_attention_v2(const PagedDecodeArgs<float>&, const ContextPartitions&);
template void paged_decode_attention_v2(const PagedDecodeArgs<__half>&, const ContextPartitions&);

}  // namespace wb
