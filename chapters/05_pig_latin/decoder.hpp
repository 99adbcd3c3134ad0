/// @file
/// Exercise 5.5: the decoder. It has read some letters of the answer, and says of each next one how likely it is.
///
///     y_0 = embedding(tokens) + positions          every layer:  y = y + self_attention(y, y), causal
///     logits = y_last W_out^T + b_out                            y = y + cross_attention(y, annotations)
///                                                                y = y + relu(y W^T + b)
///
/// In training, all places of a word are computed at once. The causal mask is what makes that honest: place t must not see the
/// letters behind it, which it is asked for. To the encoder's annotations there is no mask: the source is all there.
/// Source: Vaswani et al. 2017, section 3.1, simplified.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "encoder.hpp"

namespace wb {

/// Weights to look at: one entry a layer, [batch, q_len, kv_len].
struct DecoderWeights {
    std::vector<Var<float>> self;   ///< [batch, target_len, target_len]
    std::vector<Var<float>> cross;  ///< [batch, target_len, source_len]
};

/// One layer of the decoder.
class DecoderLayer {
 public:
    /// Draws its parameters.
    DecoderLayer(std::size_t hidden, Random& random)
        : self_attention(hidden, random), cross_attention(hidden, random), feed_forward(hidden, hidden, random) {}

    /// @param y            [batch, target_len, hidden]
    /// @param annotations  [batch, source_len, hidden]
    /// @param self_mask    of the self-attention: {.causal = true}, but for one variant of exercise 5.8
    /// @param weights      where not null, one entry is added to each of its lists
    /// @return             [batch, target_len, hidden]
    Var<float> operator()(Var<float> y, Var<float> annotations, const AttentionMask& self_mask,
                          DecoderWeights* weights = nullptr) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "self_attention", self_attention);
        out.add_module(prefix, "cross_attention", cross_attention);
        out.add_module(prefix, "feed_forward", feed_forward);
    }

    AttentionLayer self_attention, cross_attention;  ///< over what is written; over the encoder's annotations
    Linear<float> feed_forward;                      ///< of each token by itself
};

/// The decoder.
class Decoder {
 public:
    /// Draws the parameters: the embedding's first, then layer after layer, then the output's.
    /// @param is_causal  false: every place sees every other (exercise 5.8)
    Decoder(std::size_t hidden, std::size_t num_layers, bool is_causal, Random& random)
        : causal(is_causal), embedding(vocabulary_size, hidden, random), out(hidden, vocabulary_size, random) {
        for (std::size_t n = 0; n < num_layers; ++n) layers.emplace_back(hidden, random);
    }

    /// @param tokens       [batch, target_len]: SOS and letters, `decoder_input` of a batch
    /// @param annotations  [batch, source_len, hidden], of the encoder
    /// @param weights      where not null, gets one entry a layer in each of its lists, which are emptied first
    /// @return             logits, [batch, target_len, 29]: of the letter that follows each place
    /// @throws std::out_of_range for a number that is no token
    Var<float> operator()(Tape<float>& tape, const Tensor<2, int>& tokens, Var<float> annotations,
                          DecoderWeights* weights = nullptr) const;

    /// Adds its parameters to `out_list`; their names begin with `prefix`.
    void list(ParameterList<float>& out_list, const std::string& prefix) const {
        out_list.add_module(prefix, "embedding", embedding);
        out_list.add_modules(prefix, "layers", layers);
        out_list.add_module(prefix, "out", out);
    }

    bool causal;                       ///< whether self-attention hides the future
    Embedding<float> embedding;        ///< [29, hidden]
    std::vector<DecoderLayer> layers;  ///< one behind the other
    Linear<float> out;                 ///< [29, hidden]
};

}  // namespace wb
