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
}

void few_tokens_attention_on_device(const FewTokensArgs& args) {
    throw wb::NotImplemented("6.14");
}

}  // namespace wb
