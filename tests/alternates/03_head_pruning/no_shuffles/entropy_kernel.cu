/// @file
/// Exercise 3.10 another way: a thread for each row of 64, which come to shared memory 32 keys at a time, and a tree in shared memory that adds
/// up the threads of a head: no warp function.
#include "entropy_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>

namespace wb {

constexpr int threads = 64, keys = 32;

/// The first weight of a row of the head, or nullptr for a row that is padding, or is none.
__device__ const float* row_of(const HeadEntropyArgs& args, int row) {
    if (row >= args.batch * args.q_len) return nullptr;
    const int entry = row / args.q_len, query = row % args.q_len;
    if (args.query_lengths != nullptr && query >= args.query_lengths[entry]) return nullptr;
    return args.weights +
           ((static_cast<std::size_t>(entry) * args.heads + blockIdx.x) * args.q_len + query) * args.kv_len;
}

__global__ void one_thread_per_row(HeadEntropyArgs args) {
    __shared__ float sums[threads];
    __shared__ int counts[threads];
    __shared__ float tile[threads][keys + 1];
    const int t = threadIdx.x, all = args.batch * args.q_len;
    float sum = 0.0f;
    int count = 0;
    for (int first = 0; first < all; first += threads) {
        float total = 0.0f;
        for (int start = 0; start < args.kv_len; start += keys) {
            const int column = t % keys, key = start + column;
            __syncthreads();
            for (int r = t / keys; r < threads; r += threads / keys) {
                const float* row = row_of(args, first + r);
                tile[r][column] = row != nullptr && key < args.kv_len ? row[key] : 0.0f;
            }
            __syncthreads();
            for (int j = 0; j < keys; ++j) {
                const float p = tile[t][j];
                total += p;
                sum -= p == 0.0f ? 0.0f : p * logf(p);
            }
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
