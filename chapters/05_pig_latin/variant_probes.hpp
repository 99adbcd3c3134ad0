/// @file
/// What the tests may ask of exercise 5.8. Models cross the pipe as sizes and parameters. The driver trains; what the
/// parameters are worth is measured afterwards, and no loss that a run reports is believed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "decoder_only.hpp"
#include "probe/probe.hpp"
#include "translator.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb::probes {

/// A decoder-only model.
struct DecoderOnlyModel {
    std::size_t hidden = 0, layers = 0;
    ModelWeights weights;
};
inline auto fields(DecoderOnlyModel& model) {
    return std::tie(model.hidden, model.layers, model.weights);
}

/// sources, targets, numbers -> tensors
inline const Probe<PromptBatch(std::vector<std::string>, std::vector<std::string>, std::vector<std::size_t>)>
    make_prompt_batch{"5.8/make_prompt_batch"};

/// model, tokens -> logits
inline const Probe<Tensor<3>(DecoderOnlyModel, Tensor<2, int>)> decoder_only{"5.8/decoder_only"};

/// A loss, and its gradient by every parameter.
struct PromptLoss {
    double loss = 0;
    std::size_t numbers = 0;  ///< in the loss: 1
    ModelWeights gradients;
};
inline auto fields(PromptLoss& loss) {
    return std::tie(loss.loss, loss.numbers, loss.gradients);
}

inline const Probe<PromptLoss(DecoderOnlyModel, PromptBatch)> prompt_loss{"5.8/prompt_loss"};

/// model, word, prefixes -> logits after each. Once next_token has returned, the driver spoils the memory that held the word,
/// and calls a copy of the function.
inline const Probe<std::vector<std::vector<float>>(DecoderOnlyModel, std::string, std::vector<std::vector<int>>)>
    next_token{"5.8/next_token"};

/// model, words -> translate of each
inline const Probe<std::vector<std::string>(DecoderOnlyModel, std::vector<std::string>)> translate_prompts{
    "5.8/translate"};

/// Training by the driver: batches of the submission's exercise 5.1, and the library's Adam, along a cosine.
struct VariantRun {
    std::size_t hidden = 0, layers = 0;
    bool causal = true;  ///< of a translator
    std::int64_t steps = 0;
    std::uint64_t seed = 1;  ///< of parameters and batches
};
inline auto fields(VariantRun& run) {
    return std::tie(run.hidden, run.layers, run.causal, run.steps, run.seed);
}

/// run, sources, targets -> parameters of a decoder-only model, trained with make_prompt_batch and prompt_loss
inline const Probe<ModelWeights(VariantRun, std::vector<std::string>, std::vector<std::string>)> train_decoder_only{
    "5.8/train_decoder_only"};

/// run, sources, targets -> parameters of a translator
inline const Probe<ModelWeights(VariantRun, std::vector<std::string>, std::vector<std::string>)>
    train_translator_variant{"5.8/train_translator_variant"};

}  // namespace wb::probes
