// NOTE: a head in phases, with a barrier of the block between them and no warp function: scores, softmax by a thread a row, answer. Exactly 48 KiB:
// queries, scores, and one place in which first the keys lie, and then the values. No room for padding, so rows are turned: number d of key j
// lies at (d + j) % D of its row, and a thread begins its row of scores at its own number. Neighbours are then in different banks, too.
#include "few_tokens_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

constexpr int threads = 128;

__device__ void fetch(float* shared, const float* device, int count) {
    for (int n = threadIdx.x; n < count; n += threads) shared[n] = device[n];
}

__global__ void attention_in_phases(FewTokensArgs args) {
    __shared__ float q[64 * 64], k_then_v[64 * 64], scores[64 * 64];
    const int T = args.tokens, D = args.head_dim;
    const std::size_t head = blockIdx.x;
    fetch(q, args.q + head * T * D, T * D);
    for (int n = threadIdx.x; n < T * D; n += threads)
        k_then_v[n / D * D + (n % D + n / D) % D] = args.k[head * T * D + n];
    __syncthreads();
    const float root = sqrtf(static_cast<float>(D));
    for (int n = threadIdx.x; n < T * T; n += threads) {
        float sum = 0;
        int turned = n % T % D;
        for (int d = 0; d < D; ++d) {
            sum += q[n / T * D + d] * k_then_v[n % T * D + turned];
            if (++turned == D) turned = 0;
        }
        scores[n] = sum / root;
    }
    __syncthreads();
    fetch(k_then_v, args.v + head * T * D, T * D);
    for (int i = threadIdx.x; i < T; i += threads) {
        float* row = scores + i * T;
        float largest = row[i], sum = 0;
        for (int j = 1; j < T; ++j) largest = fmaxf(largest, row[(i + j) % T]);
        for (int j = 0; j < T; ++j) sum += row[(i + j) % T] = expf(row[(i + j) % T] - largest);
        for (int j = 0; j < T; ++j) row[(i + j) % T] /= sum;
    }
    __syncthreads();
    for (int n = threadIdx.x; args.weights != nullptr && n < T * T; n += threads)
        args.weights[head * T * T + n] = scores[n];
    for (int n = threadIdx.x; n < T * D; n += threads) {
        float sum = 0;
        for (int j = 0; j < T; ++j) sum += scores[n / D * T + j] * k_then_v[j * D + n % D];
        args.out[head * T * D + n] = sum;
    }
}

void few_tokens_attention_on_device(const FewTokensArgs& args) {
    if (args.tokens > few_tokens || args.head_dim > few_tokens_head_dim || args.head_dim <= 0)
        throw ShapeError("few tokens: tokens " + std::to_string(args.tokens) + " of at most 64, head_dim " +
                         std::to_string(args.head_dim) + " of 1 to 64");
    if (args.heads > 0 && args.tokens > 0) attention_in_phases<<<args.heads, threads>>>(args);
}

}  // namespace wb
