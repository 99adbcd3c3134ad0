/// @file
/// An inclusive scan (Hillis and Steele in a block, block sums in a second kernel) and a histogram with shared and global atomics.
#include <cuda_runtime.h>

#include "tutorial.hpp"

constexpr int scan_threads = 128;

__global__ void scan_block(const int* in, int* out, int* sums, int n) {
    __shared__ int buffer[2][scan_threads];
    const int t = threadIdx.x, i = blockIdx.x * scan_threads + t;
    int from = 0;
    buffer[0][t] = i < n ? in[i] : 0;
    __syncthreads();
    for (int distance = 1; distance < scan_threads; distance *= 2) {
        const int to = 1 - from;
        buffer[to][t] = buffer[from][t] + (t >= distance ? buffer[from][t - distance] : 0);
        from = to;
        __syncthreads();
    }
    if (i < n) out[i] = buffer[from][t];
    if (t == scan_threads - 1) sums[blockIdx.x] = buffer[from][t];
}

__global__ void add_earlier_blocks(int* out, const int* sums, int n) {
    __shared__ int before;
    if (threadIdx.x == 0) {
        before = 0;
        for (unsigned b = 0; b < blockIdx.x; ++b) before += sums[b];
    }
    __syncthreads();
    const int i = blockIdx.x * scan_threads + threadIdx.x;
    if (i < n) out[i] += before;
}

__global__ void count_bins(const int* x, int n, int* counts, int bins) {
    extern __shared__ int local[];
    for (int bin = threadIdx.x; bin < bins; bin += blockDim.x) local[bin] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) atomicAdd(&local[x[i]], 1);
    __syncthreads();
    for (int bin = threadIdx.x; bin < bins; bin += blockDim.x) atomicAdd(&counts[bin], local[bin]);
}

namespace wb::tutorial {

std::vector<int> inclusive_scan(const std::vector<int>& x) {
    const int n = static_cast<int>(x.size()), blocks = (n + scan_threads - 1) / scan_threads;
    int *in, *out, *sums;
    cudaMalloc(&in, n * sizeof(int));
    cudaMalloc(&out, n * sizeof(int));
    cudaMalloc(&sums, blocks * sizeof(int));
    cudaMemcpy(in, x.data(), n * sizeof(int), cudaMemcpyHostToDevice);
    scan_block<<<blocks, scan_threads>>>(in, out, sums, n);
    add_earlier_blocks<<<blocks, scan_threads>>>(out, sums, n);
    std::vector<int> result(n);
    cudaMemcpy(result.data(), out, n * sizeof(int), cudaMemcpyDeviceToHost);
    cudaFree(in);
    cudaFree(out);
    cudaFree(sums);
    return result;
}

std::vector<int> histogram(const std::vector<int>& x, int bins) {
    const int n = static_cast<int>(x.size());
    int *device_x, *counts;
    cudaMalloc(&device_x, n * sizeof(int));
    cudaMalloc(&counts, bins * sizeof(int));
    cudaMemcpy(device_x, x.data(), n * sizeof(int), cudaMemcpyHostToDevice);
    cudaMemset(counts, 0, bins * sizeof(int));
    count_bins<<<4, 64, bins * sizeof(int)>>>(device_x, n, counts, bins);
    std::vector<int> result(bins);
    cudaMemcpy(result.data(), counts, bins * sizeof(int), cudaMemcpyDeviceToHost);
    cudaFree(device_x);
    cudaFree(counts);
    return result;
}

}  // namespace wb::tutorial
