/// @file
/// Exercise 4.7: attention rollout. A layer's attention map says which *tokens* a token looked at; but from the second layer on, a
/// token is a mixture of patches. Rollout multiplies the layers' matrices and so follows the mixture down to the patches.
///
///     W_l  = the heads of layer l fused to one matrix, its weakest links cut
///     A_l  = 0.5 W_l + 0.5 I, each row divided by its sum          I: the residual connection, which hands x on beside attention
///     R_l  = A_l R_(l-1), R_0 = I                                  so R_L = A_L .. A_2 A_1
///
/// Row i of R_l says how much of each token of the input is in token i after layer l. All rows sum to 1. Formulas, like the handout and
/// the pictures, count layers from 1; arrays, and messages that name an entry of one, count from 0: entry l holds R_(l+1).
/// Source: Abnar and Zuidema 2020, section 3. Fusion other than the mean, and the cut, are later practice for pictures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// What becomes of a layer's heads.
enum class HeadFusion : std::uint8_t {
    average,  ///< all heads count alike, as in the paper
    minimum,  ///< only what all heads look at
    maximum   ///< what any head looks at
};

/// How rollout treats a layer's weights before they are multiplied.
struct RolloutOptions {
    HeadFusion fusion = HeadFusion::average;  ///< how a layer's heads become one matrix
    double discard_ratio = 0;  ///< share of the weakest links that is cut, from 0 up to but not including 1
};

/// The members, in wire order.
inline auto fields(RolloutOptions& options) {
    return std::tie(options.fusion, options.discard_ratio);
}

/// The heads of one layer as one matrix, entry by entry.
/// @param weights  [heads, tokens, tokens]
/// @return         [tokens, tokens]
/// @throws ShapeError when there is no head or the last two axes differ
Tensor<2> fuse_heads(const Tensor<3>& weights, HeadFusion fusion);

/// Cuts the weakest links: of the entries that do not lie in column 0 the floor(discard_ratio * tokens * (tokens - 1)) smallest become
/// 0, a product in double, multiplied from the left; of equal ones those with the lower place i * tokens + j go first. Column 0, what
/// is taken from the class token, is never cut.
/// @param weights  [tokens, tokens], fused; no NaN
/// @return         [tokens, tokens]
/// @throws ShapeError when it is not square
/// @throws std::invalid_argument when discard_ratio is not within 0 <= ratio < 1
Tensor<2> discard_weakest(const Tensor<2>& weights, double discard_ratio);

/// A = 0.5 W + 0.5 I, each row divided by its sum. No row can be empty: the diagonal is at least a half before the division.
/// @param weights  [tokens, tokens], none negative; rows need not sum to 1 (fusion by min or max, and cuts, change the sums)
/// @return         [tokens, tokens], rows sum to 1
/// @throws ShapeError when it is not square
Tensor<2> with_residual(const Tensor<2>& weights);

/// Rollout up to each layer, for one picture.
/// @param attention  an entry a layer, the lowest first: [batch, heads, tokens, tokens], row i is what token i looks at
/// @param picture    which of the batch
/// @return           [layers, tokens, tokens]: entry 0 is R_1 = A_1, the last one R_L = A_L .. A_1
/// @throws ShapeError when there are no layers or heads; naming the layer, when its shape is not layer 0's or its two numbers of
///         tokens differ
/// @throws std::out_of_range naming the picture and the batch
/// @throws std::invalid_argument as discard_weakest does
Tensor<3> attention_rollout(const std::vector<Tensor<4>>& attention, std::size_t picture,
                            const RolloutOptions& options = {});

/// Each patch's share in the class token: row 0 without column 0, divided by its sum.
/// @param rollout  [tokens, tokens] of one layer; tokens = 1 + grid * grid, the class token first
/// @return         [grid, grid], which sums to 1; zeros when no patch has a share (never NaN)
/// @throws ShapeError when it is not square, there is no token, or the number of patches is no square
Tensor<2> rollout_map(const Tensor<2>& rollout);

}  // namespace wb
