// NOTE: the textbook's 16 x 16 tiles, one thread per value of c, the tile's side a template parameter.
#include "tiled_matmul.hpp"

#include <cuda_runtime.h>

namespace wb {

template <int side>
__global__ void square_tiles(const float* a, const float* b, float* c, int m, int n, int k) {
    __shared__ float as[side][side];
    __shared__ float bs[side][side];
    const int row = blockIdx.y * side + threadIdx.y;
    const int col = blockIdx.x * side + threadIdx.x;
    float sum = 0.0f;
    for (int t = 0; t < (k + side - 1) / side; ++t) {
        as[threadIdx.y][threadIdx.x] = 0.0f;
        bs[threadIdx.y][threadIdx.x] = 0.0f;
        if (row < m && t * side + int(threadIdx.x) < k)
            as[threadIdx.y][threadIdx.x] = a[row * k + t * side + threadIdx.x];
        if (col < n && t * side + int(threadIdx.y) < k)
            bs[threadIdx.y][threadIdx.x] = b[(t * side + threadIdx.y) * n + col];
        __syncthreads();
        for (int i = 0; i < side; ++i) sum += as[threadIdx.y][i] * bs[i][threadIdx.x];
        __syncthreads();
    }
    if (row < m && col < n) c[row * n + col] = sum;
}

void tiled_matmul(const MatmulArgs& args) {
    if (args.m <= 0 || args.n <= 0) return;
    const dim3 threads(16, 16);
    const dim3 blocks((args.n + 15) / 16, (args.m + 15) / 16);
    square_tiles<16><<<blocks, threads>>>(args.a, args.b, args.c, args.m, args.n, args.k);
}

}  // namespace wb
