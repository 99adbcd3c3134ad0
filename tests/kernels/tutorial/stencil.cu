/// @file
/// A one-dimensional stencil: each block loads its elements and a halo to shared memory; the coefficients are in constant memory.
#include <cuda_runtime.h>

#include "tutorial.hpp"

#define RADIUS 3

__constant__ float c_coefficients[2 * RADIUS + 1];

extern __shared__ float tile[];  // at file scope, as many samples have it

__global__ void stencil_1d(const float* in, float* out, int n) {
    const int g = blockIdx.x * blockDim.x + threadIdx.x, s = threadIdx.x + RADIUS;
    tile[s] = g < n ? in[g] : 0.0f;
    if (threadIdx.x < RADIUS) {
        tile[s - RADIUS] = g >= RADIUS ? in[g - RADIUS] : 0.0f;
        tile[s + blockDim.x] = g + static_cast<int>(blockDim.x) < n ? in[g + blockDim.x] : 0.0f;
    }
    __syncthreads();
    if (g >= n) return;
    float sum = 0.0f;
    for (int offset = -RADIUS; offset <= RADIUS; offset++) sum += c_coefficients[offset + RADIUS] * tile[s + offset];
    out[g] = sum;
}

namespace wb::tutorial {

std::vector<float> stencil(const std::vector<float>& x, const std::vector<float>& coefficients) {
    const int n = static_cast<int>(x.size()), threads = 64;
    float *device_in, *device_out;
    cudaMemcpyToSymbol(c_coefficients, coefficients.data(), coefficients.size() * sizeof(float));
    cudaMalloc(&device_in, n * sizeof(float));
    cudaMalloc(&device_out, n * sizeof(float));
    cudaMemcpy(device_in, x.data(), n * sizeof(float), cudaMemcpyHostToDevice);
    stencil_1d<<<(n + threads - 1) / threads, threads, (threads + 2 * RADIUS) * sizeof(float)>>>(device_in, device_out, n);
    std::vector<float> out(n);
    cudaMemcpy(out.data(), device_out, n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(device_in);
    cudaFree(device_out);
    return out;
}

}  // namespace wb::tutorial
