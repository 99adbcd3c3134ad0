/// @file
/// Entropy of each head, float32: nats[h] = sum over entries b and queries i of -sum_j p ln p, p = weights[b,h,i,j], and how many rows.
///     grid (heads), 256 threads = 8 warps                              warp: lane 0  p0 p32 p64 ..  |
///     the head's rows are batch * q_len; warp w takes                        lane 1  p1 p33 p65 ..  | 5 shuffles: a row's entropy
///     rows w, w + 8, ..: one row at a time, its lanes side by side           ..                     |
///     8 sums and 8 counts -> shared memory -> barrier -> thread 0 adds them, in order
/// Traffic: reads 4 kv_len bytes a row, writes 8 a head; work 3 kv_len FLOPs a row and as many logarithms: bound by memory.
/// Shared: 64 bytes. Barriers: one. Requires nothing of the sizes. A model of few heads leaves most of a large GPU idle: with scratch
/// memory one would split the rows over more blocks, and let a second launch add their sums, in order again.
#include "entropy_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>

#include "wb/errors.hpp"

namespace wb {

// TODO(3.10): one head's rows by one CUDA block: a warp a row, then one sum of the warps' sums.
//   Equation: -sum_j p_j ln p_j, in nats; a row of n equal weights gives ln n.
//   Start:    row r of a head is query r % q_len of entry r / q_len. Each lane sums over its own keys, shuffles add the lanes up, and
//             lane 0 keeps the warp's sum and count until all rows are done.
//   Ask:      atomicAdd would need no shared memory. In which order would it add, and would the last bits be the same tomorrow? How does
//             a warp know that all weights of a row are 0, if each lane has seen only some of them?
//   Traps:    0 * logf(0) is NaN; a row of padding may hold NaN, so it must not be added, nor counted; a lane without a key takes part in
//             every shuffle; without rows there are still nats and rows to write.
__global__ void head_entropy_kernel(HeadEntropyArgs args) {
}

void head_entropy_sums(const HeadEntropyArgs& args) {
    throw wb::NotImplemented("3.10");
}

}  // namespace wb
