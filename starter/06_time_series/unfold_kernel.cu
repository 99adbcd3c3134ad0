/// @file
/// Patches out of windows, float32: patches[b V + v, p, i] = x[b, min(stride p + i, lookback - 1), v], V = variates. A row of the answer
/// is one variate of one window: n = patches * patch places one behind the other, of which x holds the numbers V apart.
///     grid: batch * ceil(V/32) * ceil(n/32)         read: a warp takes a place,          write: a warp takes a variate,
///     block (32, 8) = 256 threads: a tile of        its lanes 32 variates                its lanes 32 places
///     32 places by 32 variates                      x[b, row, v .. v + 31]               patches[b V + v, n .. n + 31]
///                                                     |  |  |  |  |  |                     -- -- -- -- -- --
///                                                   a row of the tile                    a column of the tile
/// Shared memory has 32 banks, number a in bank a % 32, and gives a warp one number of each bank at a time. In rows of 32 a column is
/// one bank, 32 turns; in rows of 33 its numbers are in banks c, c + 1, .., all different.
/// Traffic per row of the answer: reads 4 n, writes 4 n bytes. Of what is read patch / stride - 1 parts of patch / stride have been read
/// before, and mostly come from the cache. No arithmetic: bound by memory. Shared: 4,224 bytes. Barriers: one.
#include "unfold_kernel.hpp"

#include <cuda_runtime.h>

#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(6.14): one tile of 32 places of the answer by 32 variates.
//   Equation: above. A place n of a row of the answer is number i = n % patch of patch p = n / patch.
//   Start:    a thread for each number of the answer, without shared memory: it earns all points of the numbers. Then the tile: fetch it
//             with threadIdx.x along variates, wait, and put it down with threadIdx.x along places.
//   Ask:      at 321 variates, how far apart in x are the numbers that 32 neighbours of the first version read? How many sectors of 32
//             bytes is that, and of each, what is used? What do the two loops of the tile exchange, and who has to wait for whom?
//   Traps:    a tile at the border has less of either: such a thread fetches nothing, but comes to the barrier; behind the last row lies
//             the next window, and behind the last window nothing of yours; gridDim.y ends at 65,535, and there may be more windows.
__global__ void unfold_kernel(UnfoldArgs args, int length) {
}

void unfold_on_device(const UnfoldArgs& args) {
    throw wb::NotImplemented("6.14");
}

}  // namespace wb
