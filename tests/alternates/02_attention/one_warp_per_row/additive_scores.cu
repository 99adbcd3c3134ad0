// NOTE: one warp per score, lanes over hidden, reduced by __shfl_down_sync; queries and keys in grid.x, the batch in grid.z.
#include "additive_scores.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>

namespace wb {

__global__ void warp_scores(AdditiveScoresArgs x) {
    const int i = blockIdx.x, b = blockIdx.z, lane = threadIdx.x % warpSize;
    for (int j = threadIdx.x / warpSize; j < x.kv_len; j += blockDim.x / warpSize) {
        float sum = 0.0f;
        for (int h = lane; h < x.hidden; h += warpSize) {
            const float q = x.q_projected[(static_cast<std::size_t>(b) * x.q_len + i) * x.hidden + h];
            const float k = x.k_projected[(static_cast<std::size_t>(b) * x.kv_len + j) * x.hidden + h];
            sum += x.w[h] * tanhf(q + k);
        }
        for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(0xffffffffu, sum, offset);
        if (lane == 0) x.scores[(static_cast<std::size_t>(b) * x.q_len + i) * x.kv_len + j] = sum;
    }
}

void additive_scores(const AdditiveScoresArgs& x) {
    if (x.batch > 0 && x.q_len > 0 && x.kv_len > 0) warp_scores<<<dim3(x.q_len, 1, x.batch), 128>>>(x);
}

}  // namespace wb
