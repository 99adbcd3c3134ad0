/// @file
/// Each window by its own measure, float32: out[b,t,v] = (x[b,t,v] - mean) / deviation, L = lookback, for each window b and variate v
///     mean[b,v] = 1/L sum_t x[b,t,v],  deviation[b,v] = sqrt(1/L sum_t (x[b,t,v] - mean)^2 + epsilon): two passes, the second with the mean
///     grid (ceil(variates / 32), batch)                             x ->    0    1  ..  31: variates
///     block (32, 8) = 256 threads: thread (x, y) has variate        y = 0   rows 0,  8, 16, ..  |  partial[8][32]   the sum, in all
///     32 * blockIdx.x + x and rows y, y + 8, ..                     y = 1   rows 1,  9, 17, ..  |  in shared        threads of
///     neighbours read neighbours, which are variates                ..                          |  memory           variate x
/// Traffic per window and variate: reads 4 L bytes (and 8 L more from the cache, where a window of 96 x 7 still lies), writes 4 L + 8. Work 6 L
/// FLOPs: .75 per byte, bound by memory. With fewer than 32 variates lanes go without work: 7 of 32 have some.
/// Shared: 1 KiB. Barriers: 4, two for each sum. Requires nothing of L and variates.
#include "instance_norm_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 6.14 removed
namespace {

constexpr int variates_per_block = 32;
constexpr int rows_per_step = 8;  ///< blockDim.y

/// The sum of `mine` over the threads of a variate, in each of them. Every thread of the block calls this.
__device__ float sum_of_variate(float partial[rows_per_step][variates_per_block], float mine) {
    partial[threadIdx.y][threadIdx.x] = mine;
    __syncthreads();  // all eight are there before anyone adds them
    float sum = 0.0f;
    for (int y = 0; y < rows_per_step; ++y) sum += partial[y][threadIdx.x];
    __syncthreads();  // everyone has added before the next sum overwrites them
    return sum;
}

}  // namespace
// SOLUTION END
// TODO(6.14): mean, deviation and answer of some variates of one window.
//   Equation: above.
//   Start:    blockIdx.y is the window. Give neighbouring threads neighbouring variates, and share the rows among several threads a variate;
//             what each has summed goes to shared memory, and is added up there. Three loops over the rows: mean, variance, answer.
//   Ask:      with a thread for each variate, 7 threads of a window read 96 rows each, one behind the other: how many would work at a time on
//             32 windows? And with a warp for each variate, how far apart are the numbers that its lanes read at once?
//   Traps:    mean(x^2) - mean^2 loses all digits at a level of 4096; epsilon lies under the root; divide by lookback; a thread without a
//             variate or without a row still comes to every barrier; the second sum may not overwrite what others still add up.
__global__ void instance_norm_kernel(InstanceNormArgs args) {
    // SOLUTION BEGIN 6.14 removed
    __shared__ float partial[rows_per_step][variates_per_block];
    const int v = blockIdx.x * variates_per_block + threadIdx.x, b = blockIdx.y;
    const int rows =
        v < args.variates ? args.lookback : 0;  // without a variate: no row to sum, but barriers to come to
    const std::size_t window = static_cast<std::size_t>(b) * args.lookback * args.variates + v;
    const float* x = args.x + window;  // x[t * variates] is row t
    float* out = args.out + window;
    const std::size_t step = args.variates;

    float mine = 0.0f;
    for (int t = threadIdx.y; t < rows; t += rows_per_step) mine += x[t * step];
    const float mean = sum_of_variate(partial, mine) / args.lookback;

    float squares = 0.0f;
    for (int t = threadIdx.y; t < rows; t += rows_per_step) squares += (x[t * step] - mean) * (x[t * step] - mean);
    const float deviation = sqrtf(sum_of_variate(partial, squares) / args.lookback + args.epsilon);

    for (int t = threadIdx.y; t < rows; t += rows_per_step) out[t * step] = (x[t * step] - mean) / deviation;
    if (v < args.variates && threadIdx.y == 0) {
        const std::size_t series = static_cast<std::size_t>(b) * args.variates + v;
        args.mean[series] = mean;
        args.deviation[series] = deviation;
    }
    // SOLUTION END
}

void instance_norm_on_device(const InstanceNormArgs& args) {
    // SOLUTION BEGIN 6.14
    if (args.batch == 0 || args.variates == 0) return;  // a grid of 0 is an invalid configuration
    if (args.lookback < 1) {
        throw ShapeError("instance_norm_on_device: x [" + std::to_string(args.batch) + ", " +
                         std::to_string(args.lookback) + ", " + std::to_string(args.variates) +
                         "] (batch, lookback, variates) has no row to measure");
    }
    const int blocks = (args.variates + variates_per_block - 1) / variates_per_block;
    instance_norm_kernel<<<dim3(blocks, args.batch), dim3(variates_per_block, rows_per_step)>>>(args);
    // SOLUTION END
}

}  // namespace wb
