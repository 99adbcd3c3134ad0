/// @file
/// Exercise 5.8: a decoder by itself. No encoder, no cross-attention: source and translation are one sequence, read by one
/// stack of causal layers, as in the language models of today.
///
///     tokens       SOS  t  e  a  m  EOP  e  a  m  t  a  y            (EOP: end of prompt; a vocabulary of 30)
///     target        -   -  -  -  -   e   a  m  t  a  y  EOS          ( - : ignored; the source is given, not asked for)
///
/// A layer is the encoder's layer with a causal mask. Positions count through the whole sequence.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "batches.hpp"
#include "decoding.hpp"
#include "encoder.hpp"

namespace wb {

inline constexpr int eop_token = 29;               ///< EOP, end of prompt
inline constexpr int prompt_vocabulary_size = 30;  ///< tokens are 0 .. 29
inline constexpr int ignored_target = -1;          ///< a place whose answer does not count

/// What a decoder-only model is given for some pairs.
struct PromptBatch {
    Tensor<2, int> tokens;  ///< [batch, source_size + 2 + target_size]: SOS, the word, EOP, the translation
    Tensor<2, int>
        target;  ///< the same shape: ignored_target up to the word's last letter, then the translation and EOS
};

/// The members, in wire order.
inline auto fields(PromptBatch& batch) {
    return std::tie(batch.tokens, batch.target);
}

/// The tensors of a batch.
/// @throws as make_batch does
PromptBatch make_prompt_batch(const std::vector<WordPair>& pairs, std::span<const std::size_t> numbers);

/// A decoder-only transformer. A copy shares its parameters.
class DecoderOnly {
 public:
    /// Draws the parameters: the embedding's first, then layer after layer, then the output's.
    DecoderOnly(std::size_t hidden, std::size_t num_layers, Random& random)
        : embedding(prompt_vocabulary_size, hidden, random), out(hidden, prompt_vocabulary_size, random) {
        for (std::size_t n = 0; n < num_layers; ++n) layers.emplace_back(hidden, random);
    }

    /// @param tokens  [batch, length]
    /// @return        logits, [batch, length, 30]: of the token that follows each place
    Var<float> operator()(Tape<float>& tape, const Tensor<2, int>& tokens) const;

    /// Adds its parameters to `out_list`; their names begin with `prefix`.
    void list(ParameterList<float>& out_list, const std::string& prefix) const {
        out_list.add_module(prefix, "embedding", embedding);
        out_list.add_modules(prefix, "layers", layers);
        out_list.add_module(prefix, "out", out);
    }

    Embedding<float> embedding;        ///< [30, hidden]
    std::vector<EncoderLayer> layers;  ///< one behind the other
    Linear<float> out;                 ///< [30, hidden]
};

/// The mean cross-entropy of the places that count.
/// @return  [], a single number
Var<float> prompt_loss(Tape<float>& tape, const DecoderOnly& model, const PromptBatch& batch);

/// A decoder-only model about one word: the prefix that greedy_decode and beam_search hold begins with EOP, and the word's
/// prompt goes before it.
/// @param model  not owned
/// @return       for DecodingLimits{.start = eop_token}; each call gives logits [30]
NextLogits next_token(const DecoderOnly& model, std::string_view word);

/// The word in Pig Latin, by greedy decoding. A prompt's tokens that the model writes (SOS, EOP) are shown as '^'.
std::string translate(const DecoderOnly& model, std::string_view word);

}  // namespace wb
