/// @file
/// Additive scores, float32: scores[b,i,j] = sum_h w[h] tanh(q_projected[b,i,h] + k_projected[b,j,h]).
///     grid (ceil(kv_len/16), ceil(q_len/16), batch)             k_tile    for each of ceil(hidden/32) steps:
///     one CUDA block per 16 x 16 scores, a thread for each      16x32     load 16 queries, 16 keys and w, 32 values
///     shared memory holds 32 hidden values of 16 queries  q_tile scores   of each, barrier,
///     and 16 keys at a time                               16x32  16x16    32 tanh a thread, barrier
/// Traffic per 16 x 16 scores: reads 132 hidden bytes (q, k, w), writes 1,024. Work 256 hidden tanh and as many FMAs.
/// So 2 tanh per byte: bound by the special function unit, where a matmul has one FMA. Tiling cannot help that.
/// Shared: 4.25 KiB. Barriers: 2 a step. Requires nothing of the sizes.
#include "additive_scores.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 2.11 removed
constexpr int tile = 16;         ///< queries, and keys, of a block
constexpr int hidden_step = 32;  ///< hidden values held in shared memory at a time

// SOLUTION END
// TODO(2.11): one tile of scores, by the threads of one block: a matmul's tiles around another inner operation.
//   Equation: as above. Shape it like 2.9: there sum_h q[i,h] * k[j,h], here sum_h w[h] * tanhf(q[i,h] + k[j,h]).
//   Ask:      why can no matrix product compute this? How many bytes would the tensor of all tanh values take, and in
//             what memory is one of them here? Neighbouring lanes differ in j: which banks does k_tile[j][h] hit, and
//             what would one column of padding change?
//   Traps:    hidden need not be a multiple of the step, and what pads the last step must add 0, not NaN; tanh written
//             as (e^2x - 1) / (e^2x + 1) is inf / inf for a large x.
__global__ void additive_scores_kernel(AdditiveScoresArgs args) {
    // SOLUTION BEGIN 2.11 removed
    // +1: a warp's lanes read down a column of k, and of q two numbers in one column: each from a bank of its own.
    __shared__ float q_tile[tile][hidden_step + 1], k_tile[tile][hidden_step + 1];
    __shared__ float w_step[hidden_step];
    const int x = threadIdx.x, y = threadIdx.y;
    const int key = blockIdx.x * tile + x, query = blockIdx.y * tile + y, batch_row = blockIdx.z;
    const float* queries = args.q_projected + static_cast<std::size_t>(batch_row) * args.q_len * args.hidden;
    const float* keys = args.k_projected + static_cast<std::size_t>(batch_row) * args.kv_len * args.hidden;

    float sum = 0.0f;
    for (int step = 0; step < args.hidden; step += hidden_step) {
        const int key_loaded = blockIdx.x * tile + y;  // thread row y loads query y and key y, its lanes along hidden
        for (int i = x; i < hidden_step; i += tile) {
            const int h = step + i;
            const bool in_q = query < args.q_len && h < args.hidden, in_k = key_loaded < args.kv_len && h < args.hidden;
            q_tile[y][i] = in_q ? queries[static_cast<std::size_t>(query) * args.hidden + h] : 0.0f;
            k_tile[y][i] = in_k ? keys[static_cast<std::size_t>(key_loaded) * args.hidden + h] : 0.0f;
            if (y == 0) w_step[i] = h < args.hidden ? args.w[h] : 0.0f;
        }
        __syncthreads();  // the tiles are whole before anyone reads them
        for (int i = 0; i < hidden_step; ++i) sum += w_step[i] * tanhf(q_tile[y][i] + k_tile[x][i]);
        __syncthreads();  // everyone has read the tiles before the next step overwrites them
    }

    if (query < args.q_len && key < args.kv_len) {
        args.scores[(static_cast<std::size_t>(batch_row) * args.q_len + query) * args.kv_len + key] = sum;
    }
    // SOLUTION END
}

void additive_scores(const AdditiveScoresArgs& args) {
    // SOLUTION BEGIN 2.11
    if (args.batch == 0 || args.q_len == 0 || args.kv_len == 0) return;  // a grid of 0 is an invalid configuration
    const dim3 grid((args.kv_len + tile - 1) / tile, (args.q_len + tile - 1) / tile, args.batch), block(tile, tile);
    additive_scores_kernel<<<grid, block>>>(args);
    // SOLUTION END
}

}  // namespace wb
