/// @file
/// A plain CUDA file, as somebody would hand to ./workbook profile: no header of ours, and a launcher without arguments.
#include <cuda_runtime.h>

__global__ void add_rows(const float* x, float* sums, int n) {
    const int row = blockIdx.x * blockDim.x + threadIdx.x;
    float sum = 0;
    for (int k = 0; k < n; ++k) {
        sum += x[row * n + k];
    }
    sums[row] = sum;
}

void launch_add_rows() {
    constexpr int n = 64;
    float *x, *sums;
    cudaMalloc(&x, n * n * sizeof(float));
    cudaMalloc(&sums, n * sizeof(float));
    cudaMemset(x, 0, n * n * sizeof(float));
    add_rows<<<n / 32, 32>>>(x, sums, n);
    cudaFree(x);
    cudaFree(sums);
}
