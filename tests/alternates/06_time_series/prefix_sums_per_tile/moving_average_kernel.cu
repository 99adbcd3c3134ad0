// NOTE: prefix sums of a tile and its halo, begun anew for each tile and with its middle number taken off: a thread's stretch by itself,
// then the stretches' totals, then all of it. A result is the difference of two sums, whatever the window.
#include "moving_average_kernel.hpp"

#include <cuda_runtime.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace wb {
namespace {

constexpr int threads = 256, stretch = 6, most = threads * stretch, longest_window = 1025,
              tile = most - longest_window + 1;

__global__ void moving_average_kernel(MovingAverageArgs args) {
    __shared__ float sums[most + 1], totals[threads];  // sums[i]: of numbers 0 .. i - 1
    const int first = blockIdx.x * tile, reach = args.window / 2, thread = threadIdx.x;
    const int results = min(tile, args.length - first), count = results + args.window - 1;
    const float* x = args.x + static_cast<std::size_t>(blockIdx.y) * args.length;
    const float level = x[first + results / 2];

    for (int i = thread; i < count; i += threads) {
        int place = first - reach + i;
        if (place < 0) place = 0;
        if (place >= args.length) place = args.length - 1;
        sums[i + 1] = x[place] - level;
    }
    __syncthreads();
    float total = 0.0f;
    for (int i = thread * stretch; i < (thread + 1) * stretch && i < count; ++i) total += sums[i + 1];
    totals[thread] = total;
    __syncthreads();
    float sum = 0.0f;
    for (int before = 0; before < thread; ++before) sum += totals[before];
    if (thread == 0) sums[0] = 0.0f;
    for (int i = thread * stretch; i < (thread + 1) * stretch && i < count; ++i) sum = sums[i + 1] += sum;
    __syncthreads();
    float* trend = args.trend + static_cast<std::size_t>(blockIdx.y) * args.length + first;
    for (int i = thread; i < results; i += threads) trend[i] = level + (sums[i + args.window] - sums[i]) / args.window;
}

}  // namespace

void moving_average_on_device(const MovingAverageArgs& args) {
    if (args.window % 2 != 1 || args.window < 1 || args.window > longest_window)
        throw std::invalid_argument("moving_average_on_device: no window of " + std::to_string(args.window) +
                                    "; an odd one of 1 to 1025");
    if (args.rows == 0 || args.length == 0) return;
    moving_average_kernel<<<dim3((args.length + tile - 1) / tile, args.rows), threads>>>(args);
}

}  // namespace wb
