/// @file
/// Attention rollout (exercise 4.7) in double, computed a second time and by another road: each row is followed down through the
/// layers on its own, as a distribution over tokens, and no product of two matrices is ever taken.
#pragma once

#include <cstddef>
#include <vector>

#include "rollout.hpp"
#include "wb/tensor.hpp"

namespace wb::oracle {

/// Mistakes that students make, one at a time.
struct RolloutFlaws {
    bool columns_divided = false;      ///< column j is divided by the sum of row j, as by a / a.sum(-1) in Python
    bool own_columns = false;          ///< columns sum to 1, not rows
    bool rows_as_they_are = false;     ///< not divided at all
    bool not_halved = false;           ///< W + I, not divided at all
    bool whole_identity = false;       ///< 0.5 W + I
    bool no_identity = false;          ///< W alone
    bool order_reversed = false;       ///< A_1 A_2 .. A_L
    bool one_layer_only = false;       ///< entry l is A_l
    bool fused_last = false;           ///< each head is rolled out, and the heads are fused in the end
    bool columns_are_queries = false;  ///< W transposed
    bool cuts_cls = false;             ///< column 0 is not spared, and counts
    bool spares_cls_row = false;       ///< row 0 is spared, column 0 is not
    bool cuts_largest = false;         ///<
    bool cuts_after_identity = false;  ///< of A, before its rows are divided
    bool cuts_each_row = false;        ///< the share of each row, not of the matrix
};

/// Heads fused, [tokens, tokens].
Tensor<2, double> fused_heads(const Tensor<3>& weights, HeadFusion fusion);

/// The weakest links cut. @param gap  where not null, is lowered to the smallest distance between a weight that was cut and one that
///        was kept, relative to the latter; equal weights do not count, for their order is that of their places
Tensor<2, double> without_weakest(const Tensor<2, double>& weights, double discard_ratio,
                                  const RolloutFlaws& flaws = {}, double* gap = nullptr);

/// A of fused weights.
Tensor<2, double> mixed_with_identity(const Tensor<2, double>& weights, const RolloutFlaws& flaws = {});

/// [layers, tokens, tokens].
Tensor<3, double> rollout(const std::vector<Tensor<4>>& attention, std::size_t picture, const RolloutOptions& options,
                          const RolloutFlaws& flaws = {}, double* gap = nullptr);

}  // namespace wb::oracle
