/// @file
/// Accesses outside of what was allocated or declared.
#include <cuda_runtime.h>

#include "broken.hpp"

__global__ void copy_first(const float* x, float* out, int index) { *out = x[index]; }
__global__ void store_at(float* x, int index) { x[index + static_cast<int>(threadIdx.x)] = 1.0f; }

__global__ void static_shared(float* out, int index) {
    __shared__ float eight[8];
    eight[threadIdx.x] = 1.0f;
    __syncthreads();
    if (threadIdx.x == 3) {
        float* any = eight;
        *out = any[index];
    }
}

__global__ void two_dimensions(float* out, int index) {
    __shared__ float rows[4][8];
    for (int row = 0; row < 4; ++row) rows[row][threadIdx.x] = 1.0f;
    __syncthreads();
    if (threadIdx.x == 0) *out = rows[0][index];
}

__global__ void dynamic_shared(float* out, int index) {
    extern __shared__ float eight[];
    eight[threadIdx.x] = 1.0f;
    __syncthreads();
    if (threadIdx.x == 0) *out = eight[index];
}

__global__ void uninitialised(float* out) {
    __shared__ float value;
    extern __shared__ float dynamic[];
    out[blockIdx.x] = value + dynamic[0];
    value = dynamic[0] = 1.0f;
}

namespace wb::broken {

void read_past_the_end(const float* x, float* out, int n) { copy_first<<<1, 1>>>(x, out, n); }
void write_past_the_end(float* x, int n) { store_at<<<1, 4>>>(x, n - 3); }
void write_before_the_start(float* x) { store_at<<<1, 1>>>(x, -1); }
void overrun_static_shared(float* out, int index) { static_shared<<<1, 8>>>(out, index); }
void overrun_inner_dimension(float* out, int index) { two_dimensions<<<1, 8>>>(out, index); }
void overrun_dynamic_shared(float* out, int index) { dynamic_shared<<<1, 8, 8 * sizeof(float)>>>(out, index); }
float host_reads_device_memory(const float* x) { return x[1]; }
void read_uninitialised_shared(float* out) { uninitialised<<<2, 1, sizeof(float)>>>(out); }
void kernel_reads_host_memory(const float* host, float* out) { copy_first<<<1, 1>>>(host, out, 0); }

}  // namespace wb::broken
