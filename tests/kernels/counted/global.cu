/// @file
/// Loads and stores of global memory in all the ways that a warp's addresses can lie.
#include <cuda_runtime.h>

#include "counted.hpp"

__global__ void strided_copy(const float* x, float* out, int stride, int offset) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = x[i * stride + offset];  // STRIDED
}

__global__ void broadcast_one(const float* x, float* out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = x[blockIdx.x];  // BROADCAST
}

__global__ void reverse(const float* x, float* out) {
    out[threadIdx.x] = x[blockDim.x - 1 - threadIdx.x];  // BACKWARDS
}

__global__ void sum_rows(const float* x, float* out, int n) {
    const int row = blockIdx.x * blockDim.x + threadIdx.x;
    float sum = 0;
    for (int k = 0; k < n; ++k) {
        sum += x[row * n + k];  // COLUMNS
    }
    out[row] = sum;  // SUMS
}

template <class Vector>
__global__ void copy_vectors(const Vector* x, Vector* out) {
    out[threadIdx.x] = x[threadIdx.x];  // VECTORS
}

__global__ void add_components(const float4* x, float* out) {
    const float4 v = x[threadIdx.x];  // FLOAT4
    out[threadIdx.x] = v.x + v.y + v.z + v.w;
}

__global__ void add_strides(const float* x, float* out) {
    const int i = threadIdx.x;
    out[i] = x[i] + x[2 * i] + x[3 * i] + x[4 * i] + x[5 * i] + x[6 * i] + x[7 * i] + x[8 * i];  // EIGHT
}

__global__ void two_passes(const float* x, float* out, int n) {
    float sum = 0;
    for (int pass = 0; pass < 2; ++pass) {
        for (int i = threadIdx.x; i < n; i += 32) {
            sum += x[i];  // PASSES
        }
    }
    out[threadIdx.x] = sum;
}

__global__ void matrix_product(const float* a, const float* b, float* c, int n) {
    const int row = blockIdx.x, column = threadIdx.x;
    float sum = 0;
    for (int k = 0; k < n; ++k) {
        sum += a[row * n + k] * b[k * n + column];  // PRODUCT
    }
    c[row * n + column] = sum;
}

__constant__ float factors[2] = {2, 3};
__device__ float table[32];

__global__ void look_up(const float* x, float* out) {
    const int i = threadIdx.x;
    table[i] = static_cast<float>(i);  // STORED
    out[i] = x[i] * factors[i % 2];    // FACTORS
    __syncwarp();
    out[i + 32] = table[31 - i];  // TABLE
}

namespace wb::counted {

void look_up_variables(const float* x, float* out) {
    look_up<<<1, 32>>>(x, out);
}
void strided(const float* x, float* out, int blocks, int threads, int stride, int offset) {
    strided_copy<<<blocks, threads>>>(x, out, stride, offset);
}
void broadcast(const float* x, float* out, int blocks, int threads) {
    broadcast_one<<<blocks, threads>>>(x, out);
}
void backwards(const float* x, float* out, int threads) {
    reverse<<<1, threads>>>(x, out);
}
void columns(const float* x, float* out, int n) {
    sum_rows<<<n / 32, 32>>>(x, out, n);
}
void copy_float2(const float* x, float* out, int threads) {
    copy_vectors<<<1, threads>>>(reinterpret_cast<const float2*>(x), reinterpret_cast<float2*>(out));
}
void copy_float3(const float* x, float* out, int threads) {
    copy_vectors<<<1, threads>>>(reinterpret_cast<const float3*>(x), reinterpret_cast<float3*>(out));
}
void copy_float4(const float* x, float* out, int threads) {
    copy_vectors<<<1, threads>>>(reinterpret_cast<const float4*>(x), reinterpret_cast<float4*>(out));
}
void sum_float4(const float* x, float* out, int threads) {
    add_components<<<1, threads>>>(reinterpret_cast<const float4*>(x), out);
}
void eight_strides(const float* x, float* out) {
    add_strides<<<1, 32>>>(x, out);
}
void copy_halves(const unsigned short* x, unsigned short* out, int threads) {
    copy_vectors<<<1, threads>>>(x, out);
}
void multiply(const float* a, const float* b, float* c, int n) {
    matrix_product<<<n, n>>>(a, b, c, n);
}
void read_twice(const float* x, float* out, int n) {
    two_passes<<<1, 32>>>(x, out, n);
}
void by_pointer(const float* x, float* out) {
    void (*const kernels[])(const float*, float*) = {broadcast_one, reverse, broadcast_one};
    for (const auto kernel : kernels) kernel<<<1, 32>>>(x, out);
}

}  // namespace wb::counted
