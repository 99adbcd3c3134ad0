/// @file
/// What the tests may ask the kernels of exercise 5.10. The given drivers in kernel_bindings.cpp copy the question to device memory,
/// call the submission's launcher, and copy the answer back. The order in which a block's threads run is part of every question: a
/// kernel that needs a barrier and has none may be right in one order by luck.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "probe/probe.hpp"
#include "wb/tensor.hpp"
#include "wb_kernels/run.hpp"

namespace wb::probes {

using kernels::ThreadOrder;

/// A question to short_attention.
struct ShortAttentionQuestion {
    Tensor<4> q;  ///< [batch, num_heads, q_len, head_dim]
    Tensor<4> k;  ///< [batch, num_heads, kv_len, head_dim]
    Tensor<4> v;  ///< [batch, num_heads, kv_len, head_dim]
    bool causal = false;
};
inline auto fields(ShortAttentionQuestion& x) {
    return std::tie(x.q, x.k, x.v, x.causal);
}

/// NaN where the kernel has written nothing.
struct ShortAttentionAnswer {
    Tensor<4> out;      ///< [batch, num_heads, q_len, head_dim]
    Tensor<4> weights;  ///< [batch, num_heads, q_len, kv_len]
};
inline auto fields(ShortAttentionAnswer& x) {
    return std::tie(x.out, x.weights);
}

inline const Probe<ShortAttentionAnswer(ShortAttentionQuestion, ThreadOrder)> short_attention_kernel{
    "5.10/short_attention"};

/// A question to short_attention_backward: with the oracle's weights it does not need the submission's forward pass.
struct ShortAttentionBackwardQuestion {
    Tensor<4> q;        ///< [batch, num_heads, q_len, head_dim]
    Tensor<4> k;        ///< [batch, num_heads, kv_len, head_dim]
    Tensor<4> v;        ///< [batch, num_heads, kv_len, head_dim]
    Tensor<4> weights;  ///< [batch, num_heads, q_len, kv_len]
    Tensor<4> d_out;    ///< [batch, num_heads, q_len, head_dim]
};
inline auto fields(ShortAttentionBackwardQuestion& x) {
    return std::tie(x.q, x.k, x.v, x.weights, x.d_out);
}

/// NaN where the kernel has written nothing.
struct ShortAttentionGradients {
    Tensor<4> dq, dk, dv;
};
inline auto fields(ShortAttentionGradients& x) {
    return std::tie(x.dq, x.dk, x.dv);
}

inline const Probe<ShortAttentionGradients(ShortAttentionBackwardQuestion, ThreadOrder)>
    short_attention_backward_kernel{"5.10/short_attention_backward"};

/// Several steps of AdamW on the same arrays, one launch each.
struct AdamWQuestion {
    Tensor<1> parameters, first, second;  ///< [count], before the first of these steps
    Tensor<2> gradients;                  ///< [steps, count]: each is written to the device before its step
    std::int64_t first_step = 1;
    double learning_rate = 0, beta1 = 0, beta2 = 0, epsilon = 0, weight_decay = 0, gradient_scale = 0;
};
inline auto fields(AdamWQuestion& x) {
    return std::tie(x.parameters, x.first, x.second, x.gradients, x.first_step, x.learning_rate, x.beta1, x.beta2,
                    x.epsilon, x.weight_decay, x.gradient_scale);
}

/// The arrays after each step. [steps, count]
struct AdamWTrace {
    Tensor<2> parameters, gradient, first, second;
};
inline auto fields(AdamWTrace& x) {
    return std::tie(x.parameters, x.gradient, x.first, x.second);
}

inline const Probe<AdamWTrace(AdamWQuestion, ThreadOrder)> adamw_kernel{"5.10/adamw"};

/// table [vocabulary_size, hidden], tokens [num_tokens] -> out [num_tokens, hidden], NaN where nothing was written
inline const Probe<Tensor<2>(Tensor<2> table, std::vector<std::int32_t> tokens, ThreadOrder)> embedding_gather_kernel{
    "5.10/embedding_gather"};

/// d_out [num_tokens, hidden], tokens [num_tokens], d_table [vocabulary_size, hidden] before -> d_table afterwards
inline const Probe<Tensor<2>(Tensor<2> d_out, std::vector<std::int32_t> tokens, Tensor<2> d_table, ThreadOrder)>
    embedding_scatter_add_kernel{"5.10/embedding_scatter_add"};

}  // namespace wb::probes
