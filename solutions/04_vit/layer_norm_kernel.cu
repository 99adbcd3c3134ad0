/// @file
/// Layer normalisation, float32: out[r,c] = (x[r,c] - mean_r) / sqrt(var_r + epsilon) * weight[c] + bias[c], h = hidden,
///     mean_r = 1/h sum_c x[r,c],  var_r = 1/h sum_c (x[r,c] - mean_r)^2: in two passes, the second one with the mean of the first.
///     grid (ceil(rows / 4)), 128 threads = 4 warps                 warp: lane 0  x0 x32 x64 ..  |            |
///     warp w of a block has row 4 * blockIdx.x + w                       lane 1  x1 x33 x65 ..  | 5 shuffles | mean in all lanes
///     lane l takes columns l, l + 32, ..: neighbours read neighbours     ..                     |            |
///     the same again for the variance, and a third time to write
/// Traffic per row: reads 4 h bytes of x (and 8 h more from the cache, where a row of 3 KB still lies) and 8 h of weight and bias, which
/// stay in the cache for all rows; writes 4 h. Work 8 h FLOPs: 1 per byte, bound by memory.
/// No shared memory, no barrier: a row is the work of one warp. Requires nothing of h.
#include "layer_norm_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 4.11 removed
namespace {

constexpr int rows_per_block = 4;  ///< a warp each
constexpr unsigned all_lanes = 0xffffffffu;

/// The sum of `value` over a warp, in each lane.
__device__ float warp_sum(float value) {
    for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(all_lanes, value, distance);
    return value;
}

}  // namespace
// SOLUTION END
// TODO(4.11): one row's mean, variance and answer, by one warp (or one CUDA block: the grid is yours to choose).
//   Equation: above. Each lane sums its own columns, then five __shfl_xor_sync sum over the lanes.
//   Start:    three loops over the row: for the mean, for the variance, for the answer. The row comes from device memory once, and then
//             from the cache.
//   Ask:      mean(x^2) - mean^2 is one loop less. What is left of the digits of 4096.5^2 in a float, and what of the difference of two
//             such numbers? Why does (x - mean)^2 not have that trouble? And what are Welford's formulas for, which need one loop, too?
//   Traps:    a lane without a column (h = 1) still takes part in every shuffle; a warp without a row may leave, but only as a whole;
//             epsilon lies under the root; divide by h.
__global__ void layer_norm_kernel(LayerNormArgs args) {
    // SOLUTION BEGIN 4.11 removed
    const int row = blockIdx.x * rows_per_block + threadIdx.x / 32, lane = threadIdx.x % 32, hidden = args.hidden;
    if (row >= args.rows) return;  // all lanes of the warp: nobody waits for them
    const float* x = args.x + static_cast<std::size_t>(row) * hidden;
    float* out = args.out + static_cast<std::size_t>(row) * hidden;

    float sum = 0.0f;
    for (int c = lane; c < hidden; c += 32) sum += x[c];
    const float mean = warp_sum(sum) / hidden;

    float squares = 0.0f;
    for (int c = lane; c < hidden; c += 32) squares += (x[c] - mean) * (x[c] - mean);
    const float scale = 1.0f / sqrtf(warp_sum(squares) / hidden + args.epsilon);

    for (int c = lane; c < hidden; c += 32) out[c] = (x[c] - mean) * scale * args.weight[c] + args.bias[c];
    // SOLUTION END
}

void layer_norm_on_device(const LayerNormArgs& args) {
    // SOLUTION BEGIN 4.11
    if (args.rows == 0 || args.hidden == 0) return;  // a grid of 0 is an invalid configuration
    layer_norm_kernel<<<(args.rows + rows_per_block - 1) / rows_per_block, 32 * rows_per_block>>>(args);
    // SOLUTION END
}

}  // namespace wb
