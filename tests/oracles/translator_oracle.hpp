/// @file
/// The trusted model of chapter 5: a translator in float64 and plain loops, which takes a submission's parameters by name. It
/// computes what exercises 5.4 and 5.5 should return, and with it the judge grades the weights that a submission's training
/// returns: it never believes a loss or a translation that it did not compute itself. Independent of solutions/ and of wb/autograd.
///
/// Sequences go through layer by layer. Every layer keeps the keys and values of the places it has seen, so that decoding
/// a word costs each place once: 500 words at hidden 64 and 3 layers take a fraction of a second.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decoder_only.hpp"
#include "nudge.hpp"
#include "translator.hpp"
#include "translator_stack.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::oracle {

/// Weights of a whole batch, one entry a layer.
struct TranslatorMaps {
    std::vector<Tensor<3, double>> encoder;  ///< [batch, source_len, source_len]
    std::vector<Tensor<3, double>> self;     ///< [batch, target_len, target_len]
    std::vector<Tensor<3, double>> cross;    ///< [batch, target_len, source_len]
};

/// What is asked of a part of the model.
struct PartQuestion {
    ModelWeights weights;             ///< names as the part lists them, e.g. "query.weight"
    Tensor<3> x;                      ///< [batch, length, hidden]
    std::optional<Tensor<3>> memory;  ///< [batch, source_len, hidden]: annotations; for an attention, what is asked
    bool causal = false;              ///< the self-attention, or the attention
};

/// AttentionLayer: `maps->self` gets one entry.
Tensor<3, double> attention_layer(const PartQuestion& question, const TranslatorFlaws& flaws = {},
                                  TranslatorMaps* maps = nullptr, const Nudge& nudge = {});
/// EncoderLayer without memory, DecoderLayer with it.
Tensor<3, double> model_layer(const PartQuestion& question, const TranslatorFlaws& flaws = {},
                              TranslatorMaps* maps = nullptr, const Nudge& nudge = {});

/// The encoder-decoder translator.
class Translator {
 public:
    /// @throws std::invalid_argument naming the parameter when one is missing, given twice, of another shape, not finite, or
    ///         not of this model; or for a hidden size that is odd or 0
    Translator(const ModelWeights& weights, const TranslatorOptions& options, const TranslatorFlaws& flaws = {},
               const Nudge& nudge = {});

    /// @param maps  where not null, its `encoder` is set
    /// @return annotations, [batch, source_len, hidden]
    [[nodiscard]] Tensor<3, double> encode(const Tensor<2, int>& source, TranslatorMaps* maps = nullptr) const;
    /// @param maps  where not null, its `self` and `cross` are set
    /// @return logits, [batch, target_len, 29]
    [[nodiscard]] Tensor<3, double> decode(const Tensor<2, int>& decoder_input, const Tensor<3, double>& annotations,
                                           TranslatorMaps* maps = nullptr) const;
    /// encode, then decode.
    [[nodiscard]] Tensor<3, double> logits(const Tensor<2, int>& source, const Tensor<2, int>& decoder_input,
                                           TranslatorMaps* maps = nullptr) const;
    /// The mean cross-entropy of the batch's target tokens.
    [[nodiscard]] double loss(const Batch& batch) const;
    /// The likeliest token again and again, until EOS, which is kept, or max_tokens. Of equal logits the lowest token.
    [[nodiscard]] std::vector<int> greedy(std::string_view word, std::size_t max_tokens = 30) const;
    /// The word that greedy() wrote; SOS is shown as '^'.
    [[nodiscard]] std::string translate(std::string_view word, std::size_t max_tokens = 30) const;

 private:
    Stack encoder_, decoder_;
};

/// The decoder-only model of exercise 5.8.
class DecoderOnly {
 public:
    /// @throws std::invalid_argument as Translator's
    DecoderOnly(const ModelWeights& weights, std::size_t hidden, std::size_t layers, const TranslatorFlaws& flaws = {});

    /// @param maps  where not null, its `self` is set
    /// @return logits, [batch, length, 30]
    [[nodiscard]] Tensor<3, double> logits(const Tensor<2, int>& tokens, TranslatorMaps* maps = nullptr) const;
    /// The mean cross-entropy of the places whose target is not ignored_target.
    [[nodiscard]] double loss(const PromptBatch& batch) const;
    /// What it writes after "SOS word EOP", as Translator::greedy.
    [[nodiscard]] std::vector<int> greedy(std::string_view word, std::size_t max_tokens = 30) const;
    /// The word that greedy() wrote; SOS and EOP are shown as '^'.
    [[nodiscard]] std::string translate(std::string_view word, std::size_t max_tokens = 30) const;

 private:
    Stack stack_;
};

}  // namespace wb::oracle
