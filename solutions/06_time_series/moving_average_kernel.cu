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

// SOLUTION BEGIN 6.14 removed
namespace {

constexpr int threads = 128;
constexpr int results_per_thread = 5;  ///< odd: no two lanes of a warp want the same bank
constexpr int tile = threads * results_per_thread;
constexpr int longest_window = 1025;

}  // namespace
// SOLUTION END
// TODO(6.14): one tile of one row's means.
//   Equation: above.
//   Start:    which numbers do the results t0 .. t0 + tile - 1 need, counted from t0 - reach? Fetch them, each at its own place held within
//             0 .. length - 1; a barrier; then every thread sums from shared memory.
//   Ask:      sums of 1,025 numbers near 4096 reach four million, and from two million on floats are .25 apart. By how much may a sum be off when each of
//             its additions is rounded the same way, and what is left of that after dividing by 1,025? What changes when all numbers lie near 0?
//   Traps:    the halo is window - 1 numbers in all; the window may be longer than the series, so one fetch may be far outside on both sides;
//             divide by window at the ends as well; the last block has results for some threads only, and all of them fetch.
__global__ void moving_average_kernel(MovingAverageArgs args) {
    // SOLUTION BEGIN 6.14 removed
    __shared__ float numbers[tile + longest_window - 1], means[tile];
    const int first = blockIdx.x * tile, reach = args.window / 2;
    const std::size_t row = static_cast<std::size_t>(blockIdx.y) * args.length;
    const int results = min(tile, args.length - first);  // of this block
    for (int i = threadIdx.x; i < results + args.window - 1; i += threads)
        numbers[i] = args.x[row + min(max(first - reach + i, 0), args.length - 1)];
    __syncthreads();  // a thread's windows hold what others have fetched

    const int mine = threadIdx.x * results_per_thread;  // my first result; its window begins here in `numbers`, too
    const int end = min(mine + results_per_thread, results);  // before `mine`, where I have none
    const float level = numbers[reach];                       // the tile's first number
    float sum = 0.0f;
    for (int i = 0; mine < end && i < args.window; ++i) sum += numbers[mine + i] - level;
    for (int i = mine; i < end; ++i) {
        if (i > mine) sum += numbers[i + args.window - 1] - numbers[i - 1];
        means[i] = level + sum / args.window;
    }
    __syncthreads();  // what a thread writes, another has summed
    for (int i = threadIdx.x; i < results; i += threads) args.trend[row + first + i] = means[i];
    // SOLUTION END
}

void moving_average_on_device(const MovingAverageArgs& args) {
    // SOLUTION BEGIN 6.14
    if (args.window < 1 || args.window > longest_window || args.window % 2 == 0) {
        throw std::invalid_argument("moving_average_on_device: window is " + std::to_string(args.window) +
                                    ", but must be odd, so that it has a middle, and 1 to " +
                                    std::to_string(longest_window));
    }
    if (args.rows == 0 || args.length == 0) return;  // a grid of 0 is an invalid configuration
    moving_average_kernel<<<dim3((args.length + tile - 1) / tile, args.rows), threads>>>(args);
    // SOLUTION END
}

}  // namespace wb
