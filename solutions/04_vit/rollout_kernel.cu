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

// SOLUTION BEGIN 4.11 removed
namespace {

constexpr int tile = 32;
constexpr int thread_rows = 8;                         ///< blockDim.y
constexpr int values_per_thread = tile / thread_rows;  ///< of a column of the answer

/// A number of one picture's matrix, which counts as 0 outside.
__device__ float element(const float* matrix, int row, int column, int tokens) {
    return row < tokens && column < tokens ? matrix[static_cast<std::size_t>(row) * tokens + column] : 0.0f;
}

}  // namespace
// SOLUTION END
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
    // SOLUTION BEGIN 4.11 removed
    __shared__ float w_tile[tile][tile], r_tile[tile][tile];
    const std::size_t picture = static_cast<std::size_t>(blockIdx.z) * tokens * tokens;
    const float* w = weights + picture;
    const float* r = before + picture;
    const int x = threadIdx.x, y = threadIdx.y;
    const int column = blockIdx.x * tile + x, first_row = blockIdx.y * tile + y;

    float sums[values_per_thread] = {}, row_sums[values_per_thread] = {};
    for (int step = 0; step < tokens; step += tile) {
        for (int i = 0; i < tile; i += thread_rows) {
            w_tile[y + i][x] = element(w, first_row + i, step + x, tokens);
            r_tile[y + i][x] = element(r, step + y + i, column, tokens);
        }
        __syncthreads();  // both tiles are whole before anyone reads them
        for (int k = 0; k < tile; ++k) {
            const float below = r_tile[k][x];
            for (int i = 0; i < values_per_thread; ++i) {
                const float weight = w_tile[y + i * thread_rows][k];
                sums[i] += weight * below;
                row_sums[i] += weight;
            }
        }
        __syncthreads();  // everyone has read both tiles before the next step overwrites them
    }

    for (int i = 0; i < values_per_thread; ++i) {
        const int row = first_row + i * thread_rows;
        if (row >= tokens || column >= tokens) continue;
        const std::size_t place = static_cast<std::size_t>(row) * tokens + column;
        after[picture + place] = (sums[i] + r[place]) / (row_sums[i] + 1.0f);
    }
    // SOLUTION END
}

// SOLUTION BEGIN 4.11 removed
/// R_0 of every picture: one CUDA block a row.
__global__ void identity_kernel(float* matrix, int tokens) {
    const int row = blockIdx.x;
    float* out = matrix + (static_cast<std::size_t>(blockIdx.z) * tokens + row) * tokens;
    for (int column = threadIdx.x; column < tokens; column += blockDim.x) out[column] = column == row ? 1.0f : 0.0f;
}

// SOLUTION END
void rollout_on_device(const RolloutArgs& args) {
    // SOLUTION BEGIN 4.11
    if (args.batch == 0 || args.tokens == 0) return;  // a grid of 0 is an invalid configuration
    float *now = args.out, *next = args.scratch;
    if (args.layers % 2 != 0) std::swap(now, next);  // an odd number of turns ends in the other one
    identity_kernel<<<dim3(args.tokens, 1, args.batch), 128>>>(now, args.tokens);

    const int tiles = (args.tokens + tile - 1) / tile;
    const std::size_t layer_size = static_cast<std::size_t>(args.batch) * args.tokens * args.tokens;
    for (int layer = 0; layer < args.layers; ++layer) {
        rollout_layer_kernel<<<dim3(tiles, tiles, args.batch), dim3(tile, thread_rows)>>>(
            args.weights + layer * layer_size, now, next, args.tokens);
        std::swap(now, next);
    }
    // SOLUTION END
}

}  // namespace wb
