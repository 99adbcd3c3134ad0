/// @file
/// One warp reads shared memory: strides, broadcast, and elements wider than a bank.
#include <cuda_runtime.h>

#include "counted.hpp"

__global__ void read_words(float* out, int stride) {
    __shared__ float words[1024];
    for (int i = threadIdx.x; i < 1024; i += 32) words[i] = 0;
    __syncwarp();                                    // SYNC
    out[threadIdx.x] = words[threadIdx.x * stride];  // WORDS
}

template <class Vector>
__global__ void read_vectors(float* out, int stride) {
    __shared__ Vector vectors[64];
    for (int i = threadIdx.x; i < 64; i += 32) vectors[i] = Vector{};
    __syncwarp();
    const Vector v = vectors[threadIdx.x * stride];  // VECTORS
    out[threadIdx.x] = v.x + v.y;
}

__global__ void read_column(double* out) {
    __shared__ double tile[32][16];
    for (int i = 0; i < 16; ++i) tile[threadIdx.x][i] = 0;
    __syncwarp();
    out[threadIdx.x] = tile[threadIdx.x][0];  // DOUBLES
}

namespace wb::counted {

void shared_stride(float* out, int stride) {
    read_words<<<1, 32>>>(out, stride);
}
void shared_broadcast(float* out) {
    read_words<<<1, 32>>>(out, 0);
}
void shared_float2(float* out) {
    read_vectors<float2><<<1, 32>>>(out, 1);
}
void shared_float4(float* out, int stride) {
    read_vectors<float4><<<1, 32>>>(out, stride);
}
void shared_column_of_doubles(double* out) {
    read_column<<<1, 32>>>(out);
}

}  // namespace wb::counted
