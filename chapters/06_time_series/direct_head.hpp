/// @file
/// Exercise 6.8: everything in one vector. No decoder, no second question: an encoder reads the past, its tokens become one vector, and one
/// matrix says all of the future, horizon times variates numbers side by side.
///
///     past + calendar  -- embedding (6.3) -->  [batch, lookback, d_model]  -- blocks -->  tokens  -- pooling -->  one vector
///         -- head -->  [batch, horizon variates]  -- as rows -->  [batch, horizon, variates]
///
/// What becomes of the tokens decides what it costs, and what the head can know:
///
///     last       the newest row's token                   [d_model]                 the head is small; the newest row must have gathered all
///     average    of all tokens                            [d_model]                 as small; every row counts alike
///     flatten    all tokens, one behind the other         [lookback d_model]        the head is lookback times as large
///
/// Source: Taieb and Hyndman 2012 (the multi-output strategy); flattening: Nie et al., ICLR 2023.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "encoder_block.hpp"
#include "time_encodings.hpp"

namespace wb {

/// What becomes of the tokens.
enum class Pooling : std::uint8_t { last, average, flatten };

/// How large a direct forecaster is.
struct DirectOptions {
    std::size_t lookback = 96, horizon = 96;  ///< rows that are read, and rows that are said
    std::size_t variates = 7;                 ///< columns
    std::size_t features = calendar_size;     ///< of a row's calendar
    Pooling pooling = Pooling::last;          ///< what of the blocks' rows the head reads
    BlockOptions blocks = {};                 ///< of the encoder
};

/// The members, in wire order.
inline auto fields(DirectOptions& options) {
    return std::tie(options.lookback, options.horizon, options.variates, options.features, options.pooling,
                    options.blocks);
}

/// How long the vector is: d_model, or lookback d_model.
std::size_t pooled_size(const DirectOptions& options);

/// How many numbers the head has, biases included: what a longer horizon or another pooling costs, before anything is built.
std::size_t head_parameters(const DirectOptions& options);

/// Tokens to a vector, on the tape.
/// @param tokens  [batch, tokens, d_model], at least one token
/// @return        [batch, d_model], or of flatten [batch, tokens d_model]: all of the first token, then all of the second.
///                The gradient reaches what was read
/// @throws ShapeError naming the shape, when there are not three axes, or no token
Var<float> pool_tokens(Var<float> tokens, Pooling pooling);

/// The model.
class DirectForecaster {
 public:
    /// Draws the parameters: embedding, blocks, head.
    DirectForecaster(const DirectOptions& size, Random& random)
        : options(size),
          embedding(size.variates, size.features, size.blocks.d_model, random),
          blocks(make_blocks(size.blocks, random)),
          head(pooled_size(size), size.horizon * size.variates, random) {}

    /// Embedding (6.3), dropout (the blocks' probability), the blocks, pooling, the head. The head's numbers are the first row's variates,
    /// then the second's. No mask: all of the past is past. No normalisation of windows: that is 6.12's, around the model.
    /// @param past      [batch, lookback, variates]; batch may be 0
    /// @param calendar  [batch, lookback, features] of the past's rows
    /// @return          [batch, horizon, variates]; gradients reach every parameter, past and calendar
    /// @throws ShapeError naming past's and calendar's shapes, when one is not as above
    Var<float> operator()(Var<float> past, Var<float> calendar) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "embedding", embedding);
        out.add_modules(prefix, "blocks", blocks);
        out.add_module(prefix, "head", head);
    }

    DirectOptions options;             ///< as it was made
    TimeEmbedding embedding;           ///< from rows to tokens
    std::vector<EncoderBlock> blocks;  ///< one behind the other
    Linear<float> head;                ///< [horizon variates, pooled_size]

 private:
    static std::vector<EncoderBlock> make_blocks(const BlockOptions& size, Random& random) {
        std::vector<EncoderBlock> made;
        for (std::size_t n = 0; n < size.layers; ++n) made.emplace_back(size, random);
        return made;
    }
};

}  // namespace wb
