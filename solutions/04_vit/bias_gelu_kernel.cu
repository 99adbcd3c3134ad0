/// @file
/// Bias and GELU, float32: out = gelu(z), z[r,c] = x[r,c] + bias[c], gelu(z) = z/2 (1 + erf(z / sqrt(2))); and back:
///     d_x = d_out (Phi(z) + z phi(z)),  d_bias[c] = sum_r d_x[r,c].
///     forward: all n = rows * hidden numbers as one array,         backward: grid (ceil(hidden / 32)), block (32, 8)
///     256 threads a CUDA block, 4 numbers a thread                 thread (x, y): column 32 * blockIdx.x + x,
///     | 0 1 2 3 | 4 5 6 7 | .. | n-2 n-1 |                                        rows y, y + 8, y + 16, ..
///       float4    float4         tail: one by one                  8 sums a column -> shared memory -> barrier -> 1 sum, in order
///     the four of the bias as a float4, too, where rows are a multiple of 4 long
/// Traffic: forward reads 4 n and writes 4 n bytes (bias stays in the cache); backward reads 8 n, writes 4 n. Work about 25 n FLOPs, most
/// of them erf's: 3 per byte, bound by memory. As two kernels, bias first, the way forth would move twice as much.
/// Shared, backward: 1 KiB. Barriers, backward: one. Requires nothing of rows and hidden, nor of the pointers.
#include "bias_gelu_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 4.11 removed
namespace {

constexpr int threads_per_block = 256;
constexpr int vector_size = 4;  ///< numbers of a float4
constexpr int columns_per_block = 32;
constexpr int row_groups = 8;  ///< of the backward pass: each sums every eighth row

/// The normal distribution's Phi.
__device__ float normal_cdf(float z) {
    return 0.5f * (1.0f + erff(0.70710678f * z));
}

/// Whether a float4 may begin there: CUDA reads 16 bytes at once only from multiples of 16.
__host__ __device__ bool aligned(const float* pointer) {
    return reinterpret_cast<std::uintptr_t>(pointer) % sizeof(float4) == 0;
}

}  // namespace
// SOLUTION END
// TODO(4.11): four neighbouring numbers a thread, as one float4 where that is possible, else one by one.
//   Start:    one number a thread; it earns all points but no speed. Then: a thread has numbers 4 t to 4 t + 3 of the whole array, its
//             rows one after the other. reinterpret_cast<const float4*>(x)[t] reads them at once.
//   Ask:      when may it not? Both arrays have to begin at a multiple of 16 bytes, and the last thread may have fewer than 4 numbers.
//             Where does a row end among the four, if hidden is 5, and which number of the bias does each of them get?
//   Traps:    out may be x: a thread reads all it needs before it writes, and nobody else's; so no __restrict__ here. The form with tanh
//             is another function, off by up to 5e-4.
__global__ void bias_gelu_kernel(BiasGeluArgs args, std::int64_t count, bool vectors) {
    // SOLUTION BEGIN 4.11 removed
    const std::int64_t begin = vector_size * (static_cast<std::int64_t>(blockIdx.x) * threads_per_block + threadIdx.x);
    if (begin >= count) return;
    const bool as_vector = vectors && begin + vector_size <= count;
    alignas(float4) float number[vector_size] = {};
    if (as_vector) {
        *reinterpret_cast<float4*>(number) = *reinterpret_cast<const float4*>(args.x + begin);
    } else {
#pragma unroll
        for (int k = 0; k < vector_size; ++k) {
            if (begin + k < count) number[k] = args.x[begin + k];
        }
    }

    int column = static_cast<int>(begin % args.hidden);
    alignas(float4) float bias[vector_size];
    if (args.hidden % vector_size == 0 && aligned(args.bias)) {  // one by one, neighbours would read 16 bytes apart
        *reinterpret_cast<float4*>(bias) = *reinterpret_cast<const float4*>(args.bias + column);
    } else {
#pragma unroll
        for (int k = 0; k < vector_size; ++k) {
            bias[k] = args.bias[column];
            if (++column == args.hidden) column = 0;
        }
    }
#pragma unroll
    for (int k = 0; k < vector_size; ++k) {  // past the end: a gelu that nobody stores
        const float z = number[k] + bias[k];
        number[k] = z * normal_cdf(z);
    }

    if (as_vector) {
        *reinterpret_cast<float4*>(args.out + begin) = *reinterpret_cast<const float4*>(number);
    } else {
#pragma unroll
        for (int k = 0; k < vector_size; ++k) {
            if (begin + k < count) args.out[begin + k] = number[k];
        }
    }
    // SOLUTION END
}

void bias_gelu_on_device(const BiasGeluArgs& args) {
    // SOLUTION BEGIN 4.11
    const std::int64_t count = static_cast<std::int64_t>(args.rows) * args.hidden;
    if (count == 0) return;  // a grid of 0 is an invalid configuration
    constexpr int numbers_per_block = vector_size * threads_per_block;
    const auto blocks = static_cast<unsigned>((count + numbers_per_block - 1) / numbers_per_block);
    bias_gelu_kernel<<<blocks, threads_per_block>>>(args, count, aligned(args.x) && aligned(args.out));
    // SOLUTION END
}

// TODO(4.11): d_x number by number, and its sum over each column.
//   Equation: above; phi(z) = exp(-z^2 / 2) / sqrt(2 pi).
//   Start:    the picture above: a warp reads 32 neighbours of one row, then of the row eight below. Each thread sums what it computes;
//             then the eight sums of a column meet in shared memory, and one thread adds them.
//   Ask:      atomicAdd(&d_bias[c], ..) needs no shared memory and no barrier. In which order does it add, and what are (1e8 + 1) - 1e8
//             and (1e8 - 1e8) + 1 in float? Why would a lane for each row and a warp for each column be slow?
//   Traps:    without rows d_bias is still to be written, with zeros; a thread whose column lies outside writes nothing, but comes to
//             the barrier; z^2 overflows for z = 1e20, and exp(-inf) is 0: fine.
__global__ void bias_gelu_backward_kernel(BiasGeluBackwardArgs args) {
    // SOLUTION BEGIN 4.11 removed
    __shared__ float partial[row_groups][columns_per_block];
    const int column = blockIdx.x * columns_per_block + threadIdx.x;
    const bool inside = column < args.hidden;

    float sum = 0.0f;
    for (int row = threadIdx.y; inside && row < args.rows; row += row_groups) {
        const std::size_t i = static_cast<std::size_t>(row) * args.hidden + column;
        const float z = args.x[i] + args.bias[column];
        const float density = 0.39894228f * expf(-0.5f * z * z);
        const float d_x = args.d_out[i] * (normal_cdf(z) + z * density);
        args.d_x[i] = d_x;
        sum += d_x;
    }
    partial[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();  // a column's sums were made by all warps

    if (threadIdx.y == 0 && inside) {
        float total = 0.0f;
        for (int group = 0; group < row_groups; ++group) total += partial[group][threadIdx.x];
        args.d_bias[column] = total;
    }
    // SOLUTION END
}

void bias_gelu_backward_on_device(const BiasGeluBackwardArgs& args) {
    // SOLUTION BEGIN 4.11
    if (args.hidden == 0) return;  // without rows there is d_bias to write
    const int blocks = (args.hidden + columns_per_block - 1) / columns_per_block;
    bias_gelu_backward_kernel<<<blocks, dim3(columns_per_block, row_groups)>>>(args);
    // SOLUTION END
}

}  // namespace wb
