/// @file
/// Three transposes: stores that are strided; a tile in shared memory whose columns lie in one bank; a tile with one column more.
#include <cuda_runtime.h>

#include "counted.hpp"

__global__ void transpose_naive(const float* x, float* out, int n) {
    const unsigned column = blockIdx.x * 32 + threadIdx.x;
    for (unsigned row = blockIdx.y * 32 + threadIdx.y; row < blockIdx.y * 32 + 32; row += 8) {
        out[column * n + row] = x[row * n + column];  // NAIVE
    }
}

template <int padding>
__global__ void transpose_tile(const float* x, float* out, int n) {
    __shared__ float tile[32][32 + padding];
    const int column = blockIdx.x * 32 + threadIdx.x, out_column = blockIdx.y * 32 + threadIdx.x;
    for (int j = threadIdx.y; j < 32; j += 8) {
        tile[j][threadIdx.x] = x[(blockIdx.y * 32 + j) * n + column];  // IN
    }
    __syncthreads();  // MEET
    for (int j = threadIdx.y; j < 32; j += 8) {
        out[(blockIdx.x * 32 + j) * n + out_column] = tile[threadIdx.x][j];  // OUT
    }
}

namespace wb::counted {

void transpose(const float* x, float* out, int n, Transpose how) {
    const dim3 grid(n / 32, n / 32), block(32, 8);
    if (how == Transpose::naive) transpose_naive<<<grid, block>>>(x, out, n);
    if (how == Transpose::tiled) transpose_tile<0><<<grid, block>>>(x, out, n);
    if (how == Transpose::padded) transpose_tile<1><<<grid, block>>>(x, out, n);
}

}  // namespace wb::counted
