// NOTE: reduces by a tree in shared memory, with no shuffle and no warp in sight, and keeps the exponentials in `weights`.
#include "row_softmax.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>

namespace wb {

__global__ void tree_softmax(const float* scores, float* weights, int cols) {
    extern __shared__ float tree[];
    const float* row = scores + static_cast<std::size_t>(blockIdx.x) * cols;
    float* out = weights + static_cast<std::size_t>(blockIdx.x) * cols;
    const int t = threadIdx.x, threads = blockDim.x;

    float m = -INFINITY;
    for (int c = t; c < cols; c += threads) m = fmaxf(m, row[c]);
    tree[t] = m;
    for (int half = threads / 2; half > 0; half /= 2) {
        __syncthreads();
        if (t < half) tree[t] = fmaxf(tree[t], tree[t + half]);
    }
    __syncthreads();
    m = tree[0];
    __syncthreads();

    float l = 0.0f;
    for (int c = t; c < cols; c += threads) {
        const float e = m == -INFINITY ? 0.0f : expf(row[c] - m);
        out[c] = e;
        l += e;
    }
    tree[t] = l;
    for (int half = threads / 2; half > 0; half /= 2) {
        __syncthreads();
        if (t < half) tree[t] += tree[t + half];
    }
    __syncthreads();
    l = tree[0];
    for (int c = t; c < cols; c += threads) out[c] = l == 0.0f ? 0.0f : out[c] / l;
}

void row_softmax(const float* scores, float* weights, int rows, int cols) {
    constexpr int threads = 128;
    if (rows > 0 && cols > 0) tree_softmax<<<rows, threads, threads * sizeof(float)>>>(scores, weights, cols);
}

}  // namespace wb
