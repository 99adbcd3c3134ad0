/// @file
/// What the tests may ask of exercise 6.11.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "itransformer.hpp"
#include "probe/probe.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// What is asked of an iTransformer.
struct ITransformerQuestion {
    ITransformerOptions options;
    ModelWeights parameters;    ///< named as the model lists them
    NamedWeights past;          ///< [batch, lookback, variates]; any other shape is there to be refused
    bool want_weights = false;  ///< false: the pointer to the weights is null
    bool training = false;      ///< Mode::train, else Mode::infer
    std::uint64_t dropout_seed = 0;
    std::optional<Tensor<3>> d_out;  ///< [batch, horizon, variates]: gradients are wanted; training must be true
};
inline auto fields(ITransformerQuestion& question) {
    return std::tie(question.options, question.parameters, question.past, question.want_weights, question.training,
                    question.dropout_seed, question.d_out);
}

/// The forecast; what is listened to; and the gradients of sum(out * d_out).
struct ITransformerAnswer {
    Tensor<3> out;
    std::vector<Tensor<4>> weights;  ///< of each block
    ModelWeights gradients;          ///< of the parameters and of "past"
};
inline auto fields(ITransformerAnswer& answer) {
    return std::tie(answer.out, answer.weights, answer.gradients);
}

/// The list of weights is not empty when the model gets it. It is an error if past or a parameter is another after the call.
inline const Probe<ITransformerAnswer(ITransformerQuestion)> itransformer{"6.11/itransformer"};

/// Models of the driver, since a model cannot go over the pipe.
enum class WindowModelKind : std::uint8_t {
    linear,       ///< out[b, h, v] = sum_t weight[h, t] x[b, t, v] + bias[h]
    lost_window,  ///< the same, but for the batch's last window, which it does not answer
    refuses       ///< throws std::out_of_range
};

/// What comes of a linear model inside normalised_forecast.
struct WindowAnswer {
    Tensor<3> out;
    std::vector<Tensor<3>> questions;  ///< as they reached the model, in order
    Tensor<2> d_weight;                ///< gradients of sum(out * d_out); zeros in Mode::infer
    Tensor<1> d_bias;
};
inline auto fields(WindowAnswer& answer) {
    return std::tie(answer.out, answer.questions, answer.d_weight, answer.d_bias);
}

/// model, weight [horizon, lookback], bias [horizon], past, d_out; without d_out in Mode::infer
inline const Probe<WindowAnswer(WindowModelKind, Tensor<2>, Tensor<1>, Tensor<3>, std::optional<Tensor<3>>)>
    normalised_forecast{"6.11/normalised_forecast"};

/// weights, entry -> map
inline const Probe<Tensor<2>(std::vector<Tensor<4>>, std::size_t)> variate_map{"6.11/variate_map"};

}  // namespace wb::probes
