/// @file
/// A Pig-Latin translator of many heads: an encoder-decoder transformer over characters, pre-norm, whose heads can be gated and taken
/// out. Given code: chapter 5 explains encoder, decoder and task, with one head each; `./workbook run train-heads` trains this one.
///
///     encoder: x = x + attention(norm(x)); x = x + W_2 relu(W_1 norm(x))
///     decoder: the same, with cross-attention to the encoder's result between the two       2 modules of heads a layer
///     logits = W norm(y) + b
///
/// The defaults have 3 + 3 layers: modules 0 1 2 are the encoder's, 3 5 7 the decoder's self-attention, 4 6 8 its cross-attention; 36 heads.
/// Source: Vaswani et al. 2017, section 3; Xiong et al. 2020 (norms before).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "head_gates.hpp"
#include "model_use.hpp"
#include "wb/tensor.hpp"
#include "wb/word_pairs.hpp"

namespace wb {

/// Tokens: 'a' .. 'z' 0 .. 25, '-' 26, start 27, end 28; and behind a word that is shorter than its batch's longest: padding.
namespace letters {
inline constexpr int hyphen = 26, start = 27, end = 28, padding = 29;  ///< the tokens that are no letters
inline constexpr std::size_t classes = 29, symbols = 30;               ///< what a model can say, and what it can read
}  // namespace letters

/// What decides a model's shape.
struct PrunableTranslatorOptions {
    std::size_t hidden = 64;  ///< width of the model, even
    std::size_t layers = 3;   ///< of the encoder, and of the decoder
    std::size_t heads = 4;    ///< a module; divides hidden
    std::size_t mlp = 256;    ///< width of a layer's inner part
};

/// The members, in wire order.
inline auto fields(PrunableTranslatorOptions& options) {
    return std::tie(options.hidden, options.layers, options.heads, options.mlp);
}

/// Some pairs as rectangles, padded at their ends.
struct LetterBatch {
    Tensor<2, int> source;            ///< [batch, source_len]: letters and end, then padding
    std::vector<int> source_lengths;  ///< [batch]: tokens before the padding
    Tensor<2, int> decoder_input;     ///< [batch, target_len]: start and letters, then padding
    Tensor<2, int> target;            ///< [batch, target_len]: letters and end, then padding
};

/// @param pairs  at least one
LetterBatch make_letter_batch(std::span<const WordPair> pairs);

/// One layer of the encoder.
struct PrunableEncoderLayer {
    PrunableEncoderLayer(const PrunableTranslatorOptions& options, Random& random);  ///< Draws its parameters.
    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const;
    LayerNorm<float> norm1;            ///< in front of self_attention
    PrunableAttention self_attention;  ///< of all letters to all letters
    LayerNorm<float> norm2;            ///< in front of feed_forward
    FeedForward<float> feed_forward;   ///< of each letter by itself
};

/// One layer of the decoder.
struct PrunableDecoderLayer {
    PrunableDecoderLayer(const PrunableTranslatorOptions& options, Random& random);  ///< Draws its parameters.
    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const;
    LayerNorm<float> norm1;             ///< in front of self_attention
    PrunableAttention self_attention;   ///< to the letters that are written already
    LayerNorm<float> norm2;             ///< in front of cross_attention
    PrunableAttention cross_attention;  ///< to what the encoder made of the word
    LayerNorm<float> norm3;             ///< in front of feed_forward
    FeedForward<float> feed_forward;    ///< of each letter by itself
};

/// The model. A copy shares its parameters, but has attention modules of its own: heads taken out of a copy stay in the original.
class PrunableTranslator {
 public:
    /// @throws std::invalid_argument when the width is odd, or the heads do not divide it
    PrunableTranslator(const PrunableTranslatorOptions& shape, Random& random);

    /// @return  logits, [batch, target_len, 29]; use.features: [batch, target_len, hidden]
    Var<float> operator()(Tape<float>& tape, const LetterBatch& batch, const ModelUse& use = {}) const;
    /// The heads there are: modules in the order of the file's head.
    [[nodiscard]] HeadSet heads() const;
    /// The modules themselves, in that order; not owned.
    [[nodiscard]] std::vector<PrunableAttention*> attentions();
    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const;

    PrunableTranslatorOptions options;                    ///< as it was made
    Embedding<float> source_embedding, target_embedding;  ///< [30, hidden]
    std::vector<PrunableEncoderLayer> encoder;            ///< one behind the other
    LayerNorm<float> encoder_norm;                        ///< behind the last layer
    std::vector<PrunableDecoderLayer> decoder;            ///< one behind the other
    LayerNorm<float> decoder_norm;                        ///< behind the last layer
    Linear<float> out;                                    ///< [29, hidden]
};

/// Whether each word would be translated to the letter, by greedy decoding: it is when, at every place of the *right* translation, the
/// largest logit is the right letter's. So one forward pass over all places answers what else takes one a letter.
/// @param logits  [batch, target_len, 29], of a batch's decoder_input
/// @return        [batch]: 1 or 0
std::vector<double> exact_matches(const Tensor<3>& logits, const LetterBatch& batch);

/// Greedy decoding of a batch's sources, at most `max_letters` each.
std::vector<std::string> translate_letters(const PrunableTranslator& model, std::span<const WordPair> pairs,
                                           const Tensor<1>* gates = nullptr, std::size_t max_letters = 30);

}  // namespace wb
