// NOTE: one warp per row, four rows per block, maximum and sum in one pass (Milakov & Gimelshein 2018); no shared memory.
#include "row_softmax.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>

namespace wb {

__device__ float safe_exp(float x, float m) {
    return m == -INFINITY ? 0.0f : expf(x - m);
}

__global__ void warp_softmax(const float* scores, float* weights, int rows, int cols) {
    const int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32, lane = threadIdx.x % 32;
    if (row >= rows) return;  // whole warps leave, so the full masks below stay true
    const float* s = scores + static_cast<std::size_t>(row) * cols;
    float* w = weights + static_cast<std::size_t>(row) * cols;
    float m = -INFINITY, l = 0.0f;
    for (int c = lane; c < cols; c += 32) {
        const float larger = fmaxf(m, s[c]);
        l = l * safe_exp(m, larger) + safe_exp(s[c], larger);
        m = larger;
    }
    for (int offset = 16; offset > 0; offset >>= 1) {
        const float other_m = __shfl_down_sync(0xffffffff, m, offset),
                    other_l = __shfl_down_sync(0xffffffff, l, offset);
        const float larger = fmaxf(m, other_m);
        l = l * safe_exp(m, larger) + other_l * safe_exp(other_m, larger);
        m = larger;
    }
    m = __shfl_sync(0xffffffff, m, 0);
    l = __shfl_sync(0xffffffff, l, 0);
    for (int c = lane; c < cols; c += 32) w[c] = l > 0.0f ? safe_exp(s[c], m) / l : 0.0f;
}

void row_softmax(const float* scores, float* weights, int rows, int cols) {
    if (rows > 0 && cols > 0) warp_softmax<<<(rows + 3) / 4, 128>>>(scores, weights, rows, cols);
}

}  // namespace wb
