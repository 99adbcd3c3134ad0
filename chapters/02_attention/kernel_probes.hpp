/// @file
/// What the tests may ask the kernels of exercises 2.8 to 2.11. The given drivers in kernel_bindings.cpp copy the question
/// to device memory, call the submission's launcher, and copy the answer back. The order in which a block's threads run is
/// part of every question: a kernel that needs a barrier and has none may be right in one order by luck.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "probe/probe.hpp"
#include "wb/tensor.hpp"
#include "wb_kernels/run.hpp"

namespace wb::probes {

using kernels::ThreadOrder;

/// scores [rows, cols] -> weights [rows, cols]
inline const Probe<Tensor<2>(Tensor<2> scores, ThreadOrder)> row_softmax_kernel{"2.8/row_softmax"};

/// a [m, k], b [k, n] -> c [m, n]
inline const Probe<Tensor<2>(Tensor<2> a, Tensor<2> b, ThreadOrder)> tiled_matmul_kernel{"2.9/tiled_matmul"};

/// A question to fused attention. Without key_lengths the launcher is given a null pointer.
struct FusedAttentionQuestion {
    Tensor<4> q;                   ///< [batch, num_heads, q_len, head_dim]
    Tensor<4> k;                   ///< [batch, num_heads, kv_len, head_dim]
    Tensor<4> v;                   ///< [batch, num_heads, kv_len, head_dim]
    bool causal = false;           ///< aligned at the end
    std::vector<int> key_lengths;  ///< [batch], or empty
};

/// The members, in wire order.
inline auto fields(FusedAttentionQuestion& x) {
    return std::tie(x.q, x.k, x.v, x.causal, x.key_lengths);
}

/// -> out [batch, num_heads, q_len, head_dim]
inline const Probe<Tensor<4>(FusedAttentionQuestion, ThreadOrder)> fused_attention_kernel{"2.10/fused_attention"};

/// -> the device memory that the launcher allocates beside its arguments, in bytes
inline const Probe<std::uint64_t(FusedAttentionQuestion)> fused_attention_scratch{"2.10/fused_attention_scratch"};

/// q_projected [batch, q_len, hidden], k_projected [batch, kv_len, hidden], w [hidden] -> scores [batch, q_len, kv_len]
inline const Probe<Tensor<3>(Tensor<3> q_projected, Tensor<3> k_projected, Tensor<1> w, ThreadOrder)>
    additive_scores_kernel{"2.11/additive_scores"};

}  // namespace wb::probes
