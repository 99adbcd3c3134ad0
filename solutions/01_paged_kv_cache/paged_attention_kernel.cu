/// @file
/// Paged decode attention: out[s,h,:] = sum_t softmax_t(q[s,h,:] . k_t / sqrt(d)) v_t, t < L = context_lens[s]
///     grid (num_heads, num_seqs): one CUDA block per (h, s)       warp 0: KV blocks 0 4 8 ..  |
///     128 threads = 4 warps; each takes every 4th KV block        warp 1: KV blocks 1 5 9 ..  | merge (m, l, acc)
///     lane i holds dimensions i, i+32, .. of q and acc,           warp 2: KV blocks 2 6 ..    | in shared memory
///     and the score of token i of a KV block                      warp 3: KV blocks 3 7 ..    |
/// Traffic per (h, s), d = head_dim, r = sizeof(Real): reads r d (q) + 2 r L d (k, v) + 4 ceil(L / block_size) (table) bytes,
/// writes r d; work 4 L d FLOPs. In float 0.5 FLOP per byte, in half 1: bound by memory. Query heads that share a KV head read
/// the same rows, from the L2 cache if they run side by side. Shared: 16 (2 + d) bytes. Barriers: one, before the merge.
/// Requires head_dim 32, 64 or 128.
#include "paged_attention_kernel.hpp"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 1.11 removed
namespace {

constexpr int lanes = 32, warps_per_block = 4;
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

// TODO(1.11): the blocks of one context shared out to warps; each warp keeps one m, one l, one acc; then one merge.
//   Equation: Milakov & Gimelshein 2018, algorithm 3, a KV block at a time: m' = max(m, max_t s_t), f = exp(m - m'),
//             p_t = exp(s_t - m'), l = f l + sum p_t, acc = f acc + sum p_t v_t. Merge of warps: as of blocks, with the warps' m.
//   Start:    one warp, block_size at most 32: lane t keeps the score of token t. Then four warps, and a barrier.
//   Ask:      a dot product needs every lane, a score only one: who keeps it? How does its weight get to the others?
//   Traps:    a context of 17 tokens leaves two warps without a block: their m is -inf, and -inf - (-inf) is NaN; a whole
//             warp must take part in a shuffle, so let no lane leave early; slots past the context may hold NaN, and 0 * NaN is
//             NaN; block_size may be more than 32; block * num_kv_heads * block_size * head_dim may not fit into an int.
template <class Real, int head_dim>
__global__ void paged_decode_kernel(PagedDecodeArgs<Real> args) {
    // SOLUTION BEGIN 1.11 removed
    constexpr int parts = head_dim / lanes;  // dimensions of a lane
    __shared__ float warp_m[warps_per_block], warp_l[warps_per_block], warp_acc[warps_per_block][head_dim];
    const int lane = threadIdx.x % lanes, warp = threadIdx.x / lanes;
    const int head = blockIdx.x, seq = blockIdx.y, kv_head = head / (args.num_heads / args.num_kv_heads);
    const std::size_t row = (static_cast<std::size_t>(seq) * args.num_heads + head) * head_dim;
    const int* block_table = args.block_table + static_cast<std::size_t>(seq) * args.max_blocks;
    const int context_len = args.context_lens[seq];

    const float scale = rsqrtf(static_cast<float>(head_dim));
    float q[parts], acc[parts], m = -INFINITY, l = 0.0f;  // l: this lane's share of the warp's
#pragma unroll
    for (int i = 0; i < parts; ++i) {
        q[i] = scale * static_cast<float>(args.q[row + lane + i * lanes]);
        acc[i] = 0.0f;
    }
    for (int logical = warp; logical * args.block_size < context_len; logical += warps_per_block) {
        const std::size_t head_start = static_cast<std::size_t>(block_table[logical]) * args.num_kv_heads + kv_head;
        const Real* keys = args.k_cache + head_start * args.block_size * head_dim + lane;
        const Real* values = args.v_cache + head_start * args.block_size * head_dim + lane;
        const int filled = min(args.block_size, context_len - logical * args.block_size);
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
    args.out[row + threadIdx.x] = static_cast<Real>(total > 0.0f ? sum / total : 0.0f);
    // SOLUTION END
}

template <class Real>
void paged_decode_attention(const PagedDecodeArgs<Real>& args) {
    // SOLUTION BEGIN 1.11
    if (args.head_dim != 32 && args.head_dim != 64 && args.head_dim != 128) {
        throw ShapeError(
            "paged_decode_attention: head_dim is " + std::to_string(args.head_dim) +
            ", but the kernel is compiled for 32, 64 and 128. Pad q, k and v with zeros up to one of them.");
    }
    if (args.num_seqs == 0 || args.num_heads == 0) return;  // a grid of 0 is an invalid configuration
    const dim3 grid(args.num_heads, args.num_seqs);
    constexpr int threads = warps_per_block * lanes;
    if (args.head_dim == 32) paged_decode_kernel<Real, 32><<<grid, threads>>>(args);
    if (args.head_dim == 64) paged_decode_kernel<Real, 64><<<grid, threads>>>(args);
    if (args.head_dim == 128) paged_decode_kernel<Real, 128><<<grid, threads>>>(args);
    // SOLUTION END
}

// The two types that callers may ask for; whoever includes the header finds them here.
template void paged_decode_attention(const PagedDecodeArgs<float>&);
template void paged_decode_attention(const PagedDecodeArgs<__half>&);

}  // namespace wb
