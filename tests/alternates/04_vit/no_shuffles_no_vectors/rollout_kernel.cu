// NOTE: no tiles and no identity: one thread a number, all from device memory, W's row and its sum read again by each; the first layer's A
// is written as it is. What multiplies is the formula as it stands, with both halves.
#include "rollout_kernel.hpp"

#include <cuda_runtime.h>

#include <cstddef>

#include "wb/errors.hpp"

namespace wb {

/// One number of A_l R, or of A_l where R is null.
__global__ void layer_kernel(const float* weights, const float* r, float* out, int T) {
    const int place = blockIdx.x * blockDim.x + threadIdx.x, i = place / T, j = place % T;
    if (place >= T * T) return;
    const std::size_t picture = static_cast<std::size_t>(blockIdx.y) * T * T;
    const float* w = weights + picture + static_cast<std::size_t>(i) * T;
    float sum = 0, product = 0;
    for (int k = 0; k < T; ++k) {
        const float a = 0.5f * w[k] + (k == i ? 0.5f : 0.0f);
        sum += a;
        if (r) {
            product += a * r[picture + static_cast<std::size_t>(k) * T + j];
        } else if (k == j) {
            product = a;
        }
    }
    out[picture + place] = product / sum;
}

__global__ void write_identity(float* out, int T) {
    for (int j = threadIdx.x; j < T; j += blockDim.x)
        out[(static_cast<std::size_t>(blockIdx.y) * T + blockIdx.x) * T + j] = static_cast<int>(blockIdx.x) == j;
}

void rollout_on_device(const RolloutArgs& args) {
    const int T = args.tokens;
    if (args.batch == 0 || T == 0) return;
    if (args.layers == 0) write_identity<<<dim3(T, args.batch), 32>>>(args.out, T);
    const float* before = nullptr;
    for (int layer = 0; layer < args.layers; ++layer) {
        float* after = (args.layers - layer) % 2 == 1 ? args.out : args.scratch;
        layer_kernel<<<dim3((T * T + 255) / 256, args.batch), 256>>>(
            args.weights + static_cast<std::size_t>(layer) * args.batch * T * T, before, after, T);
        before = after;
    }
}

}  // namespace wb
