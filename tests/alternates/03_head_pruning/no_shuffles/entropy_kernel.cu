/// @file
/// Exercise 3.10 another way: a thread for each row, and a tree in shared memory that adds up the threads of a head: no warp function.
#include "entropy_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>

namespace wb {

constexpr int threads = 64;

__global__ void one_thread_per_row(HeadEntropyArgs args) {
    __shared__ float sums[threads];
    __shared__ int counts[threads];
    const int t = threadIdx.x, all = args.batch * args.q_len;
    float sum = 0.0f;
    int count = 0;
    for (int r = t; r < all; r += threads) {
        const int entry = r / args.q_len, query = r % args.q_len;
        if (args.query_lengths != nullptr && query >= args.query_lengths[entry]) continue;
        const std::size_t begin =
            ((static_cast<std::size_t>(entry) * args.heads + blockIdx.x) * args.q_len + query) * args.kv_len;
        float total = 0.0f;
        for (int j = 0; j < args.kv_len; ++j) {
            const float p = args.weights[begin + j];
            total += p;
            sum -= p == 0.0f ? 0.0f : p * logf(p);
        }
        if (total != 0.0f) ++count;
    }
    sums[t] = sum;
    counts[t] = count;
    for (int half = threads / 2; half > 0; half /= 2) {
        __syncthreads();
        if (t >= half) continue;
        sums[t] += sums[t + half];
        counts[t] += counts[t + half];
    }
    if (t != 0) return;
    args.nats[blockIdx.x] = sums[0];
    args.rows[blockIdx.x] = counts[0];
}

void head_entropy_sums(const HeadEntropyArgs& args) {
    if (args.heads > 0) one_thread_per_row<<<args.heads, threads>>>(args);
}

}  // namespace wb
