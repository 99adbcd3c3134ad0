/// @file
/// Attention between at most T = 64 tokens, float32, D = head_dim: out[i,:] = sum_j w[i,j] v[j,:], w[i,j] = softmax_j(q[i,:] . k[j,:] / sqrt(D)).
///     grid (heads), 256 threads = 8 warps           keys ->   lane 0    lane 1   ..  lane 31
///     all fetch k and v to shared memory, barrier   query i   s0  s32   s1  s33  ..  s31 s63   largest, exp, sum: shuffles
///     warp w has queries w, w + 8, ..                         w0 w1 w2 ..            w63       to shared memory, to `weights`
///     of one, lane l has keys l and l + 32,         out i     columns l and l + 32: sum over all keys
///     then columns l and l + 32 of the answer
/// All of q, k, v and scores would be 4 * 16 = 64 KiB; a kernel gets 48 unasked. But a query needs its own row of q and of scores only: so
/// the warps hold 8 rows of each at a time. Shared: k 16.25 (rows of 65: 32 keys' numbers of one column are in 32 banks), v 16, rows 4: 36.25 KiB.
/// Traffic per head: reads 12 T D bytes, writes 4 T D (and 4 T^2 where weights are wanted). Work 4 T^2 D FLOPs: T / 4 per byte. With stored scores
/// in three kernels, 16 T^2 bytes more. Barriers: one of the block, 2 of the warp a query.
#include "few_tokens_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 6.14 removed
namespace {

constexpr int warps_per_block = 8;
constexpr int threads_per_block = 32 * warps_per_block;
constexpr int keys_per_lane = few_tokens / 32;
constexpr unsigned all_lanes = 0xffffffffu;

/// The largest `value` of a warp, and the sum over it, in each lane.
__device__ float warp_max(float value) {
    for (int distance = 16; distance > 0; distance /= 2)
        value = fmaxf(value, __shfl_xor_sync(all_lanes, value, distance));
    return value;
}

__device__ float warp_sum(float value) {
    for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(all_lanes, value, distance);
    return value;
}

}  // namespace
// SOLUTION END
// TODO(6.14): all queries of one head.
//   Equation: above.
//   Start:    k and v to shared memory, barrier. Then a warp for each query: its scores, their largest, the exponentials, their sum; the
//             weights to shared memory; a row of the answer. Or without warps: scores of all queries, barrier, a thread a row for softmax,
//             barrier, the answer; then see what fits into 48 KiB, and what may lie where something else is no longer needed.
//   Ask:      who writes a number that another lane or warp reads, and what stands between the two? What does a lane say of key 40 when
//             there are 33, so that neither the largest nor the sum notices? In which bank is k[j][d] for j = 0 .. 31?
//   Traps:    the root of head_dim, not of tokens; expf(1e4) is infinite, and so is the sum; a lane without a key still takes part in every
//             shuffle; heads lie tokens * head_dim apart, their weights tokens * tokens; weights may be null.
__global__ void few_tokens_kernel(FewTokensArgs args) {
    // SOLUTION BEGIN 6.14 removed
    __shared__ float k[few_tokens][few_tokens_head_dim + 1], v[few_tokens][few_tokens_head_dim];
    __shared__ float q_rows[warps_per_block][few_tokens_head_dim], weight_rows[warps_per_block][few_tokens];
    const int tokens = args.tokens, head_dim = args.head_dim;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const std::size_t first_token = static_cast<std::size_t>(blockIdx.x) * tokens;  // of this head, among all heads

    for (int n = threadIdx.x; n < tokens * head_dim; n += threads_per_block) {
        k[n / head_dim][n % head_dim] = args.k[first_token * head_dim + n];
        v[n / head_dim][n % head_dim] = args.v[first_token * head_dim + n];
    }
    __syncthreads();  // keys and values were fetched by all warps

    float* q = q_rows[warp];
    float* weights = weight_rows[warp];
    const float scale = 1.0f / sqrtf(static_cast<float>(head_dim));
    for (int i = warp; i < tokens; i += warps_per_block) {
        const std::size_t token = first_token + i;
        for (int d = lane; d < head_dim; d += 32) q[d] = args.q[token * head_dim + d];
        __syncwarp();  // the row of q is whole; and all lanes are done with the weights of the query before

        float scores[keys_per_lane], largest = -INFINITY;
        for (int n = 0; n < keys_per_lane; ++n) {
            const int j = lane + 32 * n;
            float sum = 0.0f;
            for (int d = 0; j < tokens && d < head_dim; ++d) sum += q[d] * k[j][d];
            scores[n] = j < tokens ? sum * scale : -INFINITY;  // exp of it is 0
            largest = fmaxf(largest, scores[n]);
        }
        largest = warp_max(largest);
        float total = 0.0f;
        for (float& score : scores) {
            score = expf(score - largest);
            total += score;
        }
        total = warp_sum(total);

        for (int n = 0; n < keys_per_lane; ++n) {
            const int j = lane + 32 * n;
            if (j >= tokens) continue;
            weights[j] = scores[n] / total;
            if (args.weights != nullptr) args.weights[token * tokens + j] = weights[j];
        }
        __syncwarp();  // the row of weights is whole; and all lanes are done with q
        for (int d = lane; d < head_dim; d += 32) {
            float sum = 0.0f;
            for (int j = 0; j < tokens; ++j) sum += weights[j] * v[j][d];
            args.out[token * head_dim + d] = sum;
        }
    }
    // SOLUTION END
}

void few_tokens_attention_on_device(const FewTokensArgs& args) {
    // SOLUTION BEGIN 6.14
    if (args.tokens > few_tokens || args.head_dim < 1 || args.head_dim > few_tokens_head_dim) {
        throw ShapeError("few_tokens_attention_on_device: tokens " + std::to_string(args.tokens) + " and head_dim " +
                         std::to_string(args.head_dim) + " do not fit: at most " + std::to_string(few_tokens) +
                         " tokens, and a head_dim of 1 to " + std::to_string(few_tokens_head_dim) +
                         ". Take flash attention (exercise 2.10).");
    }
    if (args.heads == 0 || args.tokens == 0) return;  // a grid of 0 is an invalid configuration
    few_tokens_kernel<<<args.heads, threads_per_block>>>(args);
    // SOLUTION END
}

}  // namespace wb
