/// @file
/// Attention of live heads, float32: out[i,:] = sum_j softmax_j(q[i,:] . k[j,:] / sqrt(d)) v[j,:], for each pair (entry, head) of a list.
///     grid (num_live, ceil(q_len / 4)), 128 threads = 4 warps          keys ->   tile 0      tile 1    ..
///     blockIdx.x: a place in the list, which says entry and head       query i   [32 scores] [32 ..]   a lane each
///     warp w has query 4 * blockIdx.y + w                              m, l, acc  -> fold ->  fold ->  .. -> acc / l
///     lane t has the score of a tile's key t, and dimensions t, t + 32, .. of acc
/// One fold: m' = max(m, max_j s_j), f = exp(m - m'), p_j = exp(s_j - m'), then l = f l + sum_j p_j, acc = f acc + sum_j p_j v_j.
/// Traffic per 4 queries that see L keys, d = head_dim: reads 16 d (q) + 8 L d (k, v) bytes, writes 16 d. Work 16 L d FLOPs: 2 per byte.
/// The list is read once a block: 4 bytes. Pairs that are not in it cost nothing at all.
/// Shared: 4 (64 (d + 1) + 4 d) bytes, 34.25 KiB for d = 128. Barriers a tile: 2. Requires d of 1 to 128.
#include "live_heads_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 3.10 removed
namespace {

constexpr int lanes = 32, queries_per_block = 4;  ///< a warp each
constexpr int threads_per_block = lanes * queries_per_block;
constexpr int tile = lanes;  ///< keys: one for each lane
constexpr int largest_head_dim = 128, parts = largest_head_dim / lanes;
constexpr unsigned all_lanes = 0xffffffffu;

/// The sum, or the largest, of the warp's values, in each lane.
__device__ float sum_of_warp(float value) {
    for (int distance = lanes / 2; distance > 0; distance /= 2) value += __shfl_xor_sync(all_lanes, value, distance);
    return value;
}

__device__ float largest_of_warp(float value) {
    for (int distance = lanes / 2; distance > 0; distance /= 2)
        value = fmaxf(value, __shfl_xor_sync(all_lanes, value, distance));
    return value;
}

}  // namespace
// SOLUTION END
// TODO(3.10): a CUDA block for a pair of the list and a few of its queries.
//   Equation: Milakov & Gimelshein 2018, algorithm 3; for acc, Dao et al. 2022, algorithm 1. They start at -inf, 0, 0.
//   Start:    pair = live[blockIdx.x]; entry = pair / heads, head = pair % heads. A token of that head begins at
//             (entry * length + token) * heads * head_dim + head * head_dim: neighbours of a head are heads * head_dim apart.
//             Count such offsets in std::size_t: those of a large batch do not fit into an int.
//             The simplest right kernel has a thread for each query, and neither shuffles nor shared memory. It earns all points but
//             those for efficiency.
//   Ask:      one could launch blocks for all heads, and let those of dead ones return. What do they cost? And what if every entry of
//             the batch has other live heads: how many shapes would a dense tensor of them have?
//   Traps:    gridDim.y ends at 65,535, gridDim.x does not: which of the two extents may be large? A tile that is hidden throughout
//             leaves m = -inf, and -inf - (-inf) is NaN; 0 * NaN is NaN, so a token past key_lengths[b] must not come near a product;
//             a warp without a query still loads, and comes to every barrier; the columns beside a head's own are another head's.
__global__ void live_heads_kernel(LiveHeadsArgs args) {
    // SOLUTION BEGIN 3.10 removed
    extern __shared__ float shared[];
    const int d = args.head_dim,
              pitch = d + 1;  // lanes read one column of k_tile: with a pitch of 32 all from one bank
    float *k_tile = shared, *v_tile = k_tile + tile * pitch, *q_rows = v_tile + tile * pitch;
    const int lane = threadIdx.x % lanes, warp = threadIdx.x / lanes;
    const int pair = args.live[blockIdx.x], entry = pair / args.heads, head = pair % args.heads;
    const int first_query = blockIdx.y * queries_per_block, query = first_query + warp;

    const std::size_t width = static_cast<std::size_t>(args.heads) * d;
    const float* q = args.q + (static_cast<std::size_t>(entry) * args.q_len + query) * width + head * d;
    const std::size_t first_token = static_cast<std::size_t>(entry) * args.kv_len * width + head * d;
    const int key_length = args.key_lengths == nullptr ? args.kv_len : args.key_lengths[entry];
    const int last_query = min(first_query + queries_per_block, args.q_len) - 1;
    const int offset = args.kv_len - args.q_len;  // causal: query i sees keys up to i + offset
    const int keys_seen = args.causal ? min(key_length, query + offset + 1) : key_length;
    const int keys_seen_by_block = args.causal ? min(key_length, last_query + offset + 1) : key_length;

    const float scale = rsqrtf(static_cast<float>(d));
    for (int c = lane; c < d; c += lanes) q_rows[warp * d + c] = query < args.q_len ? scale * q[c] : 0.0f;
    float m = -INFINITY, l = 0.0f;  // l: this lane's share, relative to the warp's m
    float acc[parts] = {};

    for (int first_key = 0; first_key < keys_seen_by_block; first_key += tile) {
        const int keys = min(tile, keys_seen_by_block - first_key);
        for (int i = threadIdx.x; i < keys * d; i += threads_per_block) {
            const int t = i / d, c = i % d;
            const std::size_t place = first_token + (first_key + t) * width + c;
            k_tile[t * pitch + c] = args.k[place];
            v_tile[t * pitch + c] = args.v[place];
        }
        __syncthreads();  // the tiles are whole before anyone reads them

        float score = -INFINITY;
        if (first_key + lane < keys_seen) {
            score = 0.0f;
            for (int c = 0; c < d; ++c) score += q_rows[warp * d + c] * k_tile[lane * pitch + c];
        }
        const float new_m = fmaxf(m, largest_of_warp(score));
        const float base = new_m == -INFINITY ? 0.0f : new_m;  // no key seen yet: exp(-inf - 0) is 0, not NaN
        const float factor = expf(m - base), weight = expf(score - base);
        m = new_m;
        l = l * factor + weight;
#pragma unroll
        for (float& part : acc) part *= factor;
        for (int t = 0; t < keys; ++t) {
            const float weight_of_key = __shfl_sync(all_lanes, weight, t);
#pragma unroll
            for (int p = 0; p < parts; ++p) {
                if (lane + p * lanes < d) acc[p] += weight_of_key * v_tile[t * pitch + lane + p * lanes];
            }
        }
        __syncthreads();  // everyone has read the tiles before the next ones overwrite them
    }

    l = sum_of_warp(l);
    if (query >= args.q_len) return;
    const float inverse = l > 0.0f ? 1.0f / l : 0.0f;  // no key seen at all: zeros
    float* out = args.out + (static_cast<std::size_t>(entry) * args.q_len + query) * width + head * d;
#pragma unroll
    for (int p = 0; p < parts; ++p) {
        if (lane + p * lanes < d) out[lane + p * lanes] = acc[p] * inverse;
    }
    // SOLUTION END
}

void live_heads_attention(const LiveHeadsArgs& args) {
    // SOLUTION BEGIN 3.10
    if (args.head_dim < 1 || args.head_dim > largest_head_dim)
        throw ShapeError("live_heads_attention: head_dim is " + std::to_string(args.head_dim) +
                         ", but the kernel takes 1 to " + std::to_string(largest_head_dim));
    if (args.num_live == 0 || args.q_len == 0) return;  // a grid of 0 is an invalid configuration
    const dim3 grid(args.num_live, (args.q_len + queries_per_block - 1) / queries_per_block);
    const std::size_t numbers = 2 * tile * (args.head_dim + 1) + queries_per_block * args.head_dim;
    live_heads_kernel<<<grid, threads_per_block, numbers * sizeof(float)>>>(args);
    // SOLUTION END
}

}  // namespace wb
