// NOTE: a block a window and 32 variates; Welford's formulas in each thread (one loop for both mean and variance), and Chan's to merge the
// threads of a variate pairwise in shared memory: one array each for counts, means and squares, and a barrier for each halving.
#include "instance_norm_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {
namespace {

constexpr int together = 4;  // threads of a variate

__global__ void instance_norm_kernel(InstanceNormArgs args) {
    __shared__ float counts[together][32], means[together][32], squares[together][32];
    const int lane = threadIdx.x, y = threadIdx.y, v = blockIdx.x * 32 + lane;
    const bool inside = v < args.variates;
    const std::size_t step = args.variates, begin = static_cast<std::size_t>(blockIdx.y) * args.lookback * step + v;

    float count = 0.0f, mean = 0.0f, square = 0.0f;
    for (int t = y; inside && t < args.lookback; t += together) {
        const float number = args.x[begin + t * step], from_old = number - mean;
        count += 1.0f;
        mean += from_old / count;
        square += from_old * (number - mean);
    }
    counts[y][lane] = count;
    means[y][lane] = mean;
    squares[y][lane] = square;
    for (int half = together / 2; half > 0; half /= 2) {
        __syncthreads();
        if (y >= half || counts[y + half][lane] == 0.0f) continue;
        const float both = counts[y][lane] + counts[y + half][lane], apart = means[y + half][lane] - means[y][lane];
        squares[y][lane] += squares[y + half][lane] + apart * apart * counts[y][lane] * counts[y + half][lane] / both;
        means[y][lane] += apart * counts[y + half][lane] / both;
        counts[y][lane] = both;
    }
    __syncthreads();
    if (!inside) return;
    mean = means[0][lane];
    const float deviation = sqrtf(squares[0][lane] / args.lookback + args.epsilon);
    for (int t = y; t < args.lookback; t += together)
        args.out[begin + t * step] = (args.x[begin + t * step] - mean) / deviation;
    if (y > 0) return;
    args.mean[blockIdx.y * step + v] = mean;
    args.deviation[blockIdx.y * step + v] = deviation;
}

}  // namespace

void instance_norm_on_device(const InstanceNormArgs& args) {
    if (args.batch == 0 || args.variates == 0) return;
    if (args.lookback < 1)
        throw ShapeError("instance_norm_on_device: no row in windows of batch " + std::to_string(args.batch) +
                         ", lookback " + std::to_string(args.lookback) + ", variates " + std::to_string(args.variates));
    instance_norm_kernel<<<dim3((args.variates + 31) / 32, args.batch), dim3(32, together)>>>(args);
}

}  // namespace wb
