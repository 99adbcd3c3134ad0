// NOTE: a CUDA block a row, Welford's formulas in each thread (one loop for both mean and variance), and Chan's to merge the threads
// pairwise in shared memory: no warp function, many barriers.
#include "layer_norm_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>

#include "wb/errors.hpp"

namespace wb {

constexpr int threads = 64;

__global__ void welford_kernel(LayerNormArgs args) {
    __shared__ float counts[threads], means[threads], squares[threads];
    const int t = threadIdx.x;
    const std::size_t begin = static_cast<std::size_t>(blockIdx.x) * args.hidden;
    float count = 0, mean = 0, square = 0;
    for (int c = t; c < args.hidden; c += threads) {
        const float delta = args.x[begin + c] - mean;
        count += 1;
        mean += delta / count;
        square += delta * (args.x[begin + c] - mean);
    }
    counts[t] = count;
    means[t] = mean;
    squares[t] = square;
    for (int half = threads / 2; half > 0; half /= 2) {
        __syncthreads();
        if (t >= half || counts[t + half] == 0) continue;
        const float both = counts[t] + counts[t + half], delta = means[t + half] - means[t];
        squares[t] += squares[t + half] + delta * delta * counts[t] * counts[t + half] / both;
        means[t] += delta * counts[t + half] / both;
        counts[t] = both;
    }
    __syncthreads();
    const float deviation = sqrtf(squares[0] / args.hidden + args.epsilon);
    for (int c = t; c < args.hidden; c += threads)
        args.out[begin + c] = (args.x[begin + c] - means[0]) / deviation * args.weight[c] + args.bias[c];
}

void layer_norm_on_device(const LayerNormArgs& args) {
    if (args.rows > 0 && args.hidden > 0) welford_kernel<<<args.rows, threads>>>(args);
}

}  // namespace wb
