/// @file
/// Exercise 3.10 another way: a thread for each query, which goes through its keys alone, with an online softmax in its registers. No shared
/// memory, no barrier, no warp function; keys come from the cache.
#include "live_heads_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

__global__ void one_thread_per_query(LiveHeadsArgs args) {
    const int query = blockIdx.y * blockDim.x + threadIdx.x;
    if (query >= args.q_len) return;
    const int entry = args.live[blockIdx.x] / args.heads, head = args.live[blockIdx.x] % args.heads;
    const std::size_t width = static_cast<std::size_t>(args.heads) * args.head_dim;
    const std::size_t row = (static_cast<std::size_t>(entry) * args.q_len + query) * width + head * args.head_dim;

    int seen = args.kv_len;
    if (args.key_lengths != nullptr) seen = args.key_lengths[entry];
    if (args.causal) seen = min(seen, query + args.kv_len - args.q_len + 1);

    float acc[128], m = 0.0f, l = 0.0f;
    for (int c = 0; c < args.head_dim; ++c) acc[c] = 0.0f;
    for (int key = 0; key < seen; ++key) {
        const std::size_t column = (static_cast<std::size_t>(entry) * args.kv_len + key) * width + head * args.head_dim;
        float score = 0.0f;
        for (int c = 0; c < args.head_dim; ++c) score += args.q[row + c] * args.k[column + c];
        score /= sqrtf(static_cast<float>(args.head_dim));
        if (key == 0) m = score;
        const float largest = fmaxf(m, score), factor = expf(m - largest), weight = expf(score - largest);
        l = l * factor + weight;
        for (int c = 0; c < args.head_dim; ++c) acc[c] = acc[c] * factor + weight * args.v[column + c];
        m = largest;
    }
    for (int c = 0; c < args.head_dim; ++c) args.out[row + c] = seen > 0 ? acc[c] / l : 0.0f;
}

void live_heads_attention(const LiveHeadsArgs& args) {
    if (args.head_dim <= 0 || args.head_dim > 128)
        throw ShapeError("heads of " + std::to_string(args.head_dim) + " are not taken");
    if (args.num_live > 0 && args.q_len > 0)
        one_thread_per_query<<<dim3(args.num_live, (args.q_len + 31) / 32), 32>>>(args);
}

}  // namespace wb
