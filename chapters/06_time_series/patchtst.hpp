/// @file
/// Exercise 6.10: words of time. One hour is to a series what a letter is to a sentence: it says nothing by itself, and attention between
/// 96 letters costs 96^2. PatchTST makes tokens of *stretches*: 16 rows each, a new one every 8; and it gives each variate to the
/// model by itself (channel-independent): the same weights for all, and none sees another.
///
///     look-back 96, the last row repeated 8 times behind it: 104 rows; patches of 16 at 0, 8, .., 88: 12 tokens
///
///     one variate of one window, normalised  [lookback]  ->  patches [patches, patch]  ->  tokens [patches, d_model] + positions
///         ->  blocks  ->  all tokens side by side [patches d_model]  ->  [horizon]
///
/// Source: Nie et al., ICLR 2023. (There a batch norm stands in the blocks; here a layer norm.)
#pragma once

#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

#include "encoder_block.hpp"

namespace wb {

/// How a PatchTST is cut.
struct PatchTstOptions {
    std::size_t lookback = 96, horizon = 96;  ///< rows that are read, and rows that are said
    std::size_t patch = 16, stride = 8;       ///< rows of a patch, and from one patch's begin to the next
    BlockOptions blocks = {};                 ///< of the encoder
};

/// The members, in wire order.
inline auto fields(PatchTstOptions& options) {
    return std::tie(options.lookback, options.horizon, options.patch, options.stride, options.blocks);
}

/// How many patches there are: those that fit into lookback + stride rows, floor((lookback + stride - patch) / stride) + 1. Every row of the
/// look-back is in one; of the repeated rows, the last few may be in none.
/// @throws std::invalid_argument with the three numbers, when one is 0, when the patch is longer than the look-back, or the stride longer than
/// the patch (otherwise rows would be left out)
std::size_t patch_count(std::size_t lookback, std::size_t patch, std::size_t stride);

/// Cuts rows into patches, on the tape. Behind each row stands its last number, `stride` times.
/// @param x  [rows, lookback]; is not changed
/// @return   [rows, patches, patch]: patch p holds x[stride p .. stride p + patch - 1], bit by bit; a number's gradient is the sum over the
///           patches that hold it, and the last one's over its repetitions too
/// @throws ShapeError when x has not two axes; std::invalid_argument as patch_count
Var<float> unfold_patches(Var<float> x, std::size_t patch, std::size_t stride);

/// The model.
class PatchTst {
 public:
    /// Draws the parameters: embedding, positions (normal, deviation .02), blocks, head.
    PatchTst(const PatchTstOptions& given, Random& random)
        : options(given),
          embedding(given.patch, given.blocks.d_model, random),
          positions(normal_parameter<float>(
              {patch_count(given.lookback, given.patch, given.stride), given.blocks.d_model}, random, 0.02)),
          head(make_blocks(random), given.horizon, random) {}

    /// Each variate by itself: [batch, lookback, variates] becomes [batch variates, lookback] (all variates of the first window, then all
    /// of the second) and goes through the picture above; dropout, with the blocks' probability, after the positions are added. No
    /// normalisation: that is 6.12's, around the model.
    /// @param past     [batch, lookback, variates], of any number of variates
    /// @param weights  where not null, is set to each block's weights, [batch variates, heads, patches, patches]; what it held before goes
    /// @return         [batch, horizon, variates]
    /// @throws ShapeError naming past and the look-back that the model was made for, when past has another one, or not three axes
    Var<float> operator()(Var<float> past, std::vector<Var<float>>* weights = nullptr) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "embedding", embedding);
        out.add(prefix, "positions", positions);
        out.add_modules(prefix, "blocks", blocks);
        out.add_module(prefix, "head", head);
    }

    PatchTstOptions options;           ///< as it was made
    std::vector<EncoderBlock> blocks;  ///< before head: it is drawn first
    Linear<float> embedding;           ///< [d_model, patch]
    ParameterPtr<float> positions;     ///< [patches, d_model]
    Linear<float> head;                ///< [horizon, patches d_model]

 private:
    /// Draws the blocks; gives the head's width.
    std::size_t make_blocks(Random& random) {
        for (std::size_t n = 0; n < options.blocks.layers; ++n) blocks.emplace_back(options.blocks, random);
        return patch_count(options.lookback, options.patch, options.stride) * options.blocks.d_model;
    }
};

}  // namespace wb
