/// @file
/// Branches and loops that part the lanes of a warp.
#include <cuda_runtime.h>

#include "counted.hpp"

__global__ void go_round(const float* x, float* out) {
    const int lane = threadIdx.x;
    float sum = 0;
    for (int k = 0; k < lane; ++k) {
        sum += x[k * 32 + lane];  // TRIPS
    }
    out[lane] = sum;  // TOGETHER
}

__global__ void take_turns(const float* x, float* out) {
    const int lane = threadIdx.x;
    float sum = 0;
    for (int k = 0; k < 8; ++k) {
        if ((k + lane) % 2 == 0) {
            sum += x[k * 32 + lane];  // TURNS
        }
    }
    out[lane] = sum;  // AFTER
}

__global__ void guard(const float* x, float* out, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    out[i] = x[i];  // GUARDED
}

__device__ __noinline__ float squared(const float* x, int i) {
    return x[i] * 2;  // CALLED
}

__global__ void call(const float* x, float* out) {
    const int lane = threadIdx.x;
    float value = 0;
    if (lane < 16) {
        value = squared(x, lane);
    }
    value += squared(x, lane + 32);
    out[lane] = value;  // BACK
}

__global__ void meet(const float* x, float* out) {
    const int lane = threadIdx.x;
    float value = 1;
    if (lane % 2 == 0) {
        value = x[lane];  // EVEN
        out[lane] = value;
    } else {
        value = x[lane] * 2;  // ODD
        out[lane] = value + 1;
    }
    out[lane + 32] = value;  // MET
}

__global__ void load_and_meet(const float* x, float* out, int events) {
    const int lane = threadIdx.x;
    float value = events % 2 == 0 ? 0 : x[lane];
    for (int i = 0; i < events / 2; ++i) value += x[lane];
    for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(0xffffffffu, value, distance);
    out[lane] = value;  // SUMMED
}

__global__ void lock_and_add(int* lock, int* sum) {
    bool done = false;
    while (!done) {
        if (atomicCAS(lock, 0, 1) == 0) {
            *sum = *sum + 1;
            __threadfence();
            atomicExch(lock, 0);
            done = true;
        }
    }
}

namespace wb::counted {

void lane_trips(const float* x, float* out) {
    go_round<<<1, 32>>>(x, out);
}
void every_other(const float* x, float* out) {
    take_turns<<<1, 32>>>(x, out);
}
void loads_and_meetings(const float* x, float* out, int events) {
    load_and_meet<<<1, 32>>>(x, out, events);
}
void guarded(const float* x, float* out, int n, int threads) {
    guard<<<1, threads>>>(x, out, n);
}
void called_in_a_branch(const float* x, float* out) {
    call<<<1, 32>>>(x, out);
}
void lanes_meet_after_a_branch(const float* x, float* out) {
    meet<<<1, 32>>>(x, out);
}
void spin_lock(int* lock, int* sum) {
    lock_and_add<<<1, 32>>>(lock, sum);
}

}  // namespace wb::counted
