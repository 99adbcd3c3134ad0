// NOTE: tiles of 16 and one number a thread, which sums its row of A as it goes; no identity in memory: the first layer makes its tiles of
// it as it needs them. What multiplies is the formula as it stands, with both halves.
#include "rollout_kernel.hpp"

#include <cuda_runtime.h>

#include <cstddef>

#include "wb/errors.hpp"

namespace wb {

constexpr int side = 16;

/// One number of A_l R, or of A_l where R is null.
__global__ void layer_kernel(const float* weights, const float* r, float* out, int T) {
    __shared__ float a_tile[side][side], r_tile[side][side];
    const std::size_t picture = static_cast<std::size_t>(blockIdx.z) * T * T;
    const int x = threadIdx.x, y = threadIdx.y, i = blockIdx.y * side + y, j = blockIdx.x * side + x;
    float sum = 0, product = 0;
    for (int begin = 0; begin < T; begin += side) {
        const int k = begin + x, row = begin + y;
        float a = 0, below = 0;
        if (i < T && k < T) a = 0.5f * weights[picture + static_cast<std::size_t>(i) * T + k] + (k == i ? 0.5f : 0.0f);
        if (r == nullptr) {
            below = row == j;  // R_0
        } else if (row < T && j < T) {
            below = r[picture + static_cast<std::size_t>(row) * T + j];
        }
        a_tile[y][x] = a;
        r_tile[y][x] = below;
        __syncthreads();
        for (int n = 0; n < side; ++n) {
            sum += a_tile[y][n];
            product += a_tile[y][n] * r_tile[n][x];
        }
        __syncthreads();
    }
    if (i < T && j < T) out[picture + static_cast<std::size_t>(i) * T + j] = product / sum;
}

__global__ void write_identity(float* out, int T) {
    for (int j = threadIdx.x; j < T; j += blockDim.x)
        out[(static_cast<std::size_t>(blockIdx.y) * T + blockIdx.x) * T + j] = static_cast<int>(blockIdx.x) == j;
}

void rollout_on_device(const RolloutArgs& args) {
    const int T = args.tokens, tiles = (T + side - 1) / side;
    if (args.batch == 0 || T == 0) return;
    if (args.layers == 0) write_identity<<<dim3(T, args.batch), 32>>>(args.out, T);
    const float* before = nullptr;
    for (int layer = 0; layer < args.layers; ++layer) {
        float* after = (args.layers - layer) % 2 == 1 ? args.out : args.scratch;
        layer_kernel<<<dim3(tiles, tiles, args.batch), dim3(side, side)>>>(
            args.weights + static_cast<std::size_t>(layer) * args.batch * T * T, before, after, T);
        before = after;
    }
}

}  // namespace wb
