/// @file
/// Exercise 5.4: the encoder. It reads the word, and gives each letter an *annotation*: a vector that says what the letter is,
/// where it stands, and what is around it.
///
///     x_0 = embedding(tokens) + positions          every layer:  x = x + attention(x, x)
///                                                                x = x + relu(x W^T + b)
///
/// Every letter sees every other: the word is there from the start. What makes a layer's output is *added* to its input, so
/// that a layer has to find only what is missing. No layer norm and no dropout, as in the source course.
/// Source: Vaswani et al. 2017, section 3.1, simplified.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tape_attention.hpp"
#include "vocabulary.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// x[b, t, :] + PE[t, :] on x's tape, with the positions of exercise 5.3.
/// @param x  [batch, length, hidden]
/// @return   the same shape
/// @throws std::invalid_argument as sinusoidal_positions does
Var<float> with_positions(Var<float> x);

/// One layer of the encoder.
class EncoderLayer {
 public:
    /// Draws its parameters.
    EncoderLayer(std::size_t hidden, Random& random)
        : self_attention(hidden, random), feed_forward(hidden, hidden, random) {}

    /// @param x        [batch, length, hidden]
    /// @param mask     of the self-attention; an encoder has none, and exercise 5.8 finds a use for one
    /// @param weights  where not null, is set to the self-attention's weights, [batch, length, length]
    /// @return         [batch, length, hidden]
    Var<float> operator()(Var<float> x, const AttentionMask& mask = {}, Var<float>* weights = nullptr) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "self_attention", self_attention);
        out.add_module(prefix, "feed_forward", feed_forward);
    }

    AttentionLayer self_attention;  ///< over the whole word
    Linear<float> feed_forward;     ///< of each token by itself
};

/// The encoder.
class Encoder {
 public:
    /// Draws the parameters: the embedding's first, then layer after layer.
    Encoder(std::size_t hidden, std::size_t num_layers, Random& random) : embedding(vocabulary_size, hidden, random) {
        for (std::size_t n = 0; n < num_layers; ++n) layers.emplace_back(hidden, random);
    }

    /// @param tokens   [batch, length], words with their EOS
    /// @param weights  where not null, is set to each layer's self-attention weights, [batch, length, length]
    /// @return         annotations, [batch, length, hidden]
    /// @throws std::out_of_range for a number that is no token
    Var<float> operator()(Tape<float>& tape, const Tensor<2, int>& tokens,
                          std::vector<Var<float>>* weights = nullptr) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "embedding", embedding);
        out.add_modules(prefix, "layers", layers);
    }

    Embedding<float> embedding;        ///< [29, hidden]
    std::vector<EncoderLayer> layers;  ///< one behind the other
};

}  // namespace wb
