/// @file
/// Matrix product, float32: c[i,j] = sum_t a[i,t] b[t,j], i < m, j < n, t < k.
///     grid (ceil(n/32), ceil(m/32)): one CUDA block per tile of c             b_tile    for each of ceil(k/32) steps:
///     block (32, 8) = 256 threads; thread (x, y) owns 4 values of c:          32x32     load both tiles, barrier,
///     column x of rows y, y + 8, y + 16, y + 24                     a_tile    c_tile    32 x 4 products a thread,
///     the lanes of a warp share a row and have a column each        32x32     32x32     barrier
/// Traffic: each tile of c reads 32 rows of a and 32 columns of b, in all 8 m n k / 32 = m n k / 4 bytes; writes 4 m n.
/// Work 2 m n k FLOPs: 8 per byte, where one thread per value and no tiles has 1/4.
/// Shared: 8 KiB. Barriers: 2 a step. Requires nothing of m, n, k: what lies outside a or b is loaded as 0.
#include "tiled_matmul.hpp"

#include <cuda_runtime.h>

#include <cstddef>

#include "wb/errors.hpp"

namespace wb {

// TODO(2.9): one tile of c, by the threads of one block, in steps of one tile of a and one of b.
//   Equation: c_tile = sum over steps s of a_tile(s) b_tile(s): a product of block matrices.
//   Ask:      how often does an element of a leave global memory without tiles, and how often with them? Which threads
//             read a tile's element, and which wrote it: who has to wait for whom, and when a second time?
//   Traps:    a thread whose own value of c lies outside still loads for the others, so it must not leave early;
//             what lies outside a or b must count as 0, not as whatever the memory holds; with k = 0, c is zeros.
__global__ void tiled_matmul_kernel(MatmulArgs args) {
}

void tiled_matmul(const MatmulArgs& args) {
    throw wb::NotImplemented("2.9");
}

}  // namespace wb
