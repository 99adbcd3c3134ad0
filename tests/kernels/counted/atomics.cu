/// @file
/// Atomics whose lanes collide.
#include <cuda_runtime.h>

#include "counted.hpp"

__global__ void count_in_global(int* bins, unsigned num_bins) {
    atomicAdd(&bins[threadIdx.x % num_bins], 1);  // GLOBAL
}

__global__ void count_in_shared(int* bins, unsigned num_bins) {
    __shared__ int own[64];
    if (threadIdx.x < num_bins) own[threadIdx.x] = 0;
    __syncthreads();
    atomicAdd(&own[threadIdx.x % num_bins], 1);  // SHARED
    __syncthreads();
    if (threadIdx.x < num_bins) atomicAdd(&bins[threadIdx.x], own[threadIdx.x]);  // MERGE
}

namespace wb::counted {

void histogram(int* bins, int num_bins, int threads) {
    count_in_global<<<1, threads>>>(bins, static_cast<unsigned>(num_bins));
}
void shared_histogram(int* bins, int num_bins, int threads) {
    count_in_shared<<<1, threads>>>(bins, static_cast<unsigned>(num_bins));
}

}  // namespace wb::counted
