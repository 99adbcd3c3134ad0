// NOTE: lanes over hidden. 8 warps share out the 256 pairs of 16 queries and 16 keys; each lane has its part of a warp's 32 sums, which
// __shfl_xor_sync adds up at the very end.
#include "additive_scores.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>

namespace wb {

constexpr int side = 16, lanes = 32, warps = 8, pairs = side * side / warps;  // pairs: of a warp

__global__ void lanes_over_hidden(AdditiveScoresArgs x) {
    __shared__ float queries[side][lanes], keys[side][lanes];
    const int lane = threadIdx.x, warp = threadIdx.y, b = blockIdx.z;
    const int first_query = blockIdx.y * side, first_key = blockIdx.x * side;
    float sums[pairs] = {};
    for (int start = 0; start < x.hidden; start += lanes) {
        const int h = start + lane;
        for (int row = warp; row < side; row += warps) {
            const int i = first_query + row, j = first_key + row;
            queries[row][lane] = i < x.q_len && h < x.hidden
                                     ? x.q_projected[(static_cast<std::size_t>(b) * x.q_len + i) * x.hidden + h]
                                     : 0.0f;
            keys[row][lane] = j < x.kv_len && h < x.hidden
                                  ? x.k_projected[(static_cast<std::size_t>(b) * x.kv_len + j) * x.hidden + h]
                                  : 0.0f;
        }
        __syncthreads();
        const float w = h < x.hidden ? x.w[h] : 0.0f;
        for (int p = 0; p < pairs; ++p) {
            sums[p] += w * tanhf(queries[warp * pairs / side + p / side][lane] + keys[p % side][lane]);
        }
        __syncthreads();
    }
    float score = 0.0f;
    for (int p = 0; p < pairs; ++p) {
        float sum = sums[p];
        for (int distance = 16; distance > 0; distance /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, distance);
        if (lane == p) score = sum;
    }
    const int i = first_query + warp * pairs / side + lane / side, j = first_key + lane % side;
    if (i < x.q_len && j < x.kv_len) x.scores[(static_cast<std::size_t>(b) * x.q_len + i) * x.kv_len + j] = score;
}

void additive_scores(const AdditiveScoresArgs& x) {
    const dim3 grid((x.kv_len + side - 1) / side, (x.q_len + side - 1) / side, x.batch);
    if (x.batch > 0 && x.q_len > 0 && x.kv_len > 0) lanes_over_hidden<<<grid, dim3(lanes, warps)>>>(x);
}

}  // namespace wb
