/// @file
/// The first three reductions of Harris, "Optimizing parallel reduction in CUDA", 2007.
#include <cuda_runtime.h>

#include "counted.hpp"

__global__ void reduce_interleaved(const float* x, float* out) {
    __shared__ float partial[256];
    const int i = threadIdx.x;
    partial[i] = x[i];
    __syncthreads();
    for (int s = 1; s < 256; s *= 2) {
        if (i % (2 * s) == 0) {
            partial[i] += partial[i + s];  // INTERLEAVED
        }
        __syncthreads();  // LOOP
    }
    if (i == 0) out[0] = partial[0];
}

__global__ void reduce_interleaved_packed(const float* x, float* out) {
    __shared__ float partial[256];
    const int i = threadIdx.x;
    partial[i] = x[i];
    __syncthreads();
    for (int s = 1; s < 256; s *= 2) {
        const int at = 2 * s * i;
        if (at < 256) {
            partial[at] += partial[at + s];  // PACKED
        }
        __syncthreads();
    }
    if (i == 0) out[0] = partial[0];
}

__global__ void reduce_sequential(const float* x, float* out) {
    __shared__ float partial[256];
    const int i = threadIdx.x;
    partial[i] = x[i];
    __syncthreads();
    for (int s = 128; s > 0; s /= 2) {
        if (i < s) {
            partial[i] += partial[i + s];  // SEQUENTIAL
        }
        __syncthreads();
    }
    if (i == 0) out[0] = partial[0];
}

namespace wb::counted {

void reduce(const float* x, float* out, Reduction how) {
    if (how == Reduction::interleaved) reduce_interleaved<<<1, 256>>>(x, out);
    if (how == Reduction::interleaved_packed) reduce_interleaved_packed<<<1, 256>>>(x, out);
    if (how == Reduction::sequential) reduce_sequential<<<1, 256>>>(x, out);
}

}  // namespace wb::counted
