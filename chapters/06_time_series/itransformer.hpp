/// @file
/// Exercise 6.11: the transformer turned round. Until here a token was a time, and held all variates of that time: numbers of different units, measured
/// at the same moment, whether or not they have to do with one another. iTransformer makes a token of a *variate*: its whole look-back,
/// embedded by one matrix. Attention then is between variates, and its map is one that a person can read: which station listens to which.
///
///     past [lookback, variates]  -- transpose -->  [variates, lookback]  -- one linear layer -->  tokens [variates, d_model]
///         -->  blocks (post-norm; no positions: variates have no order; no mask)  -->  layer norm  -->  one linear layer  [variates, horizon]
///         -- transpose -->  [horizon, variates]
///
/// It has no patches; those are PatchTST's (6.10), whose tokens are stretches of one variate. Nothing in it depends on how many variates there are: a model
/// trained on 7 answers about 20.
/// Source: Liu et al., ICLR 2024, section 3 and figure 2.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "encoder_block.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// How large an iTransformer is.
struct ITransformerOptions {
    std::size_t lookback = 96, horizon = 96;  ///< rows that are read, and rows that are said
    BlockOptions blocks = {};                 ///< of the encoder
};

/// The members, in wire order.
inline auto fields(ITransformerOptions& options) {
    return std::tie(options.lookback, options.horizon, options.blocks);
}

/// The model.
class ITransformer {
 public:
    /// Draws the parameters: embedding, projection, then block after block.
    ITransformer(const ITransformerOptions& size, Random& random)
        : options(size),
          embedding(size.lookback, size.blocks.d_model, random),
          norm(size.blocks.d_model),
          projection(size.blocks.d_model, size.horizon, random) {
        for (std::size_t n = 0; n < size.blocks.layers; ++n) blocks.emplace_back(size.blocks, random);
    }

    /// Dropout (the blocks' probability) after the embedding. No normalisation of windows: that is 6.12's, around the model.
    /// @param past     [batch, lookback, variates]; batch may be 0
    /// @param weights  where not null, is set to each block's weights, [batch, heads, variates, variates]: row asks, column is asked.
    ///                 What it held before is gone. The answer is the same whether it is null or not
    /// @return         [batch, horizon, variates]
    /// @throws ShapeError naming past's shape and the look-back that the model was made for, when that is another or there are not three axes
    Var<float> operator()(Var<float> past, std::vector<Var<float>>* weights = nullptr) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "embedding", embedding);
        out.add_modules(prefix, "blocks", blocks);
        out.add_module(prefix, "norm", norm);
        out.add_module(prefix, "projection", projection);
    }

    ITransformerOptions options;       ///< as it was made
    Linear<float> embedding;           ///< [d_model, lookback]
    std::vector<EncoderBlock> blocks;  ///< one behind the other
    LayerNorm<float> norm;             ///< behind the last block
    Linear<float> projection;          ///< [horizon, d_model]
};

/// Any model of windows, on the tape: [batch, lookback, variates] -> [batch, horizon, variates].
using WindowModel = std::function<Var<float>(Var<float> past)>;

/// Exercise 6.12 around a model: normalise_windows with its own epsilon, the model, denormalise_windows. The model is asked once.
/// @param past  [batch, lookback, variates]
/// @return      [batch, horizon, variates], in the unit of `past`; gradients reach what the model has on the tape
/// @throws what the three throw
Var<float> normalised_forecast(Tape<float>& tape, const WindowModel& model, const Tensor<3>& past);

/// Whom each variate listens to: the mean over heads and over all blocks' weights.
/// @param weights  of each block, [batch, heads, variates, variates]; at least one block
/// @param entry    of the batch
/// @return         [variates, variates]: each row sums to 1
/// @throws ShapeError when there is no block or no head, or naming the block whose weights have another shape than the first's, or are not
/// square; std::out_of_range naming an entry that is not there
Tensor<2> variate_map(const std::vector<Tensor<4>>& weights, std::size_t entry);

}  // namespace wb
