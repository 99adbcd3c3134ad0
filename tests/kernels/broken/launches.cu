/// @file
/// Launches that a GPU refuses.
#include <cuda_runtime.h>

#include "broken.hpp"

__global__ void nothing() {}

__global__ void much_shared(float* out) {
    __shared__ float most[11 * 1024];
    extern __shared__ float rest[];
    most[threadIdx.x] = rest[threadIdx.x] = 1.0f;
    if (out != nullptr) *out = most[0] + rest[0];
}

namespace wb::broken {

void launch(unsigned grid_x, unsigned grid_y, unsigned block_x, unsigned block_y, unsigned block_z, std::size_t shared_bytes) {
    nothing<<<dim3(grid_x, grid_y), dim3(block_x, block_y, block_z), shared_bytes>>>();
}

void launch_and_clear_the_error() {
    nothing<<<1, 2048>>>();
    cudaGetLastError();
}

void large_static_and_dynamic_shared() {
    const int dynamic_bytes = 200 * 1024;
    cudaFuncSetAttribute(much_shared, cudaFuncAttributeMaxDynamicSharedMemorySize, dynamic_bytes);
    much_shared<<<1, 1, dynamic_bytes>>>(nullptr);
}

}  // namespace wb::broken
