/// @file
/// Row softmax, float32: weights[r,c] = exp(scores[r,c] - m) / l, m = max_c scores[r,c], l = sum_c exp(scores[r,c] - m)
///     grid (rows): one CUDA block per row, up to 256 threads       warp 0: t 0 .. 31  --5 shuffles--> partial[0] |
///     thread t takes columns t, t + 256, ..: neighbours read       warp 1: t 32 .. 63 --5 shuffles--> partial[1] | 5
///     neighbours, so coalesced, however many columns there are     ..                                 ..         |
/// Traffic per row of C columns: 4 C bytes from global memory (and 8 C from cache while a row fits there), writes 4 C.
/// Work 2 C calls of exp: bound by memory. Shared: 128 bytes. Barriers: 2 a reduction, so 4. Requires nothing of C.
#include "row_softmax.hpp"

#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "wb/errors.hpp"

namespace wb {

// TODO(2.8): one row's softmax, by the threads of one block (or of one warp: the grid is yours to choose).
//   Equation: as above. Each thread reduces its own columns, then the lanes of a warp reduce by __shfl_xor_sync, then
//             the warps through shared memory: once for the maximum, once for the sum.
//   Ask:      after 5 steps of __shfl_xor_sync, which lanes hold the warp's result? Who reads partial[] last, and what
//             keeps the next reduction from overwriting it before that?
//   Traps:    a row may be wider than the block, and narrower; a full mask waits for all 32 lanes, also for those that
//             have no column; a row of -inf throughout makes -inf - (-inf), which is NaN, and a sum of 0.
// SOLUTION BEGIN 2.8 removed
namespace {

constexpr unsigned full_warp = 0xffffffffu;
constexpr int warp_size = 32;
constexpr int max_threads = 256;

struct Larger {
    __device__ float operator()(float a, float b) const { return fmaxf(a, b); }
};

struct Sum {
    __device__ float operator()(float a, float b) const { return a + b; }
};

/// The combination of `value` over the 32 lanes of a warp, in every lane: log2(32) = 5 exchanges, no memory.
template <class Combine>
__device__ float reduce_warp(float value, Combine combine) {
    for (int distance = warp_size / 2; distance > 0; distance /= 2) {
        value = combine(value, __shfl_xor_sync(full_warp, value, distance));
    }
    return value;
}

/// The combination of `value` over all threads of the block, in every thread. All threads must call it.
/// @param identity  what leaves any value as it is: 0 for a sum, -inf for a maximum
/// @param partial   shared memory, one float per warp; may be the previous call's
template <class Combine>
__device__ float reduce_block(float value, Combine combine, float identity, float* partial) {
    const int lane = threadIdx.x % warp_size, warp = threadIdx.x / warp_size, warps = blockDim.x / warp_size;
    value = reduce_warp(value, combine);
    __syncthreads();  // the previous reduction's partials have been read by every warp
    if (lane == 0) partial[warp] = value;
    __syncthreads();
    return reduce_warp(lane < warps ? partial[lane] : identity, combine);
}

}  // namespace
// SOLUTION END
__global__ void row_softmax_kernel(const float* scores, float* weights, int cols) {
    // SOLUTION BEGIN 2.8 removed
    __shared__ float partial[warp_size];
    const float* row = scores + static_cast<std::size_t>(blockIdx.x) * cols;
    float* row_weights = weights + static_cast<std::size_t>(blockIdx.x) * cols;

    float m = -INFINITY;
    for (int c = threadIdx.x; c < cols; c += blockDim.x) m = fmaxf(m, row[c]);
    m = reduce_block(m, Larger{}, -INFINITY, partial);
    if (m == -INFINITY) m = 0.0f;  // every key masked: exp(-inf - 0) is 0, where exp(-inf - (-inf)) is NaN

    float l = 0.0f;
    for (int c = threadIdx.x; c < cols; c += blockDim.x) l += expf(row[c] - m);
    l = reduce_block(l, Sum{}, 0.0f, partial);

    const float scale = l > 0.0f ? 1.0f / l : 0.0f;
    for (int c = threadIdx.x; c < cols; c += blockDim.x) row_weights[c] = expf(row[c] - m) * scale;
    // SOLUTION END
}

void row_softmax(const float* scores, float* weights, int rows, int cols) {
    // SOLUTION BEGIN 2.8
    if (rows == 0 || cols == 0) return;  // a grid or a block of 0 is an invalid configuration
    const int threads = std::min(max_threads, (cols + warp_size - 1) / warp_size * warp_size);
    row_softmax_kernel<<<rows, threads>>>(scores, weights, cols);
    // SOLUTION END
}

}  // namespace wb
