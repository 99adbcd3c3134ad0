// NOTE: a warp a series, whose lanes have every 32nd row; Welford's formulas in each lane (one loop for both mean and variance), and
// Chan's to merge the lanes by shuffles: no shared memory, no barrier. The series lie `variates` apart, and so do a warp's reads.
#include "instance_norm_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {
namespace {

constexpr int series_per_block = 4;

__global__ void instance_norm_kernel(InstanceNormArgs args) {
    const long long series = static_cast<long long>(blockIdx.x) * series_per_block + threadIdx.x / 32;
    if (series >= static_cast<long long>(args.batch) * args.variates) return;  // all lanes of the warp
    const std::size_t b = series / args.variates, v = series % args.variates, step = args.variates;
    const float* x = args.x + b * args.lookback * step + v;
    float* out = args.out + b * args.lookback * step + v;
    const int lane = threadIdx.x % 32;

    float count = 0.0f, mean = 0.0f, squares = 0.0f;
    for (int t = lane; t < args.lookback; t += 32) {
        const float from_old = x[t * step] - mean;
        count += 1.0f;
        mean += from_old / count;
        squares += from_old * (x[t * step] - mean);
    }
    for (int distance = 16; distance > 0; distance /= 2) {
        const float other_count = __shfl_xor_sync(0xffffffffu, count, distance);
        const float other_mean = __shfl_xor_sync(0xffffffffu, mean, distance);
        const float other_squares = __shfl_xor_sync(0xffffffffu, squares, distance);
        const float both = count + other_count, apart = other_mean - mean;
        if (both == 0.0f) continue;  // and so is the partner's: neither has a row
        mean = (count * mean + other_count * other_mean) / both;
        if (count > 0.0f && other_count > 0.0f) squares += apart * apart * (count * other_count / both);
        squares += other_squares;
        count = both;
    }
    mean = __shfl_sync(0xffffffffu, mean, 0);
    const float deviation = sqrtf(__shfl_sync(0xffffffffu, squares, 0) / args.lookback + args.epsilon);

    for (int t = lane; t < args.lookback; t += 32) out[t * step] = (x[t * step] - mean) / deviation;
    if (lane == 0) {
        args.mean[series] = mean;
        args.deviation[series] = deviation;
    }
}

}  // namespace

void instance_norm_on_device(const InstanceNormArgs& args) {
    if (args.batch == 0 || args.variates == 0) return;
    if (args.lookback < 1)
        throw ShapeError("instance_norm_on_device: no row in windows of batch " + std::to_string(args.batch) +
                         ", lookback " + std::to_string(args.lookback) + ", variates " + std::to_string(args.variates));
    const long long series = static_cast<long long>(args.batch) * args.variates;
    const auto blocks = static_cast<unsigned>((series + series_per_block - 1) / series_per_block);
    instance_norm_kernel<<<blocks, 32 * series_per_block>>>(args);
}

}  // namespace wb
