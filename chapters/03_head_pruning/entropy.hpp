/// @file
/// Exercise 3.4: how widely does each head look? The entropy of its attention weights, row by row, and what pruning does to it.
///
///     H = - sum_j p_j ln p_j   nats        one key has all the weight: 0            k keys share it evenly: ln k
///
/// It needs no labels, no gradient and no second evaluation: attention weights are there anyway. It is a description, not a measure of
/// worth: a head that looks everywhere may compute a mean that all others build on, and a sharp one may look at a separator all day.
/// Source: Clark et al. 2019, section 3 (broad heads, and heads that attend to separators).
#pragma once

#include <cstddef>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "head_set.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// How widely each head looks, in the mean over its rows.
struct HeadEntropy {
    Tensor<1, double> nats;  ///< [heads]
    Tensor<1, double>
        share;  ///< [heads]: of what would be possible, 0 to 1: comparable between short rows and long ones
};

/// The members, in wire order.
inline auto fields(HeadEntropy& entropy) {
    return std::tie(entropy.nats, entropy.share);
}

/// Sums up entropies over modules and batches. Every row counts alike, whichever batch and sample it is from.
///
///     of a row:  nats = - sum_j p_j ln p_j, where 0 ln 0 = 0        share = nats / ln k, or 0 where k is 1
///
/// Weights are taken as they are, not divided by their sum. k is how many keys the row sees: those whose weight is above 0. (A softmax
/// gives every visible key some weight; one so far below the others that a float cannot hold it counts as unseen.) A row that sees no
/// key, all of whose weights are 0, does not count.
class HeadEntropies {
 public:
    /// No weights seen yet.
    explicit HeadEntropies(HeadSet set)
        : set_(std::move(set)), nats_(set_.total()), share_(set_.total()), rows_(set_.total()) {}

    /// Adds the rows of one batch of one module. A call that throws has added nothing.
    /// @param module         which of the set's
    /// @param weights        [batch, heads of the module, q_len, kv_len]: the softmax's result
    /// @param query_lengths  [batch]: entry b has query_lengths[b] queries, 0 .. q_len; what follows is padding, which does not
    ///                       count and may hold anything, NaN too. Empty: all rows are queries
    /// @throws std::out_of_range naming the module, when there is no such one
    /// @throws ShapeError when there are other heads than the module's, not a length for each entry, or one that is not 0 .. q_len
    /// @throws std::invalid_argument naming entry, head and query of a row that is no distribution: a weight is negative or not finite,
    ///         or they are neither all 0 nor sum to 1 within 1e-3
    void add(std::size_t module, const Tensor<4>& weights, std::span<const int> query_lengths = {});

    /// The means over all rows so far.
    /// @throws std::logic_error naming the first head, by its number in the set, of which no row has counted
    [[nodiscard]] HeadEntropy mean() const;

 private:
    HeadSet set_;
    std::vector<double> nats_, share_;  ///< [heads]: sums over rows
    std::vector<std::size_t> rows_;     ///< [heads]: how many have counted
};

/// What pruning has done to the heads that are left: after - before, head by head. Those that look wider have taken something over.
/// @param before  of all heads
/// @param after   of the live ones, in the order of `live`: a pruned model (exercise 3.6) numbers them anew
/// @param live    the numbers that they had before
/// @return        [live.size()]
/// @throws ShapeError when nats or shares of `after` are not as many as live heads, or those of `before` differ in number
/// @throws std::out_of_range naming a live head that was not there before
HeadEntropy entropy_shift(const HeadEntropy& before, const HeadEntropy& after, std::span<const std::size_t> live);

}  // namespace wb
