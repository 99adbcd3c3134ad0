/// @file
/// Threads that wait for what never comes.
#include <cuda_runtime.h>

#include <cassert>
#include <stdexcept>

#include "broken.hpp"

__global__ void diverge() {
    if (threadIdx.x < 40) {
        __syncthreads();
    } else {
        __syncthreads();
    }
}

__global__ void barrier_or_shuffle(int* out) {
    int value = 1;
    if (threadIdx.x == 0) {
        __syncthreads();
    } else if (threadIdx.x < 32) {
        value = __shfl_sync(0xffffffff, value, 0);
    }
    if (out != nullptr) out[threadIdx.x] = value;
}

__global__ void different_functions() {
    if (threadIdx.x % 32 == 5) {
        __ballot_sync(0xffffffff, 1);
    } else {
        __syncwarp();
    }
}

__global__ void masks() { __syncwarp(threadIdx.x % 2 == 0 ? 0xffffffffu : 0xfffffffeu | 1u << threadIdx.x % 32); }

__global__ void not_in_mask() { __syncwarp(0x0000ffff); }

__global__ void never_comes() {
    if (threadIdx.x == 1) __syncthreads();
    if (threadIdx.x < 32) __syncwarp();
}

__global__ void early_exit(int* out) {
    if (threadIdx.x >= 40) return;
    __syncthreads();
    __syncwarp();
    out[threadIdx.x] = __popc(__ballot_sync(0xffffffff, 1));
}

__global__ void read_exited(float* out) {
    if (threadIdx.x >= 16) return;
    out[threadIdx.x] = __shfl_xor_sync(0xffffffff, 1.0f, 16);
}

__global__ void width(int* out) {
    const int value = __shfl_sync(0xffffffff, 1, 0, 12);
    if (out != nullptr) *out = value;
}

__global__ void assert_positive(int value) { assert(value > 0); }

__global__ void trap() { __trap(); }

#ifdef WB_SIMT  // nvcc refuses it
__global__ void throw_it() { throw std::runtime_error("no such thing"); }
#else
__global__ void throw_it() {}
#endif

namespace wb::broken {

void divergent_barrier() { diverge<<<1, 64>>>(); }
void barrier_and_shuffle() { barrier_or_shuffle<<<1, 64>>>(nullptr); }
void different_warp_functions() { different_functions<<<1, 64>>>(); }
void different_masks() { masks<<<1, 64>>>(); }
void lane_not_in_mask() { not_in_mask<<<1, 64>>>(); }
void lane_that_never_comes() { never_comes<<<1, 64>>>(); }
void exited_threads_are_not_waited_for(int* out) { early_exit<<<1, 64>>>(out); }
void shuffle_from_exited_lane(float* out) { read_exited<<<1, 32>>>(out); }
void bad_width() { width<<<1, 32>>>(nullptr); }
void throws() { throw_it<<<1, 1>>>(); }
void asserts(int value) { assert_positive<<<1, 1>>>(value); }
void traps() { trap<<<1, 1>>>(); }

}  // namespace wb::broken
