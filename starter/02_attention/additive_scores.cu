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

// TODO(2.11): one tile of scores, by the threads of one block: a matmul's tiles around another inner operation.
//   Equation: as above. Shape it like 2.9: there sum_h q[i,h] * k[j,h], here sum_h w[h] * tanhf(q[i,h] + k[j,h]).
//   Ask:      why can no matrix product compute this? How many bytes would the tensor of all tanh values take, and in
//             what memory is one of them here? Neighbouring lanes differ in j: which banks does k_tile[j][h] hit, and
//             what would one column of padding change?
//   Traps:    hidden need not be a multiple of the step, and what pads the last step must add 0, not NaN; tanh written
//             as (e^2x - 1) / (e^2x + 1) is inf / inf for a large x.
__global__ void additive_scores_kernel(AdditiveScoresArgs args) {
}

void additive_scores(const AdditiveScoresArgs& args) {
    throw wb::NotImplemented("2.11");
}

}  // namespace wb
