/// @file
/// Pictures to rows of patches, float32: patches[b, row * (W/P) + column, (c P + y) P + x] = pixels[b, c, row P + y, column P + x].
///     grid (batch * patches): one CUDA block for each patch        P = 2, 2 channels   a b | e f   channel 0
///     its threads stride over the patch's n = channels P P         of 2 x 4 pixels:    c d | g h
///     numbers, in the order in which they lie in the row:                              i j | m n   channel 1
///     neighbours write neighbours, and read runs of P pixels                           k l | o p
///                                                                  block 0 writes a b c d i j k l, block 1 e f g h m n o p
/// Traffic per patch: reads 4 n, writes 4 n bytes, all writes coalesced. A read of P pixels takes ceil(4 P / 32) sectors of 32 bytes:
/// all used with P = 16 or 8, half of each with P = 4, unless the next patch's block finds the other half still in the cache.
/// No arithmetic: bound by memory. No shared memory, no barrier. Requires that P divides the picture.
#include "patchify_kernel.hpp"

#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(4.11): one patch's row of numbers.
//   Start:    a picture's patches lie in a row of pixels one beside the other, in the answer one after the other. Somewhere neighbours
//             have to part: while reading or while writing. Take the threads in the order of one side, and compute the other's place.
//   Ask:      given n, the place in a patch's row, which are its channel, its y and its x? How many numbers that lie one behind the
//             other do 32 neighbours read at P = 16, at P = 4, at P = 1, and how many do they write?
//   Traps:    a patch may have 1 number or 3,072: more than a CUDA block has threads; the columns of patches are width / P, the rows
//             height / P, and only in square pictures it does not matter which is which. A strip of pixels that is staged in shared
//             memory may be larger than the 48 KiB that a kernel gets unasked.
__global__ void patchify_kernel(PatchifyArgs args) {
}

void patchify_on_device(const PatchifyArgs& args) {
    throw wb::NotImplemented("4.11");
}

}  // namespace wb
