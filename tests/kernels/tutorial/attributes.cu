/// @file
/// More than 48 KiB of dynamic shared memory, asked for as CUDA wants it; and what a program asks the device first.
#include <cuda_runtime.h>

#include "tutorial.hpp"

/// Each block reverses its part of x through shared memory.
__device__ float warp_sum(float value) { return value; }

__global__ void reverse(float* x, int n) {
    extern __shared__ float staged[];
    for (int i = threadIdx.x; i < n; i += blockDim.x) staged[i] = warp_sum(x[i]);
    __syncthreads();
    for (int i = threadIdx.x; i < n; i += blockDim.x) x[i] = staged[n - 1 - i];
}

namespace wb::tutorial {

std::vector<float> large_shared_memory(int floats) {
    cudaDeviceProp properties;
    if (cudaGetDeviceProperties(&properties, 0) != cudaSuccess) return {};
    std::vector<float> x(floats);
    for (int i = 0; i < floats; ++i) x[i] = static_cast<float>(i);
    const size_t bytes = floats * sizeof(float);
    if (bytes > properties.sharedMemPerBlockOptin) return {};
    cudaFuncSetAttribute(reverse, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes));
    float* device;
    cudaMalloc(&device, bytes);
    cudaMemcpy(device, x.data(), bytes, cudaMemcpyHostToDevice);
    reverse<<<1, 256, bytes>>>(device, floats);
    cudaMemcpy(x.data(), device, bytes, cudaMemcpyDeviceToHost);
    cudaFree(device);
    return x;
}

}  // namespace wb::tutorial
