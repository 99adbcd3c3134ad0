/// @file
/// Bias and GELU, float32: out = gelu(z), z[r,c] = x[r,c] + bias[c], gelu(z) = z/2 (1 + erf(z / sqrt(2))); and back:
///     d_x = d_out (Phi(z) + z phi(z)),  d_bias[c] = sum_r d_x[r,c].
///     forward: all n = rows * hidden numbers as one array,         backward: grid (ceil(hidden / 32)), block (32, 8)
///     256 threads a CUDA block, 4 numbers a thread                 thread (x, y): column 32 * blockIdx.x + x,
///     | 0 1 2 3 | 4 5 6 7 | .. | n-2 n-1 |                                        rows y, y + 8, y + 16, ..
///       float4    float4         tail: one by one                  8 sums a column -> shared memory -> barrier -> 1 sum, in order
///     the four of the bias as a float4, too, where rows are a multiple of 4 long
/// Traffic: forward reads 4 n and writes 4 n bytes (bias stays in the cache); backward reads 8 n, writes 4 n. Work about 25 n FLOPs, most
/// of them erf's: 3 per byte, bound by memory. As two kernels, bias first, the way forth would move twice as much.
/// Shared, backward: 1 KiB. Barriers, backward: one. Requires nothing of rows and hidden, nor of the pointers.
#include "bias_gelu_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "wb/errors.hpp"

namespace wb {

// TODO(4.11): four neighbouring numbers a thread, as one float4 where that is possible, else one by one.
//   Start:    one number a thread; it earns all points but no speed. Then: a thread has numbers 4 t to 4 t + 3 of the whole array, its
//             rows one after the other. reinterpret_cast<const float4*>(x)[t] reads them at once.
//   Ask:      when may it not? Both arrays have to begin at a multiple of 16 bytes, and the last thread may have fewer than 4 numbers.
//             Where does a row end among the four, if hidden is 5, and which number of the bias does each of them get?
//   Traps:    out may be x: a thread reads all it needs before it writes, and nobody else's; so no __restrict__ here. The form with tanh
//             is another function, off by up to 5e-4.
__global__ void bias_gelu_kernel(BiasGeluArgs args, std::int64_t count, bool vectors) {
}

void bias_gelu_on_device(const BiasGeluArgs& args) {
    throw wb::NotImplemented("4.11");
}

// TODO(4.11): d_x number by number, and its sum over each column.
//   Equation: above; phi(z) = exp(-z^2 / 2) / sqrt(2 pi).
//   Start:    the picture above: a warp reads 32 neighbours of one row, then of the row eight below. Each thread sums what it computes;
//             then the eight sums of a column meet in shared memory, and one thread adds them.
//   Ask:      atomicAdd(&d_bias[c], ..) needs no shared memory and no barrier. In which order does it add, and what are (1e8 + 1) - 1e8
//             and (1e8 - 1e8) + 1 in float? Why would a lane for each row and a warp for each column be slow?
//   Traps:    without rows d_bias is still to be written, with zeros; a thread whose column lies outside writes nothing, but comes to
//             the barrier; z^2 overflows for z = 1e20, and exp(-inf) is 0: fine.
__global__ void bias_gelu_backward_kernel(BiasGeluBackwardArgs args) {
}

void bias_gelu_backward_on_device(const BiasGeluBackwardArgs& args) {
    throw wb::NotImplemented("4.11");
}

}  // namespace wb
