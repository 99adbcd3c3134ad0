/// @file
/// Each window by its own measure, float32: out[b,t,v] = (x[b,t,v] - mean) / deviation, L = lookback, for each window b and variate v
///     mean[b,v] = 1/L sum_t x[b,t,v],  deviation[b,v] = sqrt(1/L sum_t (x[b,t,v] - mean)^2 + epsilon): two passes, the second with the mean
///     grid (ceil(variates / 32), batch)                             x ->    0    1  ..  31: variates
///     block (32, 8) = 256 threads: thread (x, y) has variate        y = 0   rows 0,  8, 16, ..  |  partial[8][32]   the sum, in all
///     32 * blockIdx.x + x and rows y, y + 8, ..                     y = 1   rows 1,  9, 17, ..  |  in shared        threads of
///     neighbours read neighbours, which are variates                ..                          |  memory           variate x
/// Traffic per window and variate: reads 4 L bytes (and 8 L more from the cache, where a window of 96 x 7 still lies), writes 4 L + 8. Work 6 L
/// FLOPs: .75 per byte, bound by memory. With fewer than 32 variates lanes go without work: 7 of 32 have some.
/// Shared: 1 KiB. Barriers: 4, two for each sum. Requires nothing of L and variates.
#include "instance_norm_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(6.14): mean, deviation and answer of some variates of one window.
//   Equation: above.
//   Start:    blockIdx.y is the window. Give neighbouring threads neighbouring variates, and share the rows among several threads a variate;
//             what each has summed goes to shared memory, and is added up there. Three loops over the rows: mean, variance, answer.
//   Ask:      with a thread for each variate, 7 threads of a window read 96 rows each, one behind the other: how many would work at a time on
//             32 windows? And with a warp for each variate, how far apart are the numbers that its lanes read at once?
//   Traps:    mean(x^2) - mean^2 loses all digits at a level of 4096; epsilon lies under the root; divide by lookback; a thread without a
//             variate or without a row still comes to every barrier; the second sum may not overwrite what others still add up.
__global__ void instance_norm_kernel(InstanceNormArgs args) {
}

void instance_norm_on_device(const InstanceNormArgs& args) {
    throw wb::NotImplemented("6.14");
}

}  // namespace wb
