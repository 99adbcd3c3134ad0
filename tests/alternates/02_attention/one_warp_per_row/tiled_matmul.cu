// NOTE: two buffers per tile, filled in turn, so that one barrier a step is enough; rectangular tiles, one warp per row of c.
#include "tiled_matmul.hpp"

#include <cuda_runtime.h>

#include <cstddef>

namespace wb {

constexpr int rows_of_c = 16, columns_of_c = 32, depth = 8;

__global__ void double_buffered(MatmulArgs x) {
    __shared__ float a[2][rows_of_c][depth], b[2][depth][columns_of_c];
    const int row = blockIdx.x * rows_of_c + threadIdx.y, column = blockIdx.y * columns_of_c + threadIdx.x;
    float sum = 0.0f;
    int buffer = 0;
    for (int start = 0; start < x.k; start += depth, buffer ^= 1) {
        if (threadIdx.x < depth) {
            const int t = start + threadIdx.x;
            a[buffer][threadIdx.y][threadIdx.x] =
                row < x.m && t < x.k ? x.a[static_cast<std::size_t>(row) * x.k + t] : 0.0f;
        }
        for (int i = threadIdx.y; i < depth; i += rows_of_c) {
            const int t = start + i;
            b[buffer][i][threadIdx.x] =
                t < x.k && column < x.n ? x.b[static_cast<std::size_t>(t) * x.n + column] : 0.0f;
        }
        __syncthreads();  // who is past it has left the other buffer, two steps old, behind
        for (int i = 0; i < depth; ++i) sum += a[buffer][threadIdx.y][i] * b[buffer][i][threadIdx.x];
    }
    if (row < x.m && column < x.n) x.c[static_cast<std::size_t>(row) * x.n + column] = sum;
}

void tiled_matmul(const MatmulArgs& x) {
    if (x.m == 0 || x.n == 0) return;
    const dim3 grid((x.m + rows_of_c - 1) / rows_of_c, (x.n + columns_of_c - 1) / columns_of_c);
    double_buffered<<<grid, dim3(columns_of_c, rows_of_c)>>>(x);
}

}  // namespace wb
