/// @file
/// Exercise 3.10, second part: each head's entropy (exercise 3.4) where the weights are, on the device; what comes back are two numbers
/// a head in place of batch * q_len * kv_len. The contract that entropy_kernel.cu keeps. Plain C++, so that nvcc and g++ both take it;
/// the launcher is host code, its pointers are device memory.
#pragma once

namespace wb {

/// What head_entropy_sums reads and writes: device memory, contiguous, owned by the caller.
struct HeadEntropyArgs {
    const float* weights =
        nullptr;  ///< [batch, heads, q_len, kv_len], >= 0; anything, NaN too, in rows from query_lengths[b] on
    const int* query_lengths = nullptr;  ///< [batch], each 0 to q_len; nullptr: every row is a query's
    float* nats = nullptr;               ///< [heads], every element written
    int* rows = nullptr;                 ///< [heads], every element written
    int batch = 0;                       ///< sequences
    int heads = 0;                       ///< of the module
    int q_len = 0;                       ///< queries of a sequence
    int kv_len = 0;                      ///< keys of a sequence
};

/// nats[h] = sum over rows of -sum_j p_j ln p_j, with 0 ln 0 = 0, and rows[h] = how many rows that were. Rows of padding, from
/// query_lengths[b] on, and rows that see no key, whose weights are all 0, do not count. Sums, not means, so that those of several
/// batches can be added: the mean is nats[h] / rows[h]. Both are overwritten; where no row counts they are 0. The same question gives
/// the same bits, in whatever order the GPU runs threads and CUDA blocks. Launches on the default stream and returns without waiting.
/// Without heads there is nothing to launch.
void head_entropy_sums(const HeadEntropyArgs& args);

}  // namespace wb
