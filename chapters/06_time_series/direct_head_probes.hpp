/// @file
/// What the tests may ask of exercise 6.8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>

#include "direct_head.hpp"
#include "probe/probe.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// options -> size
inline const Probe<std::size_t(DirectOptions)> pooled_size{"6.8/pooled_size"};
inline const Probe<std::size_t(DirectOptions)> head_parameters{"6.8/head_parameters"};

/// The vectors, and the gradient of sum(vectors * d_pooled) + sum(tokens) by the tokens: they are used a second time.
struct PoolAnswer {
    Tensor<2> pooled;
    std::optional<Tensor<3>> d_tokens;  ///< where there is one
};
inline auto fields(PoolAnswer& answer) {
    return std::tie(answer.pooled, answer.d_tokens);
}

/// tokens (three axes, or any other shape to be refused), pooling, d_pooled; without d_pooled in Mode::infer
inline const Probe<PoolAnswer(NamedWeights, Pooling, std::optional<Tensor<2>>)> pool_tokens{"6.8/pool_tokens"};

/// What is asked of the model.
struct DirectQuestion {
    DirectOptions options;
    ModelWeights parameters;  ///< named as the model lists them
    NamedWeights past;        ///< [batch, lookback, variates]; any other shape is there to be refused
    NamedWeights calendar;    ///< [batch, lookback, features]
    bool training = false;    ///< Mode::train, else Mode::infer
    std::uint64_t dropout_seed = 0;
    std::optional<Tensor<3>> d_out;  ///< [batch, horizon, variates]: gradients are wanted; training must be true
};
inline auto fields(DirectQuestion& question) {
    return std::tie(question.options, question.parameters, question.past, question.calendar, question.training,
                    question.dropout_seed, question.d_out);
}

/// The forecast, and the gradients of sum(out * d_out).
struct DirectAnswer {
    Tensor<3> out;
    ModelWeights gradients;  ///< of the parameters, "past" and "calendar"
};
inline auto fields(DirectAnswer& answer) {
    return std::tie(answer.out, answer.gradients);
}

/// It is an error if past, calendar or a parameter is another after the call.
inline const Probe<DirectAnswer(DirectQuestion)> direct_forecaster{"6.8/direct_forecaster"};

}  // namespace wb::probes
