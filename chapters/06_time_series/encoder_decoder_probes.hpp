/// @file
/// What the tests may ask of exercise 6.7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>

#include "encoder_decoder.hpp"
#include "probe/probe.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// What is put to the decoder, and the gradient of sum(out * d_out).
struct DecoderInputAnswer {
    Tensor<3> out;
    NamedWeights d_past;  ///< without d_out: nothing
};
inline auto fields(DecoderInputAnswer& answer) {
    return std::tie(answer.out, answer.d_past);
}

/// What is asked of a block or of the model.
struct DecoderQuestion {
    EncoderDecoderOptions options;  ///< a block reads only `blocks`
    ModelWeights parameters;        ///< named as the module lists them
    NamedWeights first,
        second;  ///< of a block: x and memory; of the model: past and calendar. Any other shape is there to be refused
    bool want_weights = false;  ///< false: the pointer to the weights is null
    bool training = false;      ///< Mode::train, else Mode::infer
    std::uint64_t dropout_seed = 0;
    std::optional<Tensor<3>> d_out;  ///< as the answer: gradients are wanted; training must be true
};
inline auto fields(DecoderQuestion& question) {
    return std::tie(question.options, question.parameters, question.first, question.second, question.want_weights,
                    question.training, question.dropout_seed, question.d_out);
}

/// The answer; the cross-attention's weights, where wanted; and the gradients of sum(out * d_out).
struct DecoderAnswer {
    Tensor<3> out;
    Tensor<4> weights;
    ModelWeights gradients;  ///< of the parameters, and of both inputs under their names
};
inline auto fields(DecoderAnswer& answer) {
    return std::tie(answer.out, answer.weights, answer.gradients);
}

/// past, label, horizon, d_out; without d_out in Mode::infer
inline const Probe<DecoderInputAnswer(NamedWeights, std::size_t, std::size_t, std::optional<Tensor<3>>)> decoder_input{
    "6.7/decoder_input"};

/// It is an error if an input or a parameter is another after the call.
inline const Probe<DecoderAnswer(DecoderQuestion)> decoder_block{"6.7/decoder_block"};
inline const Probe<DecoderAnswer(DecoderQuestion)> encoder_decoder{"6.7/encoder_decoder"};

}  // namespace wb::probes
