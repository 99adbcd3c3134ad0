/// @file
/// The moving average, float32: trend[r,t] = 1/w sum_{j = t-reach .. t+reach} x[r,j], reach = (w - 1) / 2, the first and the last number
/// repeated beyond the ends.
///     grid (ceil(length / 640), rows), 128 threads                w = 5:           halo |  tile: 640 numbers  | halo
///     a block fetches its 640 numbers and `reach` more on         shared memory    a b  |  c d e f g h i ..   | y z
///     either side into shared memory, each one once               thread 0 sums    a b c d e, then + f - a, + g - b, ..
///     thread i has results 5 i .. 5 i + 4: one whole sum, then    thread 1 sums                f g h i j, then + k - f, ..
///     one number in and one out; results go to shared memory,     means            0  1  2 .. 639
///     and from there side by side to the row                      written          32 neighbours by 32 lanes
/// The first number of a tile, its level, is taken off all that is summed and put back at the end: sums stay small, wherever a row lies.
/// Traffic per row: reads 4 (length + (w - 1) blocks) bytes, writes 4 length. Work (2 w + 8) / 5 + 2 FLOPs a number: 14 with w = 25, 1.5 per byte.
/// Shared: 4 (2 * 640 + w - 1) bytes, 9 KiB at most. Barriers: two. Requires w <= 1,025. (A thread reads at 5 i, its neighbour at 5 i + 5: odd,
/// so that 32 of them fall into 32 banks. With 4 i they would fall into 8. In device memory there are no banks, but sectors of 8 floats: there 32
/// lanes 5 apart touch 20 of them where 4 would do. Hence the detour of the results.)
#include "moving_average_kernel.hpp"

#include <cuda_runtime.h>

#include <cstddef>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(6.14): one tile of one row's means.
//   Equation: above.
//   Start:    which numbers do the results t0 .. t0 + tile - 1 need, counted from t0 - reach? Fetch them, each at its own place held within
//             0 .. length - 1; a barrier; then every thread sums from shared memory.
//   Ask:      sums of 1,025 numbers near 4096 reach four million, and from two million on floats are .25 apart. By how much may a sum be off when each of
//             its additions is rounded the same way, and what is left of that after dividing by 1,025? What changes when all numbers lie near 0?
//   Traps:    the halo is window - 1 numbers in all; the window may be longer than the series, so one fetch may be far outside on both sides;
//             divide by window at the ends as well; the last block has results for some threads only, and all of them fetch.
__global__ void moving_average_kernel(MovingAverageArgs args) {
}

void moving_average_on_device(const MovingAverageArgs& args) {
    throw wb::NotImplemented("6.14");
}

}  // namespace wb
