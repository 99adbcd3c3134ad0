/// @file
/// Rollout, float32: R_l = A_l R_(l-1), R_0 = I, A_l = 0.5 W_l + 0.5 I with rows divided by their sums. A row of A_l times R is
///     R_l[i,j] = (sum_k W[i,k] R[k,j] + R[i,j]) / (sum_k W[i,k] + 1),     the halves above and below cancel
/// so A_l is never stored: a row's sum is taken while its tiles pass by.
///     a launch a layer, grid (ceil(T/32), ceil(T/32), batch)                  r_tile   for each of ceil(T/32) steps:
///     block (32, 8) = 256 threads; thread (x, y) owns 4 numbers of R_l:       32x32    load both tiles, barrier,
///     column x of rows y, y + 8, y + 16, y + 24                      w_tile   tile of  32 x 4 products and row sums a thread,
///     R_L -> out, R_(L-1) -> scratch, R_(L-2) -> out, ..             32x32    R_l      barrier
/// Traffic per layer and picture, T = tokens: each of ceil(T/32)^2 tiles of R_l reads 32 rows of W and 32 columns of R, and R[i,j] once more:
/// 4 T^2 (2 ceil(T/32) + 1) bytes, 2.3 MB at T = 197; writes 4 T^2, .16 MB. Work 2 T^3 FLOPs (and T^3 for the row sums, which every column
/// makes again): 15 million, so 6 per byte.
/// Shared: 8 KiB. Barriers: 2 a step. Device memory: out and scratch, which take turns. Requires nothing of T.
#include "rollout_kernel.hpp"

#include <cuda_runtime.h>

#include <cstddef>
#include <utility>

#include "wb/errors.hpp"

namespace wb {

// TODO(4.11): one tile of R_l, in steps of one tile of W_l and one of R_(l-1), as in exercise 2.9; and R_0.
//   Equation: above.
//   Start:    a kernel that writes the identity; a kernel that multiplies. Then the launcher: which of the two arrays does R_0 go to, if
//             R_L is to be in `out`?
//   Ask:      A_l needs its rows' sums before the first of its products is right, or so it seems. Why may a row be divided last? And why
//             is there no half in the second line? The pictures of exercise 4.7 need row 0 of R_L only: how many FLOPs would that take,
//             multiplied from which end?
//   Traps:    rows are divided, not columns: the sum belongs to i; layer L stands on the left; R_l may not be written over R_(l-1), which
//             other CUDA blocks still read; a thread outside the matrix still loads for the others.
__global__ void rollout_layer_kernel(const float* weights, const float* before, float* after, int tokens) {
}

void rollout_on_device(const RolloutArgs& args) {
    throw wb::NotImplemented("4.11");
}

}  // namespace wb
