/// @file
/// What the tests may ask of exercise 4.3: a layer, or the whole model, with its parameters by name; and where `d_out` is given,
/// the gradients of sum(out * d_out).
#pragma once

#include <optional>
#include <tuple>
#include <vector>

#include "probe/probe.hpp"
#include "vit.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb::probes {

/// What is asked of a layer.
struct VitLayerQuestion {
    VitOptions options;
    ModelWeights weights;            ///< all of its parameters, named as it lists them
    Tensor<3> x;                     ///< [batch, tokens, hidden]
    std::vector<float> gates;        ///< [heads], or empty
    bool want_attention = true;      ///< false: the pointer to the weights is null
    std::optional<Tensor<3>> d_out;  ///< of the result's shape
};

/// The members, in wire order.
inline auto fields(VitLayerQuestion& question) {
    return std::tie(question.options, question.weights, question.x, question.gates, question.want_attention,
                    question.d_out);
}

/// What is asked of the model.
struct VitQuestion {
    VitOptions options;
    ModelWeights weights;            ///< all of its parameters, named as it lists them
    Tensor<4> pixels;                ///< [batch, channels, height, width]
    std::optional<Tensor<2>> gates;  ///< [layers, heads]; without, the pointer to them is null
    bool want_attention = true;      ///< false: the pointer to the list is null
    std::optional<Tensor<2>> d_out;  ///< [batch, classes]
};

/// The members, in wire order.
inline auto fields(VitQuestion& question) {
    return std::tie(question.options, question.weights, question.pixels, question.gates, question.want_attention,
                    question.d_out);
}

/// What a layer (N = 3) or the model (N = 2, logits) answers.
template <std::size_t N>
struct VitAnswer {
    Tensor<N> out;
    std::vector<Tensor<4>> attention;  ///< an entry a layer; none if it was not wanted
    ModelWeights gradients;            ///< with d_out: of each parameter, and of a layer's "x"
    ModelWeights parameters;           ///< after all that
};

/// The members, in wire order.
template <std::size_t N>
auto fields(VitAnswer<N>& answer) {
    return std::tie(answer.out, answer.attention, answer.gradients, answer.parameters);
}

inline const Probe<VitAnswer<3>(VitLayerQuestion)> vit_layer{"4.3/layer"};
inline const Probe<VitAnswer<2>(VitQuestion)> vision_transformer{"4.3/vision_transformer"};

/// A model with hashed weights (hashed_weights.hpp), made by the worker, about hashed pixels: logits and attention only
inline const Probe<VitAnswer<2>(VitOptions)> hashed_transformer{"4.3/hashed_transformer"};

}  // namespace wb::probes
