// NOTE: one warp per query. Lanes are keys while scores are computed, and dimensions while values are summed; 16 warps share tiles of 32 keys.
#include "fused_attention.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

constexpr int queries = 16, tile = 32;  // a warp for each query, a lane for each key of a tile
constexpr unsigned all = 0xffffffffu;

template <int values>  // of a row, in each lane: head_dim / 32
__global__ void warp_attention(FusedAttentionArgs x) {
    constexpr int head_dim = 32 * values;
    __shared__ float q_rows[queries][head_dim], key_rows[tile][head_dim + 1], value_rows[tile][head_dim];
    const int warp = threadIdx.y, query = blockIdx.x * queries + warp, lane = threadIdx.x;
    const std::size_t head = static_cast<std::size_t>(blockIdx.z) * x.num_heads + blockIdx.y;
    const int filled = x.key_lengths != nullptr ? x.key_lengths[blockIdx.z] : x.kv_len;
    int seen = query < x.q_len ? filled : 0;
    if (x.causal && seen > query + x.kv_len - x.q_len + 1) seen = query + x.kv_len - x.q_len + 1;

    for (int d = lane; d < head_dim && query < x.q_len; d += 32) {
        q_rows[warp][d] = x.q[(head * x.q_len + query) * head_dim + d] / sqrtf(static_cast<float>(head_dim));
    }
    float acc[values] = {}, m = -INFINITY, l = 0.0f;
    for (int first = 0; first < filled; first += tile) {
        const int count = min(tile, filled - first);
        for (int t = warp; t < count; t += queries) {
            for (int d = lane; d < head_dim; d += 32) {
                key_rows[t][d] = x.k[(head * x.kv_len + first + t) * head_dim + d];
                value_rows[t][d] = x.v[(head * x.kv_len + first + t) * head_dim + d];
            }
        }
        __syncthreads();
        float score = -INFINITY;
        if (first + lane < seen) {
            score = 0.0f;
            for (int d = 0; d < head_dim; ++d) score += q_rows[warp][d] * key_rows[lane][d];
        }
        float larger = fmaxf(m, score);
        for (int offset = 16; offset > 0; offset /= 2) larger = fmaxf(larger, __shfl_xor_sync(all, larger, offset));
        if (larger > -INFINITY) {  // the whole warp: all lanes have the same maximum
            const float factor = expf(m - larger), weight = expf(score - larger);
            m = larger;
            l = l * factor + weight;
            for (float& value : acc) value *= factor;
            for (int t = 0; t < count; ++t) {
                const float weight_of_key = __shfl_sync(all, weight, t);
                for (int i = 0; i < values; ++i) acc[i] += weight_of_key * value_rows[t][lane + 32 * i];
            }
        }
        __syncthreads();
    }
    for (int offset = 16; offset > 0; offset /= 2) l += __shfl_xor_sync(all, l, offset);
    for (int i = 0; i < values && query < x.q_len; ++i) {
        x.out[(head * x.q_len + query) * head_dim + lane + 32 * i] = seen > 0 ? acc[i] / l : 0.0f;
    }
}

void fused_attention(const FusedAttentionArgs& x) {
    if (x.head_dim != 32 && x.head_dim != 64 && x.head_dim != 128) {
        throw ShapeError("fused_attention: no kernel for head_dim " + std::to_string(x.head_dim));
    }
    if (x.batch == 0 || x.num_heads == 0 || x.q_len == 0) return;
    const dim3 grid((x.q_len + queries - 1) / queries, x.num_heads, x.batch), block(32, queries);
    switch (x.head_dim) {
        case 32:
            warp_attention<1><<<grid, block>>>(x);
            break;
        case 64:
            warp_attention<2><<<grid, block>>>(x);
            break;
        default:
            warp_attention<4><<<grid, block>>>(x);
    }
}

}  // namespace wb
