/// @file
/// Exercise 2.8, row softmax on the device: the contract that row_softmax.cu keeps.
/// Plain C++, so that nvcc and g++ both take it; the launcher is host code, its pointers are device memory.
#pragma once

namespace wb {

/// Softmax of each row: weights[r, c] = exp(scores[r, c] - m_r) / sum_j exp(scores[r, j] - m_r), where
/// m_r = max_j scores[r, j]. Launches on the default stream and returns without waiting.
/// @param scores   [rows, cols], device memory, contiguous; -inf marks a masked key, every other value is finite
/// @param weights  [rows, cols], device memory, every element written; a row of -inf throughout gives zeros, never NaN
/// @param rows     0 to 2^31 - 1; with no row or no column there is nothing to write and nothing to launch
/// @param cols     0 or more: need not be a multiple of 32, and may exceed the threads that a block can have
/// @note Checks nothing: a launch that CUDA refuses is found by cudaGetLastError, as wb::kernels::run does.
void row_softmax(const float* scores, float* weights, int rows, int cols);

}  // namespace wb
