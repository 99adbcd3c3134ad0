/// @file
/// The translator: encoder and decoder together. Given code; exercises 5.4 and 5.5 are what it consists of.
///
/// Its parameters, by name, as checkpoints and the judge know them, for hidden H and layers n = 0, 1, ..:
///
///     encoder.embedding.weight [29, H]        encoder.layers.n.self_attention.{query,key,value}.{weight [H, H], bias [H]}
///     decoder.embedding.weight [29, H]        encoder.layers.n.feed_forward.{weight [H, H], bias [H]}
///     decoder.out.{weight [29, H], bias [29]} decoder.layers.n.{self_attention,cross_attention}.{query,key,value}.{weight, bias}
///                                             decoder.layers.n.feed_forward.{weight, bias}
///
/// 49,277 numbers at hidden 32 and 4 layers, 142,877 at hidden 64 and 3 layers.
#pragma once

#include <cstddef>
#include <string>
#include <tuple>

#include "decoder.hpp"

namespace wb {

/// What decides a translator's shape.
struct TranslatorOptions {
    std::size_t hidden = 32;  ///< even, >= 2
    std::size_t layers = 4;   ///< of the encoder, and of the decoder
    bool causal = true;       ///< the decoder's self-attention; false is exercise 5.8's non-causal variant
};

/// The members, in wire order.
inline auto fields(TranslatorOptions& options) {
    return std::tie(options.hidden, options.layers, options.causal);
}

/// An encoder-decoder transformer for words. A copy shares its parameters.
class Translator {
 public:
    /// Draws its parameters.
    Translator(const TranslatorOptions& shape, Random& random)
        : options(shape),
          encoder(shape.hidden, shape.layers, random),
          decoder(shape.hidden, shape.layers, shape.causal, random) {}

    /// @param source         [batch, source_len], words with their EOS
    /// @param decoder_input  [batch, target_len]
    /// @return               logits, [batch, target_len, 29]
    Var<float> operator()(Tape<float>& tape, const Tensor<2, int>& source, const Tensor<2, int>& decoder_input) const {
        return decoder(tape, decoder_input, encoder(tape, source));
    }

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "encoder", encoder);
        out.add_module(prefix, "decoder", decoder);
    }

    TranslatorOptions options;  ///< as it was made
    Encoder encoder;            ///< reads the word
    Decoder decoder;            ///< writes the translation
};

}  // namespace wb
