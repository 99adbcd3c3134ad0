// NOTE: one warp per query, lanes over head_dim, one key at a time by an online softmax; neither shared memory nor a barrier.
#include "fused_attention.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

template <int values>  // of a row, in each lane: head_dim / 32
__global__ void warp_attention(FusedAttentionArgs x) {
    constexpr int head_dim = 32 * values;
    const int query = blockIdx.x * blockDim.y + threadIdx.y, lane = threadIdx.x;
    if (query >= x.q_len) return;
    const std::size_t head = static_cast<std::size_t>(blockIdx.z) * x.num_heads + blockIdx.y;
    int seen = x.key_lengths != nullptr ? x.key_lengths[blockIdx.z] : x.kv_len;
    if (x.causal && seen > query + x.kv_len - x.q_len + 1) seen = query + x.kv_len - x.q_len + 1;

    float q[values], acc[values] = {}, m = -INFINITY, l = 0.0f;
    for (int i = 0; i < values; ++i) {
        q[i] = x.q[(head * x.q_len + query) * head_dim + lane + 32 * i] / sqrtf(static_cast<float>(head_dim));
    }
    for (int key = 0; key < seen; ++key) {
        const std::size_t row = (head * x.kv_len + key) * head_dim;
        float score = 0.0f;
        for (int i = 0; i < values; ++i) score += q[i] * x.k[row + lane + 32 * i];
        for (int offset = 16; offset > 0; offset /= 2) score += __shfl_xor_sync(0xffffffffu, score, offset);
        if (score > m) {
            const float factor = expf(m - score);
            l *= factor;
            for (float& value : acc) value *= factor;
            m = score;
        }
        const float weight = expf(score - m);
        l += weight;
        for (int i = 0; i < values; ++i) acc[i] += weight * x.v[row + lane + 32 * i];
    }
    for (int i = 0; i < values; ++i) {
        x.out[(head * x.q_len + query) * head_dim + lane + 32 * i] = seen > 0 ? acc[i] / l : 0.0f;
    }
}

void fused_attention(const FusedAttentionArgs& x) {
    if (x.head_dim != 32 && x.head_dim != 64 && x.head_dim != 128) {
        throw ShapeError("fused_attention: no kernel for head_dim " + std::to_string(x.head_dim));
    }
    if (x.batch == 0 || x.num_heads == 0 || x.q_len == 0) return;
    const dim3 grid((x.q_len + 3) / 4, x.num_heads, x.batch), block(32, 4);
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
