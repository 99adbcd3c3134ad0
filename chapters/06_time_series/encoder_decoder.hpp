/// @file
/// Exercise 6.7: the whole horizon at once. A translator says one letter after the other, and each of its letters is the next question; 6.9
/// forecasts so, and pays with its own mistakes. The decoder here is asked about *empty* rows: it knows when they are, not what is in them,
/// and fills them all in one pass.
///
///     past      x0 .. x95  + calendar  -- encoder -->  memory [batch, lookback, d_model]
///                                                         |
///     decoder   x48 .. x95   0 0 .. 0  + calendar  -- self-attention, cross-attention --> projection --> the last `horizon` rows
///               label rows   horizon
///
/// No row holds what another is asked for, so there is nothing to hide: the decoder has no mask. The first `label` rows are known ones,
/// shown once more, so that the empty ones have neighbours to go on from.
/// Source: Vaswani et al. 2017, section 3.1 (the blocks); Zhou et al. 2021 (Informer), section 3.3 (the decoder in one pass).
#pragma once

#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

#include "encoder_block.hpp"
#include "time_encodings.hpp"

namespace wb {

/// How large an encoder-decoder is.
struct EncoderDecoderOptions {
    std::size_t lookback = 96, horizon = 96;  ///< rows that are read, and rows that are said
    std::size_t label = 48;                   ///< rows of the past that the decoder is shown again; 0 to lookback
    std::size_t variates = 7;                 ///< columns
    std::size_t features = calendar_size;     ///< of a row's calendar
    std::size_t decoder_layers = 1;           ///< blocks of the decoder
    BlockOptions blocks = {};                 ///< of the encoder; the decoder's are as wide
};

/// The members, in wire order.
inline auto fields(EncoderDecoderOptions& options) {
    return std::tie(options.lookback, options.horizon, options.label, options.variates, options.features,
                    options.decoder_layers, options.blocks);
}

/// What the decoder is given: the past's last `label` rows, then `horizon` rows of zeros.
/// @param past  [batch, lookback, variates], on the tape
/// @return      [batch, label + horizon, variates]; the gradient reaches the rows that were taken
/// @throws ShapeError naming past's shape and label, when past has not three axes or fewer rows than label
Var<float> decoder_input(Var<float> past, std::size_t label, std::size_t horizon);

/// One block of the decoder.
class DecoderBlock {
 public:
    /// Draws its parameters.
    DecoderBlock(const BlockOptions& options, Random& random)
        : self_attention(options.d_model,
                         {.heads = options.heads, .output_projection = true, .dropout = options.dropout}, random),
          cross_attention(options.d_model,
                          {.heads = options.heads, .output_projection = true, .dropout = options.dropout}, random),
          feed_forward(options.d_model, options.d_ff, random, FeedForward<float>::Nonlinearity::gelu, options.dropout),
          norm1(options.d_model),
          norm2(options.d_model),
          norm3(options.d_model),
          dropout_probability(options.dropout) {}

    /// Three sublayers, each with dropout on what it adds and a layer norm behind the sum, as in EncoderBlock:
    ///
    ///     x = norm1(x + dropout(self_attention(x, x)))            x = norm2(x + dropout(cross_attention(x, memory)))
    ///     x = norm3(x + dropout(feed_forward(x)))
    ///
    /// @param x        [batch, rows, d_model]
    /// @param memory   [batch, kv_len, d_model]: what the encoder made of the past
    /// @param weights  where not null, is set to the cross-attention's weights, [batch, heads, rows, kv_len]
    /// @return         as x
    Var<float> operator()(Var<float> x, Var<float> memory, Var<float>* weights = nullptr) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "self_attention", self_attention);
        out.add_module(prefix, "cross_attention", cross_attention);
        out.add_module(prefix, "feed_forward", feed_forward);
        out.add_module(prefix, "norm1", norm1);
        out.add_module(prefix, "norm2", norm2);
        out.add_module(prefix, "norm3", norm3);
    }

    MultiHeadAttention<float> self_attention, cross_attention;  ///< over the decoder's rows; over the encoder's
    FeedForward<float> feed_forward;                            ///< of each row by itself
    LayerNorm<float> norm1, norm2, norm3;                       ///< behind each sublayer
    double dropout_probability;                                 ///< on what each sublayer adds
};

/// The model.
class EncoderDecoder {
 public:
    /// Draws the parameters: both embeddings, the encoder's blocks, the decoder's, the projection.
    EncoderDecoder(const EncoderDecoderOptions& size, Random& random)
        : options(size),
          encoder_embedding(size.variates, size.features, size.blocks.d_model, random),
          decoder_embedding(size.variates, size.features, size.blocks.d_model, random),
          encoder(make<EncoderBlock>(size.blocks.layers, random)),
          decoder(make<DecoderBlock>(size.decoder_layers, random)),
          projection(size.blocks.d_model, size.variates, random) {}

    /// Encoder: past and its calendar are embedded (6.3), then dropout (the blocks' probability), then the blocks: the memory. Decoder:
    /// decoder_input and the calendar of those rows are embedded, the first of them at place lookback - label, dropout, the
    /// blocks, each with the same memory; the projection says every row's variates, and the last `horizon` rows are the answer.
    /// No normalisation of windows: that is 6.12's, around the model.
    /// @param past      [batch, lookback, variates]
    /// @param calendar  [batch, lookback + horizon, features]: the past's rows, then those to be forecast, whose dates are known
    /// @param weights   where not null, is set to the last decoder block's cross-attention, [batch, heads, label + horizon, lookback];
    ///                  without decoder blocks it stays what it was
    /// @return          [batch, horizon, variates]; gradients reach every parameter, past and calendar
    /// @throws ShapeError naming past's and calendar's shapes, when one is not as above
    Var<float> operator()(Var<float> past, Var<float> calendar, Var<float>* weights = nullptr) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "encoder_embedding", encoder_embedding);
        out.add_module(prefix, "decoder_embedding", decoder_embedding);
        out.add_modules(prefix, "encoder", encoder);
        out.add_modules(prefix, "decoder", decoder);
        out.add_module(prefix, "projection", projection);
    }

    EncoderDecoderOptions options;                       ///< as it was made
    TimeEmbedding encoder_embedding, decoder_embedding;  ///< from rows to tokens
    std::vector<EncoderBlock> encoder;                   ///< one behind the other
    std::vector<DecoderBlock> decoder;                   ///< one behind the other
    Linear<float> projection;                            ///< [variates, d_model]

 private:
    template <class Block>
    std::vector<Block> make(std::size_t layers, Random& random) const {
        std::vector<Block> made;
        for (std::size_t n = 0; n < layers; ++n) made.emplace_back(options.blocks, random);
        return made;
    }
};

}  // namespace wb
