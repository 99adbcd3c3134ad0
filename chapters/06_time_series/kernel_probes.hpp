/// @file
/// What the tests may ask the kernels of exercise 6.14. The given drivers in kernel_bindings.cpp copy the question to device memory,
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

/// What instance_norm_on_device has written; NaN where it has written nothing.
struct InstanceNormAnswer {
    Tensor<3> out;              ///< [batch, lookback, variates]
    Tensor<2> mean, deviation;  ///< [batch, variates]
};
inline auto fields(InstanceNormAnswer& answer) {
    return std::tie(answer.out, answer.mean, answer.deviation);
}

inline const Probe<InstanceNormAnswer(Tensor<3> x, float epsilon, ThreadOrder)> instance_norm_kernel{
    "6.14/instance_norm"};

/// x [rows, length] -> the trend, [rows, length], NaN where nothing was written
inline const Probe<Tensor<2>(Tensor<2> x, std::int32_t window, ThreadOrder)> moving_average_kernel{
    "6.14/moving_average"};

/// x [batch, lookback, variates] -> [batch * variates, patches, patch], NaN where nothing was written
inline const Probe<Tensor<3>(Tensor<3> x, std::int32_t patch, std::int32_t stride, ThreadOrder)> unfold_kernel{
    "6.14/unfold"};

/// A question to few_tokens_attention_on_device.
struct FewTokensQuestion {
    Tensor<3> q, k, v;            ///< [heads, tokens, head_dim]
    bool weights_wanted = false;  ///< otherwise `weights` is null
};
inline auto fields(FewTokensQuestion& question) {
    return std::tie(question.q, question.k, question.v, question.weights_wanted);
}

/// What it has written; NaN where it has written nothing.
struct FewTokensAnswer {
    Tensor<3> out;      ///< [heads, tokens, head_dim]
    Tensor<3> weights;  ///< [heads, tokens, tokens]; NaN where they were not wanted
};
inline auto fields(FewTokensAnswer& answer) {
    return std::tie(answer.out, answer.weights);
}

inline const Probe<FewTokensAnswer(FewTokensQuestion, ThreadOrder)> few_tokens_kernel{"6.14/few_tokens"};

/// The device memory that few_tokens_attention_on_device allocates for itself, in bytes: the most at one time.
inline const Probe<std::uint64_t(FewTokensQuestion)> few_tokens_allocates{"6.14/few_tokens_allocates"};

}  // namespace wb::probes
