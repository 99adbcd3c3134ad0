/// @file
/// Exercise 6.14, third part: patches out of windows (6.10), as a CUDA kernel. The contract that unfold_kernel.cu keeps. Plain C++, so that
/// nvcc and g++ both take it; a launcher is host code, its pointers are device memory.
/// Source: Nie et al., ICLR 2023, section 3.1.
#pragma once

namespace wb {

/// What unfold_on_device reads and writes: device memory, contiguous, owned by the caller, not the same.
struct UnfoldArgs {
    const float* x = nullptr;  ///< [batch, lookback, variates]
    float* patches =
        nullptr;       ///< [batch * variates, patches, patch], all written; patches: patch_count of patchtst.hpp
    int batch = 0;     ///< windows
    int lookback = 0;  ///< rows of a window
    int variates = 0;  ///< columns
    int patch = 0;     ///< 1 to lookback
    int stride = 0;    ///< 1 to patch
};

/// patches[b variates + v, p, i] = x[b, min(stride p + i, lookback - 1), v], to the bit: the exchange of two axes and the cut into patches in
/// one pass, where patchtst.hpp makes two copies. Along time x lies `variates` apart, while a patch lies in one piece: one side is read or
/// written with jumps, unless a tile goes through shared memory. At most 2,147,483,647 numbers of the answer.
/// Launches on the default stream and returns without waiting. With batch or variates 0 there is nothing to write and nothing to launch.
/// @throws ShapeError naming lookback, patch and stride, when one of them is below 1, the patch longer than the look-back or the stride longer
///         than the patch
void unfold_on_device(const UnfoldArgs& args);

}  // namespace wb
