/// @file
/// Grids and blocks of two and three dimensions: each element is told the number that its thread works out for it.
#include <cuda_runtime.h>
#include <device_launch_parameters.h>

#include "tutorial.hpp"

__global__ void number_2d(int* out, int width, int height) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x < width && y < height) out[y * width + x] = y * width + x;
}

__global__ void number_3d(int* out, dim3 size) {
    const unsigned x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y,
                   z = blockIdx.z * blockDim.z + threadIdx.z;
    if (x >= size.x || y >= size.y || z >= size.z) return;
    out[(z * size.y + y) * size.x + x] = static_cast<int>((z * size.y + y) * size.x + x);
}

namespace wb::tutorial {

std::vector<int> indices_2d(int width, int height) {
    int* device;
    cudaMalloc(&device, sizeof(int) * width * height);
    dim3 threads(16, 8);
    dim3 blocks((width + threads.x - 1) / threads.x, (height + threads.y - 1) / threads.y);
    number_2d<<<blocks, threads>>>(device, width, height);
    std::vector<int> out(width * height);
    cudaMemcpy(out.data(), device, out.size() * sizeof(int), cudaMemcpyDeviceToHost);
    cudaFree(device);
    return out;
}

std::vector<int> indices_3d(int width, int height, int depth) {
    int* device;
    cudaMalloc(&device, sizeof(int) * width * height * depth);
    number_3d<<<dim3((width + 3) / 4, (height + 3) / 4, (depth + 1) / 2), dim3(4, 4, 2)>>>(
        device, dim3(width, height, depth));
    std::vector<int> out(width * height * depth);
    cudaMemcpy(out.data(), device, out.size() * sizeof(int), cudaMemcpyDeviceToHost);
    cudaFree(device);
    return out;
}

}  // namespace wb::tutorial
