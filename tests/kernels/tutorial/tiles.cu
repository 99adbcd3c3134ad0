/// @file
/// Transpose and matrix product through tiles in static shared memory; the tile's size is a template argument.
#include <cuda_runtime.h>

#include "tutorial.hpp"

constexpr int tile_size = 32, block_rows = 8;

__global__ void transpose_tiles(float* out, const float* in, int rows, int cols) {
    __shared__ float tile[tile_size][tile_size + 1];  // + 1: no bank conflicts
    int x = blockIdx.x * tile_size + threadIdx.x;
    int y = blockIdx.y * tile_size + threadIdx.y;
    for (int j = 0; j < tile_size; j += block_rows) {
        if (x < cols && y + j < rows) tile[threadIdx.y + j][threadIdx.x] = in[(y + j) * cols + x];
    }
    __syncthreads();
    x = blockIdx.y * tile_size + threadIdx.x;
    y = blockIdx.x * tile_size + threadIdx.y;
    for (int j = 0; j < tile_size; j += block_rows) {
        if (x < rows && y + j < cols) out[(y + j) * rows + x] = tile[threadIdx.x][threadIdx.y + j];
    }
}

template <int TILE>
__global__ void matmul_tiles(const float* A, const float* B, float* C, int m, int n, int k) {
    __shared__ float As[TILE][TILE], Bs[TILE][TILE];
    const int row = blockIdx.y * TILE + threadIdx.y, col = blockIdx.x * TILE + threadIdx.x;
    float sum = 0.0f;
    for (int t = 0; t < (k + TILE - 1) / TILE; ++t) {
        const int a_col = t * TILE + threadIdx.x, b_row = t * TILE + threadIdx.y;
        As[threadIdx.y][threadIdx.x] = row < m && a_col < k ? A[row * k + a_col] : 0.0f;
        Bs[threadIdx.y][threadIdx.x] = b_row < k && col < n ? B[b_row * n + col] : 0.0f;
        __syncthreads();
#pragma unroll
        for (int i = 0; i < TILE; ++i) sum += As[threadIdx.y][i] * Bs[i][threadIdx.x];
        __syncthreads();
    }
    if (row < m && col < n) C[row * n + col] = sum;
}

namespace wb::tutorial {

std::vector<float> transpose(const std::vector<float>& x, int rows, int cols) {
    float *device_in, *device_out;
    const size_t bytes = x.size() * sizeof(float);
    cudaMalloc(&device_in, bytes);
    cudaMalloc(&device_out, bytes);
    cudaMemcpy(device_in, x.data(), bytes, cudaMemcpyHostToDevice);
    const dim3 grid((cols + tile_size - 1) / tile_size, (rows + tile_size - 1) / tile_size), block(tile_size, block_rows, 1);
    transpose_tiles<<<grid, block>>>(device_out, device_in, rows, cols);
    std::vector<float> out(x.size());
    cudaMemcpy(out.data(), device_out, bytes, cudaMemcpyDeviceToHost);
    cudaFree(device_in);
    cudaFree(device_out);
    return out;
}

std::vector<float> matmul(const std::vector<float>& a, const std::vector<float>& b, int m, int n, int k) {
    float *device_a, *device_b, *device_c;
    cudaMalloc(&device_a, a.size() * sizeof(float));
    cudaMalloc(&device_b, b.size() * sizeof(float));
    cudaMalloc(&device_c, sizeof(float) * m * n);
    cudaMemcpy(device_a, a.data(), a.size() * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(device_b, b.data(), b.size() * sizeof(float), cudaMemcpyHostToDevice);
    constexpr int TILE = 16;
    matmul_tiles<TILE>
        <<<dim3((n + TILE - 1) / TILE, (m + TILE - 1) / TILE), dim3(TILE, TILE)>>>(device_a, device_b, device_c, m, n, k);
    std::vector<float> c(m * n);
    cudaMemcpy(c.data(), device_c, c.size() * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(device_a);
    cudaFree(device_b);
    cudaFree(device_c);
    return c;
}

}  // namespace wb::tutorial
