/// @file
/// 16-bit types and vector loads. Two halves share a 4-byte word, and two threads write them: that is no race.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include "tutorial.hpp"

__global__ void axpy_half(__half a, const __half* x, const __half* y, float* out, int n) {
    __shared__ __half staged[64];
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) staged[threadIdx.x] = __hfma(a, x[i], y[i]);
    __syncthreads();
    const int j = static_cast<int>(blockDim.x) - 1 - static_cast<int>(threadIdx.x);  // another thread's
    if (blockIdx.x * blockDim.x + j < static_cast<unsigned>(n)) out[blockIdx.x * blockDim.x + j] = __half2float(staged[j]);
}

__global__ void to_half(const float* x, __half* out, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = __float2half(x[i]);
}

__global__ void through_bfloat(const float* x, float* out, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = __bfloat162float(__float2bfloat16(x[i]));
}

__global__ void copy_vectors(const float4* __restrict__ in, float4* __restrict__ out, int vectors) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < vectors) {
        const float4 v = __ldg(in + i);
        out[i] = make_float4(v.x, v.y, v.z, v.w);
    }
}

namespace wb::tutorial {
namespace {

float* on_device(const std::vector<float>& x) {
    float* data;
    cudaMalloc(&data, x.size() * sizeof(float));
    cudaMemcpy(data, x.data(), x.size() * sizeof(float), cudaMemcpyHostToDevice);
    return data;
}

std::vector<float> to_host_and_free(float* data, size_t size) {
    std::vector<float> x(size);
    cudaMemcpy(x.data(), data, size * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(data);
    return x;
}

}  // namespace

std::vector<float> half_axpy(float a, const std::vector<float>& x, const std::vector<float>& y) {
    const int n = static_cast<int>(x.size()), blocks = (n + 63) / 64;
    float *device_x = on_device(x), *device_y = on_device(y), *out;
    __half *half_x, *half_y;
    cudaMalloc(&half_x, n * sizeof(__half));
    cudaMalloc(&half_y, n * sizeof(__half));
    cudaMalloc(&out, n * sizeof(float));
    to_half<<<blocks, 64>>>(device_x, half_x, n);
    to_half<<<blocks, 64>>>(device_y, half_y, n);
    axpy_half<<<blocks, 64>>>(__float2half(a), half_x, half_y, out, n);
    cudaFree(device_x);
    cudaFree(device_y);
    cudaFree(half_x);
    cudaFree(half_y);
    return to_host_and_free(out, x.size());
}

std::vector<float> bfloat_round_trip(const std::vector<float>& x) {
    float *device_x = on_device(x), *out;
    cudaMalloc(&out, x.size() * sizeof(float));
    through_bfloat<<<1, static_cast<unsigned>(x.size())>>>(device_x, out, static_cast<int>(x.size()));
    cudaFree(device_x);
    return to_host_and_free(out, x.size());
}

std::vector<float> copy_by_float4(const std::vector<float>& x) {
    const int vectors = static_cast<int>(x.size() / 4);
    float *device_x = on_device(x), *out;
    cudaMalloc(&out, x.size() * sizeof(float));
    copy_vectors<<<(vectors + 31) / 32, 32>>>(reinterpret_cast<const float4*>(device_x), reinterpret_cast<float4*>(out), vectors);
    cudaFree(device_x);
    return to_host_and_free(out, x.size());
}

}  // namespace wb::tutorial
