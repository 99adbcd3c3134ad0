/// @file
/// Exercise 3.10 another way: a thread for each query, which goes through its keys alone, with an online softmax in its registers; 32 of them
/// share a few keys and values in shared memory, where their queries and outputs pass too. No warp function.
#include "live_heads_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

constexpr int queries = 32, tile = 8;  // tile: keys

__global__ void one_thread_per_query(LiveHeadsArgs args) {
    extern __shared__ float rows[];  // [queries][d + 1], then [tile][d] keys, [tile][d] values
    const int d = args.head_dim, pitch = d + 1, first_query = blockIdx.y * queries, query = first_query + threadIdx.x;
    const int here = min(queries, args.q_len - first_query);
    float *row = rows + threadIdx.x * pitch, *key_rows = rows + queries * pitch, *value_rows = key_rows + tile * d;
    const int entry = args.live[blockIdx.x] / args.heads, head = args.live[blockIdx.x] % args.heads;
    const std::size_t width = static_cast<std::size_t>(args.heads) * args.head_dim;
    const std::size_t first_row = (static_cast<std::size_t>(entry) * args.q_len + first_query) * width + head * d;
    const std::size_t first_key_row = static_cast<std::size_t>(entry) * args.kv_len * width + head * d;

    const int filled = args.key_lengths != nullptr ? args.key_lengths[entry] : args.kv_len;
    int seen = query < args.q_len ? filled : 0;
    if (args.causal) seen = min(seen, query + args.kv_len - args.q_len + 1);

    float acc[128], m = 0.0f, l = 0.0f;
    for (int c = 0; c < d; ++c) acc[c] = 0.0f;
    for (int n = threadIdx.x; n < here * d; n += queries)
        rows[n / d * pitch + n % d] = args.q[first_row + n / d * width + n % d];
    __syncthreads();  // also where there are no keys: a query's row becomes its answer
    for (int first = 0; first < filled; first += tile) {
        const int keys = min(tile, filled - first);
        for (int n = threadIdx.x; n < keys * d; n += queries) {
            const std::size_t place = first_key_row + (first + n / d) * width + n % d;
            key_rows[n] = args.k[place];
            value_rows[n] = args.v[place];
        }
        __syncthreads();
        for (int t = 0; t < keys && first + t < seen; ++t) {
            float score = 0.0f;
            for (int c = 0; c < d; ++c) score += row[c] * key_rows[t * d + c];
            score /= sqrtf(static_cast<float>(d));
            if (first + t == 0) m = score;
            const float largest = fmaxf(m, score), factor = expf(m - largest), weight = expf(score - largest);
            l = l * factor + weight;
            for (int c = 0; c < d; ++c) acc[c] = acc[c] * factor + weight * value_rows[t * d + c];
            m = largest;
        }
        __syncthreads();
    }
    for (int c = 0; c < d; ++c) row[c] = seen > 0 ? acc[c] / l : 0.0f;
    __syncthreads();
    for (int n = threadIdx.x; n < here * d; n += queries)
        args.out[first_row + n / d * width + n % d] = rows[n / d * pitch + n % d];
}

void live_heads_attention(const LiveHeadsArgs& args) {
    if (args.head_dim <= 0 || args.head_dim > 128)
        throw ShapeError("heads of " + std::to_string(args.head_dim) + " are not taken");
    if (args.num_live == 0 || args.q_len == 0) return;
    const dim3 grid(args.num_live, (args.q_len + queries - 1) / queries);
    const std::size_t numbers = queries * (args.head_dim + 1) + 2 * tile * args.head_dim;
    one_thread_per_query<<<grid, queries, numbers * sizeof(float)>>>(args);
}

}  // namespace wb
