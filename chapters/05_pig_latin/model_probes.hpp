/// @file
/// What the tests may ask of exercises 5.2, 5.4 and 5.5: a part of the model, with its parameters by name, about some numbers or
/// tokens; and, where `d_out` is given, the gradients of sum(out * d_out).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "batches.hpp"
#include "probe/probe.hpp"
#include "translator.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb::probes {

/// Which keys a query may see; as AttentionMask, but holding its numbers.
struct MaskNumbers {
    bool causal = false;
    std::vector<int> key_lengths;
    std::vector<std::uint8_t> allowed;
};

/// The members, in wire order.
inline auto fields(MaskNumbers& mask) {
    return std::tie(mask.causal, mask.key_lengths, mask.allowed);
}

/// What is asked of a layer.
struct LayerQuestion {
    ModelWeights weights;             ///< all of its parameters, named as it lists them
    Tensor<3> x;                      ///< [batch, length, hidden]
    std::optional<Tensor<3>> memory;  ///< [batch, kv_len, hidden]: of a decoder's layer the annotations
    bool causal = false;
    bool want_weights = true;        ///< false: the pointer to the weights is null
    std::optional<Tensor<3>> d_out;  ///< of the result's shape
};

/// The members, in wire order.
inline auto fields(LayerQuestion& question) {
    return std::tie(question.weights, question.x, question.memory, question.causal, question.want_weights,
                    question.d_out);
}

/// What is asked of an encoder or a decoder.
struct StackQuestion {
    ModelWeights weights;  ///< all of its parameters, named as it lists them
    TranslatorOptions options;
    Tensor<2, int> tokens;                 ///< [batch, length]
    std::optional<Tensor<3>> annotations;  ///< [batch, source_len, hidden], for a decoder
    bool want_weights = true;              ///< false: the pointer to the weights is null
    std::optional<Tensor<3>> d_out;        ///< of the result's shape
};

/// The members, in wire order.
inline auto fields(StackQuestion& question) {
    return std::tie(question.weights, question.options, question.tokens, question.annotations, question.want_weights,
                    question.d_out);
}

/// What a part of the model answers.
struct ModelAnswer {
    Tensor<3> out;
    std::vector<Tensor<3>> self, cross;  ///< attention weights, an entry a layer; none if they were not wanted
    ModelWeights gradients;              ///< with d_out: of each parameter, and of "x", "memory" or "annotations"
    ModelWeights parameters;             ///< after all that
};

/// The members, in wire order.
inline auto fields(ModelAnswer& answer) {
    return std::tie(answer.out, answer.self, answer.cross, answer.gradients, answer.parameters);
}

/// q, k, v, mask, want_weights, d_out -> out, self = {weights}, gradients of "q", "k", "v"
inline const Probe<ModelAnswer(Tensor<3>, Tensor<3>, Tensor<3>, MaskNumbers, bool, std::optional<Tensor<3>>)>
    scaled_dot_attention{"5.2/scaled_dot_attention"};

/// `memory` is what is asked; without it, x itself. self = {weights}
inline const Probe<ModelAnswer(LayerQuestion)> attention_layer{"5.2/attention_layer"};

/// x, d_out -> out, gradient of "x"
inline const Probe<ModelAnswer(Tensor<3>, Tensor<3>)> with_positions{"5.4/with_positions"};

inline const Probe<ModelAnswer(LayerQuestion)> encoder_layer{"5.4/encoder_layer"};

inline const Probe<ModelAnswer(StackQuestion)> encoder{"5.4/encoder"};

/// `memory` are the annotations.
inline const Probe<ModelAnswer(LayerQuestion)> decoder_layer{"5.5/decoder_layer"};

inline const Probe<ModelAnswer(StackQuestion)> decoder{"5.5/decoder"};

/// weights, options, batch -> out = logits, gradients of the batch's mean cross-entropy
inline const Probe<ModelAnswer(ModelWeights, TranslatorOptions, Batch)> translator{"5.5/translator"};

}  // namespace wb::probes
