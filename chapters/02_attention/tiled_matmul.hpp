/// @file
/// Exercise 2.9, matrix product by tiles in shared memory: the contract that tiled_matmul.cu keeps.
/// Plain C++, so that nvcc and g++ both take it; the launcher is host code, its pointers are device memory.
#pragma once

namespace wb {

/// What tiled_matmul reads and writes: device memory, contiguous, row-major, owned by the caller.
/// No size need be a multiple of anything.
struct MatmulArgs {
    const float* a = nullptr;  ///< [m, k]
    const float* b = nullptr;  ///< [k, n]
    float* c = nullptr;        ///< [m, n], every element written; not the memory of a or b
    int m = 0;                 ///< rows of a and c
    int n = 0;                 ///< columns of b and c
    int k = 0;                 ///< columns of a, rows of b; with k = 0 the product is zeros
};

/// Matrix product c[i, j] = sum_t a[i, t] b[t, j] in float32. Launches on the default stream and returns without
/// waiting. With m = 0 or n = 0 there is nothing to write and nothing to launch.
/// @note Checks nothing: a launch that CUDA refuses is found by cudaGetLastError, as wb::kernels::run does.
/// @note 2 m n k FLOPs. An element of a or b leaves global memory once per tile of c that needs it, not once per
/// product.
void tiled_matmul(const MatmulArgs& args);

}  // namespace wb
