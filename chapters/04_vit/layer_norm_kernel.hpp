/// @file
/// Exercise 4.11, second part: layer normalisation, as a CUDA kernel. The contract that layer_norm_kernel.cu keeps. Plain C++, so that
/// nvcc and g++ both take it; a launcher is host code, its pointers are device memory.
/// Source: Ba et al. 2016, equation 4; Welford 1962 and Chan et al. 1983 on how to compute a variance.
#pragma once

namespace wb {

/// What layer_norm_on_device reads and writes: device memory, contiguous, owned by the caller, finite.
struct LayerNormArgs {
    const float* x = nullptr;       ///< [rows, hidden]
    const float* weight = nullptr;  ///< [hidden]
    const float* bias = nullptr;    ///< [hidden]
    float* out = nullptr;           ///< [rows, hidden], every element written; not the memory of x
    int rows = 0;                   ///< batch * tokens
    int hidden = 0;                 ///< 1 to several thousand, a multiple of nothing
    float epsilon = 1e-12F;         ///< above 0: what is left under the root where a row's variance is 0
};

/// out[r, c] = (x[r, c] - mean_r) / sqrt(variance_r + epsilon) * weight[c] + bias[c], where variance_r = mean over c of
/// (x[r, c] - mean_r)^2: divided by hidden, not by hidden - 1. In float; but a row may lie far from 0. With a mean of 4096 and a
/// deviation of 0.5 the answer is right to 0.01 deviations: numbers at 4096 are 0.0005 apart, and a mean is a sum of them. So the
/// variance must not be computed as mean(x^2) - mean^2, two numbers near 17 million whose difference is 0.25. A row of equal numbers,
/// as every row is when hidden is 1, has variance 0: epsilon keeps 0 / sqrt(0 + epsilon) finite, and out is the bias. Launches on the
/// default stream and returns without waiting. With rows or hidden 0 there is nothing to write and nothing to launch.
void layer_norm_on_device(const LayerNormArgs& args);

}  // namespace wb
