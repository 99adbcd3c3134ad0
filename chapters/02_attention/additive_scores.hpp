/// @file
/// Exercise 2.11, the scores of additive attention on the device: the contract that additive_scores.cu keeps.
/// Plain C++, so that nvcc and g++ both take it; the launcher is host code, its pointers are device memory.
/// Source: Bahdanau, Cho and Bengio 2015, appendix A.1.2.
#pragma once

namespace wb {

/// What additive_scores reads and writes: device memory, contiguous, owned by the caller.
/// No size need be a multiple of anything.
struct AdditiveScoresArgs {
    const float* q_projected = nullptr;  ///< [batch, q_len, hidden], W_q q, projected already (by the matmul of 2.9)
    const float* k_projected = nullptr;  ///< [batch, kv_len, hidden], W_k k
    const float* w = nullptr;            ///< [hidden], the score vector, one for all
    float* scores = nullptr;             ///< [batch, q_len, kv_len], every element written
    int batch = 0;                       ///< at most 65,535, the most that gridDim.z may be
    int q_len = 0;                       ///< queries of a batch row
    int kv_len = 0;                      ///< keys of a batch row
    int hidden = 0;                      ///< length of w; with hidden = 0 the scores are zeros
};

/// Additive scores, scores[b, i, j] = sum_h w[h] tanh(q_projected[b, i, h] + k_projected[b, j, h]).
/// Stable for arguments of tanh of +-1e4. Launches on the default stream and returns without waiting.
/// With batch, q_len or kv_len 0 there is nothing to write and nothing to launch.
/// @note Checks nothing: a launch that CUDA refuses is found by cudaGetLastError, as wb::kernels::run does.
/// @note batch * q_len * kv_len * hidden calls of tanh. Device memory beyond the arguments: none; the tensor of tanh
///       values, `hidden` times as large as the scores, never exists.
void additive_scores(const AdditiveScoresArgs& args);

}  // namespace wb
