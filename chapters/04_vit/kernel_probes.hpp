/// @file
/// What the tests may ask the kernels of exercise 4.11. The given drivers in kernel_bindings.cpp copy the question to device memory,
/// call the submission's launcher, and copy the answer back. The order in which a block's threads run is part of every question: a
/// kernel that needs a barrier and has none may be right in one order by luck.
#pragma once

#include <cstdint>
#include <tuple>

#include "probe/probe.hpp"
#include "wb/tensor.hpp"
#include "wb_kernels/run.hpp"

namespace wb::probes {

using kernels::ThreadOrder;

/// pixels [batch, channels, height, width], patch_size -> [batch, patches, channels * P * P], NaN where nothing was written
inline const Probe<Tensor<3>(Tensor<4> pixels, std::int32_t patch_size, ThreadOrder)> patchify_kernel{"4.11/patchify"};

/// A question to layer_norm_on_device.
struct LayerNormQuestion {
    Tensor<2> x;             ///< [rows, hidden]
    Tensor<1> weight, bias;  ///< [hidden]
    float epsilon = 0;
};
inline auto fields(LayerNormQuestion& question) {
    return std::tie(question.x, question.weight, question.bias, question.epsilon);
}

/// -> [rows, hidden], NaN where nothing was written
inline const Probe<Tensor<2>(LayerNormQuestion, ThreadOrder)> layer_norm_kernel{"4.11/layer_norm"};

/// Where the arrays of a question begin: after so many numbers of a larger one, whose address is a multiple of 16 bytes.
struct Skips {
    std::uint32_t x = 0, bias = 0, out = 0;
};
inline auto fields(Skips& skips) {
    return std::tie(skips.x, skips.bias, skips.out);
}

/// A question to bias_gelu_on_device.
struct BiasGeluQuestion {
    Tensor<2> x;            ///< [rows, hidden]
    Tensor<1> bias;         ///< [hidden]
    bool in_place = false;  ///< out is x itself
    Skips skips;
};
inline auto fields(BiasGeluQuestion& question) {
    return std::tie(question.x, question.bias, question.in_place, question.skips);
}

/// -> [rows, hidden], NaN where nothing was written
inline const Probe<Tensor<2>(BiasGeluQuestion, ThreadOrder)> bias_gelu_kernel{"4.11/bias_gelu"};

/// A question to bias_gelu_backward_on_device.
struct BiasGeluBackwardQuestion {
    Tensor<2> x;            ///< [rows, hidden]
    Tensor<1> bias;         ///< [hidden]
    Tensor<2> d_out;        ///< [rows, hidden]
    bool in_place = false;  ///< d_x is d_out itself
    Skips skips;            ///< `out` is that of d_out and d_x; `bias` also d_bias's
};
inline auto fields(BiasGeluBackwardQuestion& question) {
    return std::tie(question.x, question.bias, question.d_out, question.in_place, question.skips);
}

/// NaN where the kernel has written nothing.
struct BiasGeluGradients {
    Tensor<2> d_x;     ///< [rows, hidden]
    Tensor<1> d_bias;  ///< [hidden]
};
inline auto fields(BiasGeluGradients& gradients) {
    return std::tie(gradients.d_x, gradients.d_bias);
}

inline const Probe<BiasGeluGradients(BiasGeluBackwardQuestion, ThreadOrder)> bias_gelu_backward_kernel{
    "4.11/bias_gelu_backward"};

/// weights [layers, batch, tokens, tokens] -> [batch, tokens, tokens], NaN where nothing was written
inline const Probe<Tensor<3>(Tensor<4> weights, ThreadOrder)> rollout_kernel{"4.11/rollout"};

/// The device memory that rollout_on_device allocates for itself, in bytes: the most at one time.
inline const Probe<std::uint64_t(Tensor<4> weights)> rollout_allocates{"4.11/rollout_allocates"};

}  // namespace wb::probes
