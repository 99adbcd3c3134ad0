/// @file
/// Fused attention, float32: out[i,:] = sum_j softmax_j(q[i,:] . k[j,:] / sqrt(d)) v[j,:] over the keys j that i sees.
///     grid (ceil(q_len/32), num_heads, batch), 128 threads      keys ->   tile 0    tile 1    tile 2 ..
///     4 neighbouring lanes share one query: lane c has the      query i   [s s s]   [s s s]   [s . .]   s: scores
///     scores c, c+4, .. of a tile, and the float4s c, c+4,      m, l, acc --> fold ---> fold ---> fold ---> acc / l
///     .. of the output row, so of acc
/// One fold: m' = max(m, max_j s_j), f = exp(m - m'), p_j = exp(s_j - m'), then l = f l + sum_j p_j, acc = f acc + p v.
/// Traffic per 32 queries that see L keys, d = head_dim: reads 128 d (q) + 8 L d (k, v) bytes, writes 128 d.
/// Work 128 L d FLOPs: 16 per byte. Attention with stored scores moves 12 L bytes a query more (write, read, write).
/// Shared: 18 to 36 KiB. Barriers a tile: 2 of the block, 1 of the warp. Requires head_dim 32, 64 or 128.
#include "fused_attention.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 2.10 removed
namespace {

constexpr int lanes_per_query = 4;
constexpr int queries_per_block = 32;
constexpr int threads_per_block = queries_per_block * lanes_per_query;

/// The larger, or the sum, of `value` over the 4 lanes that share a query, in each of them.
__device__ float largest_of_query(float value) {
    value = fmaxf(value, __shfl_xor_sync(0xffffffffu, value, 1));
    return fmaxf(value, __shfl_xor_sync(0xffffffffu, value, 2));
}

__device__ float sum_of_query(float value) {
    value += __shfl_xor_sync(0xffffffffu, value, 1);
    return value + __shfl_xor_sync(0xffffffffu, value, 2);
}

__device__ float dot(float4 a, float4 b) {
    return a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
}

__device__ float4 scaled(float4 a, float factor) {
    return make_float4(a.x * factor, a.y * factor, a.z * factor, a.w * factor);
}

/// a + factor * b
__device__ float4 add_scaled(float4 a, float factor, float4 b) {
    return make_float4(a.x + factor * b.x, a.y + factor * b.y, a.z + factor * b.z, a.w + factor * b.w);
}

/// Copies rows first .. first + num_rows - 1 of a [.., vectors * 4] matrix to shared memory; rows from `end` on, as 0.
/// They are not read: 0 * NaN is NaN, so a dirty slot must not come near a product, whatever its weight.
template <int vectors, int num_rows, int stride>
__device__ void load_tile(float4 (&tile)[num_rows][stride], const float* matrix, int first, int end) {
    const float4* source = reinterpret_cast<const float4*>(matrix) + static_cast<std::ptrdiff_t>(first) * vectors;
    for (int i = threadIdx.x; i < num_rows * vectors; i += threads_per_block) {
        const int row = i / vectors, vector = i % vectors;
        tile[row][vector] = first + row < end ? source[i] : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    }
}

}  // namespace
// SOLUTION END
// TODO(2.10): a block of queries against all the keys they see, tile by tile; each query keeps one m, one l, one acc.
//   Equation: Milakov & Gimelshein 2018, algorithm 3; for acc, Dao et al. 2022, algorithm 1. They start at -inf, 0, 0.
//   Ask:      what is summed so far is relative to the old m. What factor makes it relative to the new one? Which tiles
//             can a causal block leave out altogether? What of a query fits in registers when head_dim is 128?
//   Traps:    a tile that is masked throughout leaves m = -inf, and -inf - (-inf) is NaN; a query has one l, but
//             head_dim values of acc; 0 * NaN is NaN, so v past key_lengths[b] must not be multiplied even by a weight of 0;
//             causal is aligned at the end: the first query sees 1 + kv_len - q_len keys, which may be none at all.
template <int head_dim>
__global__ void fused_attention_kernel(FusedAttentionArgs args) {
    // SOLUTION BEGIN 2.10 removed
    constexpr int tile = head_dim == 128 ? 16 : 32;  // keys; static shared memory ends at 48 KiB
    constexpr int vectors = head_dim / 4;            // float4s of a row
    // One float4 more than needed shifts each row by 4 banks: 8 queries, or 4 keys, are read without a conflict.
    __shared__ float4 q_tile[queries_per_block][vectors + 1], k_tile[tile][vectors + 1], v_tile[tile][vectors + 1];
    __shared__ float weights[queries_per_block][tile + 4];

    const int quarter = threadIdx.x % lanes_per_query, row = threadIdx.x / lanes_per_query;
    const int first_query = blockIdx.x * queries_per_block, query = first_query + row;
    const std::size_t head = static_cast<std::size_t>(blockIdx.z) * args.num_heads + blockIdx.y;
    const float* q = args.q + head * args.q_len * head_dim;
    const float* k = args.k + head * args.kv_len * head_dim;
    const float* v = args.v + head * args.kv_len * head_dim;
    const int key_length = args.key_lengths == nullptr ? args.kv_len : args.key_lengths[blockIdx.z];
    const int last_query = min(first_query + queries_per_block, args.q_len) - 1;
    const int offset = args.kv_len - args.q_len;  // causal: query i sees keys up to i + offset
    const int keys_seen = args.causal ? min(key_length, query + offset + 1) : key_length;
    const int keys_seen_by_block = args.causal ? min(key_length, last_query + offset + 1) : key_length;

    load_tile<vectors>(q_tile, q, first_query, args.q_len);
    const float scale = rsqrtf(static_cast<float>(head_dim));
    float m = -INFINITY, l = 0.0f;  // l: this lane's share; the four shares are relative to the same m
    float4 acc[vectors / lanes_per_query];
#pragma unroll
    for (auto& part : acc) part = make_float4(0.0f, 0.0f, 0.0f, 0.0f);

    for (int first_key = 0; first_key < keys_seen_by_block; first_key += tile) {
        load_tile<vectors>(k_tile, k, first_key, keys_seen_by_block);
        load_tile<vectors>(v_tile, v, first_key, keys_seen_by_block);
        __syncthreads();  // the tiles are whole before anyone reads them

        float scores[tile / lanes_per_query] = {};
        for (int d = 0; d < vectors; ++d) {
            const float4 q_part = q_tile[row][d];
#pragma unroll
            for (int c = 0; c < tile / lanes_per_query; ++c) {
                scores[c] += dot(q_part, k_tile[quarter + c * lanes_per_query][d]);
            }
        }
        float tile_max = -INFINITY;
#pragma unroll
        for (int c = 0; c < tile / lanes_per_query; ++c) {
            const bool seen = first_key + quarter + c * lanes_per_query < keys_seen;
            scores[c] = seen ? scores[c] * scale : -INFINITY;
            tile_max = fmaxf(tile_max, scores[c]);
        }
        const float new_m = fmaxf(m, largest_of_query(tile_max));
        const float base = new_m == -INFINITY ? 0.0f : new_m;  // no key seen yet: exp(-inf - 0) is 0, not NaN
        const float factor = expf(m - base);
        m = new_m;
        l *= factor;
#pragma unroll
        for (int c = 0; c < tile / lanes_per_query; ++c) {
            const float weight = expf(scores[c] - base);
            l += weight;
            weights[row][quarter + c * lanes_per_query] = weight;
        }
        __syncwarp();  // the query's other three lanes, all in this warp, have written their weights too

#pragma unroll
        for (auto& part : acc) part = scaled(part, factor);
        for (int j = 0; j < tile; ++j) {
            const float weight = weights[row][j];
#pragma unroll
            for (int i = 0; i < vectors / lanes_per_query; ++i) {
                acc[i] = add_scaled(acc[i], weight, v_tile[j][quarter + i * lanes_per_query]);
            }
        }
        __syncthreads();  // everyone has read the tiles before the next ones overwrite them
    }

    l = sum_of_query(l);
    if (query >= args.q_len) return;
    const float inverse = l > 0.0f ? 1.0f / l : 0.0f;  // no key seen at all: zeros
    float4* out = reinterpret_cast<float4*>(args.out + (head * args.q_len + query) * head_dim);
#pragma unroll
    for (int i = 0; i < vectors / lanes_per_query; ++i) out[quarter + i * lanes_per_query] = scaled(acc[i], inverse);
    // SOLUTION END
}

void fused_attention(const FusedAttentionArgs& args) {
    // SOLUTION BEGIN 2.10
    if (args.head_dim != 32 && args.head_dim != 64 && args.head_dim != 128) {
        throw ShapeError(
            "fused_attention: head_dim is " + std::to_string(args.head_dim) +
            ", but the kernel is compiled for 32, 64 and 128. Pad q, k and v with zeros up to one of them.");
    }
    if (args.batch == 0 || args.num_heads == 0 || args.q_len == 0) return;  // a grid of 0 is an invalid configuration
    const dim3 grid((args.q_len + queries_per_block - 1) / queries_per_block, args.num_heads, args.batch);
    if (args.head_dim == 32) fused_attention_kernel<32><<<grid, threads_per_block>>>(args);
    if (args.head_dim == 64) fused_attention_kernel<64><<<grid, threads_per_block>>>(args);
    if (args.head_dim == 128) fused_attention_kernel<128><<<grid, threads_per_block>>>(args);
    // SOLUTION END
}

}  // namespace wb
