/// @file
/// Sums, four ways: a tree in dynamic shared memory (for float and double), shuffles, and a second stage by the last block.
#include <cuda_runtime.h>

#include "tutorial.hpp"

template <class T>
__device__ T* dynamic_shared() {
    extern __shared__ __align__(16) unsigned char bytes[];
    return reinterpret_cast<T*>(bytes);
}

template <class T>
__global__ void sum_tree(const T* x, T* out, int n) {
    T* partial = dynamic_shared<T>();
    const unsigned t = threadIdx.x;
    const int i = blockIdx.x * blockDim.x + t;
    partial[t] = i < n ? x[i] : T(0);
    __syncthreads();
    for (unsigned distance = blockDim.x / 2; distance > 0; distance >>= 1) {
        if (t < distance) partial[t] += partial[t + distance];
        __syncthreads();
    }
    if (t == 0) out[blockIdx.x] = partial[0];
}

__inline__ __device__ float warp_sum(float value) {
#pragma unroll
    for (int offset = warpSize / 2; offset > 0; offset /= 2) value += __shfl_down_sync(0xffffffff, value, offset);
    return value;
}

__global__ void __launch_bounds__(256) sum_shuffle(const float* __restrict__ x, float* __restrict__ out, int n) {
    __shared__ float partial[32];
    float value = 0.0f;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) value += __ldg(&x[i]);
    const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    value = warp_sum(value);
    if (lane == 0) partial[warp] = value;
    __syncthreads();
    if (warp == 0) {
        value = lane < static_cast<int>(blockDim.x / 32) ? partial[lane] : 0.0f;
        value = warp_sum(value);
        if (lane == 0) atomicAdd(out, value);
    }
}

__device__ unsigned int blocks_done = 0;

/// As NVIDIA's threadFenceReduction sample: whoever counts itself in last adds up the partial sums of all blocks.
__global__ void sum_last_block(const float* x, float* partial, float* out, int n) {
    __shared__ bool last;
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const float value = warp_sum(i < n ? x[i] : 0.0f);
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = value;
        __threadfence();
        last = atomicInc(&blocks_done, gridDim.x) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && threadIdx.x == 0) {
        float sum = 0.0f;
        for (unsigned b = 0; b < gridDim.x; ++b) sum += partial[b];
        *out = sum;
        blocks_done = 0;
    }
}

__global__ void call_warp_functions(int* out) {
    const int lane = threadIdx.x;
    const unsigned all = 0xffffffffu;
    out[lane] = static_cast<int>(__ballot_sync(all, lane % 2 == 0));
    out[32 + lane] = __any_sync(all, lane == 7) + 2 * __all_sync(all, lane < 32);
    out[64 + lane] = __shfl_up_sync(all, lane, 1, 8);
    out[96 + lane] = __shfl_sync(all, lane, 3, 16);
    out[128 + lane] = __shfl_xor_sync(all, lane, 5);
    out[160 + lane] = static_cast<int>(__reduce_add_sync(all, static_cast<unsigned>(lane)));
    out[192 + lane] = __popc(__match_any_sync(all, lane / 4));
    if (lane < 16) out[224 + lane] = __reduce_max_sync(0xffffu, lane - 20);
    out[256 + lane] = __syncthreads_count(lane < 5) + 100 * __syncthreads_or(lane == 3) + 1000 * __syncthreads_and(lane < 32);
}

namespace wb::tutorial {
namespace {

template <class T>
T finish(T* device_partial, int count) {
    std::vector<T> partial(count);
    cudaMemcpy(partial.data(), device_partial, count * sizeof(T), cudaMemcpyDeviceToHost);
    T sum = 0;
    for (const T value : partial) sum += value;
    return sum;
}

template <class T>
T sum_by_tree(const std::vector<T>& x) {
    const int n = static_cast<int>(x.size()), threads = 128, blocks = (n + threads - 1) / threads;
    T *device_x, *device_partial;
    cudaMalloc(&device_x, n * sizeof(T));
    cudaMalloc(&device_partial, blocks * sizeof(T));
    cudaMemcpy(device_x, x.data(), n * sizeof(T), cudaMemcpyHostToDevice);
    sum_tree<T><<<blocks, threads, threads * sizeof(T)>>>(device_x, device_partial, n);
    const T sum = finish(device_partial, blocks);
    cudaFree(device_x);
    cudaFree(device_partial);
    return sum;
}

}  // namespace

float sum_in_shared_memory(const std::vector<float>& x) { return sum_by_tree(x); }
double sum_of_doubles(const std::vector<double>& x) { return sum_by_tree(x); }

float sum_with_shuffles(const std::vector<float>& x) {
    const int n = static_cast<int>(x.size());
    float *device_x, *device_sum, sum = -1.0f;
    cudaMalloc(&device_x, n * sizeof(float));
    cudaMalloc(&device_sum, sizeof(float));
    cudaMemset(device_sum, 0, sizeof(float));
    cudaMemcpy(device_x, x.data(), n * sizeof(float), cudaMemcpyHostToDevice);
    sum_shuffle<<<3, 256>>>(device_x, device_sum, n);
    cudaMemcpy(&sum, device_sum, sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(device_x);
    cudaFree(device_sum);
    return sum;
}

float sum_by_last_block(const std::vector<float>& x) {
    const int n = static_cast<int>(x.size()), blocks = (n + 31) / 32;
    float *device_x, *device_partial, *device_sum, sum = -1.0f;
    cudaMalloc(&device_x, n * sizeof(float));
    cudaMalloc(&device_partial, blocks * sizeof(float));
    cudaMalloc(&device_sum, sizeof(float));
    cudaMemcpy(device_x, x.data(), n * sizeof(float), cudaMemcpyHostToDevice);
    sum_last_block<<<blocks, 32>>>(device_x, device_partial, device_sum, n);
    cudaMemcpy(&sum, device_sum, sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(device_x);
    cudaFree(device_partial);
    cudaFree(device_sum);
    return sum;
}

std::vector<int> warp_functions() {
    std::vector<int> out(9 * 32, 0);
    int* device;
    cudaMalloc(&device, out.size() * sizeof(int));
    cudaMemcpy(device, out.data(), out.size() * sizeof(int), cudaMemcpyHostToDevice);
    call_warp_functions<<<1, 32>>>(device);
    cudaMemcpy(out.data(), device, out.size() * sizeof(int), cudaMemcpyDeviceToHost);
    cudaFree(device);
    return out;
}

}  // namespace wb::tutorial
