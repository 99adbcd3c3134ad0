/// @file
/// Exercise 4.11, first part: pictures to rows of patches, as a CUDA kernel. The contract that patchify_kernel.cu keeps. Its CPU twin
/// is patchify in patches.hpp. Plain C++, so that nvcc and g++ both take it; a launcher is host code, its pointers are device memory.
#pragma once

namespace wb {

/// What patchify_on_device reads and writes: device memory, contiguous, owned by the caller.
struct PatchifyArgs {
    const float* pixels = nullptr;  ///< [batch, channels, height, width]
    float* patches = nullptr;       ///< [batch, (height / P) * (width / P), channels * P * P], every element written
    int batch = 0;                  ///< batch times patches of a picture: at most 2,147,483,647, what gridDim.x may be
    int channels = 0;               ///< of a picture
    int height = 0, width = 0;      ///< in pixels
    int patch_size = 0;  ///< P, which divides height and width; any, also 1 and numbers that are no multiple of 4
};

/// patches[b, row * (width / P) + column, (c * P + y) * P + x] = pixels[b, c, row * P + y, column * P + x], to the bit: patches row by
/// row from the top left; of each, all of its first channel, row by row, then all of its second. Launches on the default stream and
/// returns without waiting. With batch, channels, height or width 0 there is nothing to write and nothing to launch.
/// @throws ShapeError naming height, width and patch_size, when patch_size is below 1 or does not divide the other two
void patchify_on_device(const PatchifyArgs& args);

}  // namespace wb
