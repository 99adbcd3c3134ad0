/// @file
/// Exercise 4.11, fourth part: rollout's chain of products, for many pictures at once, as CUDA kernels. The contract that
/// rollout_kernel.cu keeps. Its CPU twin, for one picture, is in rollout.hpp, which also says where its weights come from. Plain C++,
/// so that nvcc and g++ both take it; a launcher is host code, its pointers are device memory.
/// Source: Abnar and Zuidema 2020, section 3.
#pragma once

namespace wb {

/// What rollout_on_device reads and writes: device memory, contiguous, owned by the caller, no two of them the same.
struct RolloutArgs {
    const float* weights =
        nullptr;           ///< [layers, batch, tokens, tokens], the lowest layer first: W, fused over the heads. None
                           ///< negative; rows need not sum to 1, and may be zeros
    float* out = nullptr;  ///< [batch, tokens, tokens], every element written
    float* scratch = nullptr;  ///< [batch, tokens, tokens]: room for the kernels, its content is nobody's
    int layers = 0;            ///< whose matrices are multiplied
    int batch = 0;             ///< at most 65,535, what gridDim.z may be
    int tokens = 0;            ///< any: 197 of ViT-Base, 50, 5, 577
};

/// out = R_L, R_l = A_l R_(l-1), R_0 = I, where A_l = 0.5 W_l + 0.5 I with each row divided by its sum. So R_L = A_L .. A_2 A_1, the
/// first layer on the right, and every row of it sums to 1. With no layers out is the identity. What lies between the layers is kept
/// in `out` and `scratch` by turns: no other device memory is used, so the launcher allocates none. Launches on the default stream
/// and returns without waiting. With batch or tokens 0 there is nothing to write and nothing to launch.
/// @note About 2 layers * batch * tokens^3 FLOPs.
void rollout_on_device(const RolloutArgs& args);

}  // namespace wb
