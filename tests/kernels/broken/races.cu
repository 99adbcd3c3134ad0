/// @file
/// Data races, and code that only looks like one.
#include <cuda_runtime.h>

#include "broken.hpp"

__global__ void shift(float* x) {
    __shared__ float staged[64];
    const int t = threadIdx.x;
    staged[t] = x[t];
    x[t] = staged[(t + 1) % 64];  // __syncthreads() is missing before
}

__global__ void exchange(float* x) {
    __shared__ float staged[32];
    const int t = threadIdx.x;
    staged[t] = x[t];
    x[t] = staged[t ^ 1] + __shfl_xor_sync(0xffffffff, x[t], 1);  // a shuffle orders no memory
}

__global__ void half_synchronises(float* x) {
    __shared__ float staged[32];
    const int t = threadIdx.x;
    staged[t] = x[t];
    if (t < 16) __syncwarp(0x0000ffff);
    x[t] = t < 16 ? staged[31 - t] : 0.0f;
}

__global__ void overwrite(float* x) {
    const float first = x[0];
    if (threadIdx.x == 40) x[0] = 2.0f;
    if (threadIdx.x > 0) x[threadIdx.x] = first;
}

__global__ void add_to_one(float* x) { x[0] += 1.0f; }

__global__ void add_and_read(int* x) {
    if (threadIdx.x == 0) atomicAdd(x, 1);
    if (threadIdx.x == 40) x[1] = x[0];
}

__global__ void write_bytes(signed char* x, int stride) { x[threadIdx.x * stride] = 1; }

__global__ void add_up_last(float* partial, float* out, unsigned* counter) {
    partial[blockIdx.x] = 1.0f;
    if (atomicAdd(counter, 1u) == gridDim.x - 1) {  // no __threadfence() before
        float sum = 0.0f;
        for (unsigned b = 0; b < gridDim.x; ++b) sum += partial[b];
        *out = sum;
    }
}

__global__ void stepwise(float* x) {
    __shared__ float a[64], b[64];
    const int t = threadIdx.x;
    a[t] = x[t];
    b[t] = x[t] + 1.0f;
    __syncthreads();
    const float sum = a[63 - t] + b[(t + 7) % 64];
    __syncthreads();
    a[t] = sum;
    __syncthreads();
    x[t] = a[t ^ 32];
}

template <int threads>
__global__ void shift_any(float* x) {
    __shared__ float staged[threads];
    staged[threadIdx.x] = x[threadIdx.x];
    x[threadIdx.x] = staged[(threadIdx.x + 1) % threads];
}

namespace wb::broken {

void shift_in_a_template(float* x) { shift_any<64><<<1, 64>>>(x); }
void shift_without_barrier(float* x) { shift<<<1, 64>>>(x); }
void exchange_without_syncwarp(float* x) { exchange<<<1, 32>>>(x); }
void syncwarp_of_other_lanes(float* x) { half_synchronises<<<1, 32>>>(x); }
void overwrite_what_others_read(float* x) { overwrite<<<1, 64>>>(x); }
void all_blocks_add_to_one(float* x) { add_to_one<<<4, 1>>>(x); }
void atomic_and_plain(int* x) { add_and_read<<<1, 64>>>(x); }
void two_threads_one_byte(std::int8_t* x) { write_bytes<<<1, 2>>>(x, 0); }
void neighbouring_bytes(std::int8_t* x) { write_bytes<<<1, 64>>>(x, 1); }
void last_block_without_fence(float* partial, float* out, unsigned* counter) { add_up_last<<<4, 1>>>(partial, out, counter); }
void barrier_in_half_of_the_steps(float* x) { stepwise<<<1, 64>>>(x); }

}  // namespace wb::broken
