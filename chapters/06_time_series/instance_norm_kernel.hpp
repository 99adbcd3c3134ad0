/// @file
/// Exercise 6.14, first part: each window by its own measure (6.12), as a CUDA kernel. The contract that instance_norm_kernel.cu keeps. Plain
/// C++, so that nvcc and g++ both take it; a launcher is host code, its pointers are device memory.
/// Source: Liu et al., NeurIPS 2022 (Non-stationary Transformers, section 3.1).
#pragma once

namespace wb {

/// What instance_norm_on_device reads and writes: device memory, contiguous, owned by the caller, finite; no two overlap.
struct InstanceNormArgs {
    const float* x = nullptr;    ///< [batch, lookback, variates]
    float* out = nullptr;        ///< [batch, lookback, variates], every element written
    float* mean = nullptr;       ///< [batch, variates], every element written
    float* deviation = nullptr;  ///< [batch, variates], every element written
    int batch = 0;               ///< at most 65,535, the most that gridDim.y may be
    int lookback = 0;            ///< at least 1 where batch and variates are not 0
    int variates = 0;            ///< any: 1, 7, 20, 862
    float epsilon = 1e-5F;       ///< above 0
};

/// Along time, for each window b and variate v: mean[b, v] = mean over t of x[b, t, v]; deviation[b, v] = sqrt(variance + epsilon), the
/// variance divided by lookback; out[b, t, v] = (x[b, t, v] - mean) / deviation. In float; but a window may lie far from 0: at a mean of 4096
/// and a deviation of .5 out is right to .03. So the variance is not a mean of squares less a square. A window that does not move is exactly 0, if
/// its mean is exact (whole numbers). Numbers of one variate lie `variates` apart: what is next to each other in memory are variates.
/// Launches on the default stream and returns without waiting. With batch or variates 0 there is nothing to write and nothing to launch.
/// @throws ShapeError naming all three extents, when lookback is below 1 and the other two are not 0
void instance_norm_on_device(const InstanceNormArgs& args);

}  // namespace wb
