/// @file
/// Exercise 1.12, differently: all 512 scores of a partition in shared memory and a plain softmax over them, no shuffles and
/// nothing online; a merge without shared memory, in which each thread works out the shares for itself.
#include "paged_attention_v2.hpp"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

constexpr int tile = 32;  // tokens whose keys are in shared memory

template <class Real>
__global__ void decode_partitions_kernel(PagedDecodeArgs<Real> args, ContextPartitions partitions) {
    __shared__ float scores[partition_size], q[128], keys[tile][128 + 1];
    __shared__ std::size_t rows[partition_size];
    const int partition = blockIdx.x, head = blockIdx.y, seq = blockIdx.z;
    const int first = partition * partition_size, count = min(partition_size, args.context_lens[seq] - first);
    if (count <= 0) return;
    const int kv_head = head * args.num_kv_heads / args.num_heads;
    const std::size_t row = static_cast<std::size_t>(seq) * args.num_heads + head;
    const auto row_of = [&](int token) {
        const std::size_t block =
            args.block_table[static_cast<std::size_t>(seq) * args.max_blocks + token / args.block_size];
        return ((block * args.num_kv_heads + kv_head) * args.block_size + token % args.block_size) * args.head_dim;
    };
    for (int t = threadIdx.x; t < count; t += blockDim.x) rows[t] = row_of(first + t);
    for (int n = threadIdx.x; n < args.head_dim; n += blockDim.x)
        q[n] = static_cast<float>(args.q[row * args.head_dim + n]) / sqrtf(static_cast<float>(args.head_dim));
    for (int start = 0; start < count; start += tile) {
        const int here = min(tile, count - start), t = threadIdx.x;
        __syncthreads();
        for (int i = t; i < here * args.head_dim; i += blockDim.x) {
            const int n = i % args.head_dim, token = i / args.head_dim;
            keys[token][n] = static_cast<float>(args.k_cache[rows[start + token] + n]);
        }
        __syncthreads();
        if (t >= here) continue;
        float score = 0.0f;
        for (int n = 0; n < args.head_dim; ++n) score += q[n] * keys[t][n];
        scores[start + t] = score;
    }
    __syncthreads();
    float m = -INFINITY, l = 0.0f, acc = 0.0f;
    for (int t = 0; t < count; ++t) m = fmaxf(m, scores[t]);
    const int d = threadIdx.x;
    for (int t = 0; t < count; ++t) {
        const float weight = expf(scores[t] - m);
        l += weight;
        if (d < args.head_dim) acc += weight * static_cast<float>(args.v_cache[rows[t] + d]);
    }
    const std::size_t place = row * partitions.max_partitions + partition;
    if (d == 0) partitions.max[place] = m;
    if (d == 1) partitions.sum[place] = l;
    if (d < args.head_dim) partitions.out[place * args.head_dim + d] = acc / l;
}

template <class Real>
void decode_partitions(const PagedDecodeArgs<Real>& args, const ContextPartitions& partitions) {
    if (args.head_dim != 32 && args.head_dim != 64 && args.head_dim != 128) {
        throw ShapeError("no kernel for head_dim " + std::to_string(args.head_dim));
    }
    if (partition_size % args.block_size != 0) {
        throw ShapeError("block_size " + std::to_string(args.block_size) + " does not divide 512");
    }
    if (args.num_seqs * args.num_heads * partitions.max_partitions == 0) return;
    const dim3 grid(partitions.max_partitions, args.num_heads, args.num_seqs);
    decode_partitions_kernel<Real><<<grid, 128>>>(args, partitions);
}

template <class Real>
__global__ void merge_partitions_kernel(MergePartitionsArgs<Real> args) {
    const int count = (args.context_lens[blockIdx.y] + partition_size - 1) / partition_size;
    const std::size_t row = static_cast<std::size_t>(blockIdx.y) * args.num_heads + blockIdx.x;
    for (int d = threadIdx.x; d < args.head_dim; d += blockDim.x) {
        float m = -INFINITY, total = 0.0f, sum = 0.0f;  // online, a partition at a time
        for (int p = 0; p < count; ++p) {
            const std::size_t place = row * args.partitions.max_partitions + p;
            const float new_m = fmaxf(m, args.partitions.max[place]), factor = expf(m - new_m);
            const float share = args.partitions.sum[place] * expf(args.partitions.max[place] - new_m);
            total = total * factor + share;
            sum = sum * factor + share * args.partitions.out[place * args.head_dim + d];
            m = new_m;
        }
        args.out[row * args.head_dim + d] = count == 0 ? 0.0f : sum / total;
    }
}

template <class Real>
void merge_partitions(const MergePartitionsArgs<Real>& args) {
    if (args.num_seqs * args.num_heads == 0) return;
    merge_partitions_kernel<Real><<<dim3(args.num_heads, args.num_seqs), 32>>>(args);
}

template <class Real>
void paged_decode_attention_v2(const PagedDecodeArgs<Real>& args, const ContextPartitions& partitions) {
    decode_partitions(args, partitions);
    MergePartitionsArgs<Real> merge;
    merge.partitions = partitions;
    merge.context_lens = args.context_lens;
    merge.out = args.out;
    merge.num_seqs = args.num_seqs;
    merge.num_heads = args.num_heads;
    merge.head_dim = args.head_dim;
    merge_partitions(merge);
}

template void decode_partitions(const PagedDecodeArgs<float>&, const ContextPartitions&);
template void decode_partitions(const PagedDecodeArgs<__half>&, const ContextPartitions&);
template void merge_partitions(const MergePartitionsArgs<float>&);
template void merge_partitions(const MergePartitionsArgs<__half>&);
template void paged_decode_attention_v2(const PagedDecodeArgs<float>&, const ContextPartitions&);
template void paged_decode_attention_v2(const PagedDecodeArgs<__half>&, const ContextPartitions&);

}  // namespace wb
