/// @file
/// Row softmax, float32: weights[r,c] = exp(scores[r,c] - m) / l, m = max_c scores[r,c], l = sum_c exp(scores[r,c] - m)
///     grid (rows): one CUDA block per row, up to 256 threads       warp 0: t 0 .. 31  --5 shuffles--> partial[0] |
///     thread t takes columns t, t + 256, ..: neighbours read       warp 1: t 32 .. 63 --5 shuffles--> partial[1] | 5
///     neighbours, so coalesced, however many columns there are     ..                                 ..         |
/// Traffic per row of C columns: 4 C bytes from global memory (and 8 C from cache while a row fits there), writes 4 C.
/// Work 2 C calls of exp: bound by memory. Shared: 128 bytes. Barriers: 2 a reduction, so 4. Requires nothing of C.
#include "row_softmax.hpp"

#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "wb/errors.hpp"

namespace wb {

// TODO(2.8): one row's softmax, by the threads of one block (or of one warp: the grid is yours to choose).
//   Equation: as above. Each thread reduces its own columns, then the lanes of a warp reduce by __shfl_xor_sync, then
//             the warps through shared memory: once for the maximum, once for the sum.
//   Ask:      after 5 steps of __shfl_xor_sync, which lanes hold the warp's result? Who reads partial[] last, and what
//             keeps the next reduction from overwriting it before that?
//   Traps:    a row may be wider than the block, and narrower; a full mask waits for all 32 lanes, also for those that
//             have no column; a row of -inf throughout makes -inf - (-inf), which is NaN, and a sum of 0.
__global__ void row_softmax_kernel(const float* scores, float* weights, int cols) {
}

void row_softmax(const float* scores, float* weights, int rows, int cols) {
    throw wb::NotImplemented("2.8");
}

}  // namespace wb
