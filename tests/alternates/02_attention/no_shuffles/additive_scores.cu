// NOTE: four scores a thread: tiles of 32 queries and 32 keys, hidden values first, so that a thread's operands stay in registers.
#include "additive_scores.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>

namespace wb {

constexpr int threads = 16, side = 2 * threads, depth = 16;

__device__ void load(float (&tile)[depth][side + 1], const float* rows, int first_row, int num_rows, int start,
                     int hidden) {
    for (int row = threadIdx.y; row < side; row += threads) {
        const int h = start + threadIdx.x;
        tile[threadIdx.x][row] = first_row + row < num_rows && h < hidden
                                     ? rows[static_cast<std::size_t>(first_row + row) * hidden + h]
                                     : 0.0f;
    }
}

__global__ void two_by_two(AdditiveScoresArgs x) {
    __shared__ float q[depth][side + 1], k[depth][side + 1], w[depth];
    const int tx = threadIdx.x, ty = threadIdx.y, first_query = blockIdx.y * side, first_key = blockIdx.x * side;
    float sums[2][2] = {};
    for (int start = 0; start < x.hidden; start += depth) {
        load(q, x.q_projected + static_cast<std::size_t>(blockIdx.z) * x.q_len * x.hidden, first_query, x.q_len, start,
             x.hidden);
        load(k, x.k_projected + static_cast<std::size_t>(blockIdx.z) * x.kv_len * x.hidden, first_key, x.kv_len, start,
             x.hidden);
        if (ty == 0) w[tx] = start + tx < x.hidden ? x.w[start + tx] : 0.0f;
        __syncthreads();
        for (int h = 0; h < depth; ++h) {
            const float q0 = q[h][ty], q1 = q[h][ty + threads], k0 = k[h][tx], k1 = k[h][tx + threads], weight = w[h];
            sums[0][0] = fmaf(weight, tanhf(q0 + k0), sums[0][0]);
            sums[0][1] = fmaf(weight, tanhf(q0 + k1), sums[0][1]);
            sums[1][0] = fmaf(weight, tanhf(q1 + k0), sums[1][0]);
            sums[1][1] = fmaf(weight, tanhf(q1 + k1), sums[1][1]);
        }
        __syncthreads();
    }
    for (int a = 0; a < 2; ++a) {
        for (int b = 0; b < 2; ++b) {
            const int i = first_query + ty + a * threads, j = first_key + tx + b * threads;
            if (i < x.q_len && j < x.kv_len)
                x.scores[(static_cast<std::size_t>(blockIdx.z) * x.q_len + i) * x.kv_len + j] = sums[a][b];
        }
    }
}

void additive_scores(const AdditiveScoresArgs& x) {
    const dim3 grid((x.kv_len + side - 1) / side, (x.q_len + side - 1) / side, x.batch);
    if (x.batch > 0 && x.q_len > 0 && x.kv_len > 0) two_by_two<<<grid, dim3(threads, threads)>>>(x);
}

}  // namespace wb
