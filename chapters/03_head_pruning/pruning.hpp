/// @file
/// Exercise 3.5: in which order heads go, and how good such an order is. One look at the importance and then all at once; a few at a time
/// with a new look after each; or any order, as what both must beat.
///
/// An order is a list of heads by number (head_set.hpp), the first to go first. Cut off anywhere, it says what to prune: gates_after.
/// Source: Michel et al. 2019, section 4 (10 % at a time, without training in between).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <tuple>
#include <vector>

#include "ablation.hpp"
#include "gated_model.hpp"
#include "head_set.hpp"

namespace wb {

/// Each head's importance while some are closed: e.g. exercise 3.3's, at these gates. What it says of closed heads means nothing.
/// @param gates  [heads], 0 or 1
/// @return       [heads]
using ImportanceOfGates = std::function<Tensor<1, double>(const Tensor<1>& gates)>;

/// How gradual_order goes about it.
struct PruneOptions {
    double share_per_step = 0.1;       ///< of all heads there were at first: above 0, at most 1
    bool keep_one_per_module = false;  ///< whether each module keeps its last head
};

/// The members, in wire order.
inline auto fields(PruneOptions& options) {
    return std::tie(options.share_per_step, options.keep_one_per_module);
}

/// All heads, the least important first; of equal ones the lower number first.
/// @param importance  [heads]; may be negative or infinite
/// @throws std::invalid_argument naming the head, when an importance is NaN
std::vector<std::size_t> one_shot_order(const Tensor<1, double>& importance);

/// Prunes step by step, with a new look at the importance before each: two heads that do the same are both unimportant until one is gone.
///
///     a step:  importance at the gates of now;  the max(1, round(share_per_step * total)) least important live heads go, one by one
///
/// Halves are rounded up, as std::round does.
/// Steps go on until no head is left that may go; the last may be smaller. Of equally important heads the lower number goes first.
/// With keep_one_per_module, a head that is the last live one of its module when its turn comes is passed over: the order then lacks one
/// head of every module that has any. With share_per_step 1 there is one step, and without keep_one_per_module it is one_shot_order.
/// @param importance_of  asked once a step with that step's gates, and not again when no head is left that may go
/// @throws std::invalid_argument for another share_per_step (then nothing was asked); naming the head, when a *live* head's importance is
///         NaN; closed heads' are not looked at
/// @throws ShapeError naming both numbers, when the importance is not [total]
std::vector<std::size_t> gradual_order(const ImportanceOfGates& importance_of, const HeadSet& heads,
                                       const PruneOptions& options = {});

/// Heads in random order, each order equally likely: what a measure of importance must beat.
/// @param seed                 of a wb::Random: the same seed gives the same order
/// @param keep_one_per_module  as PruneOptions has it: a head that is its module's last when its turn comes is passed over
std::vector<std::size_t> random_order(const HeadSet& heads, std::uint64_t seed, bool keep_one_per_module = false);

/// Gates when the first `count` heads of an order are gone: 0 for these, 1 for all others.
/// @param heads  how many the model has in all
/// @return       [heads]
/// @throws std::out_of_range naming both numbers, when the order is shorter than count
/// @throws std::invalid_argument naming the head, when the order has one that there is not, or one twice (anywhere in it)
Tensor<1> gates_after(std::size_t heads, std::span<const std::size_t> order, std::size_t count);

/// A model with some of its heads gone.
struct CurvePoint {
    double share = 0;   ///< of all heads that are gone: 0 to 1
    double loss = 0;    ///< mean over the samples
    double score = 0;   ///< mean over the samples
    Measures measures;  ///< sample by sample
};

/// The members, in wire order.
inline auto fields(CurvePoint& point) {
    return std::tie(point.share, point.loss, point.score, point.measures);
}

/// Evaluates a model along an order.
/// @param heads   how many the model has in all
/// @param counts  how many heads are gone at each point, ascending and none twice, e.g. 0 4 8 12
/// @return        a point for each count
/// @throws as gates_after; std::invalid_argument when counts do not ascend: before the model is asked
/// @throws std::invalid_argument when the model answers without samples, or with losses and scores of different number
std::vector<CurvePoint> quality_curve(const EvaluateGates& evaluate, std::size_t heads,
                                      std::span<const std::size_t> order, std::span<const std::size_t> counts);

/// The mean score along a curve: the area under score by share, by trapezoids, divided by the range of the shares. So a model that keeps
/// its score of .9 wherever it is cut has .9, whatever the range.
///
///     sum_k (score_k + score_(k+1)) / 2 * (share_(k+1) - share_k)  /  (share_last - share_first)
///
/// @param curve  shares need not be evenly spaced
/// @throws std::invalid_argument when there are fewer than two points, or shares do not ascend
double area_under_curve(std::span<const CurvePoint> curve);

/// Each sample's own area: the same formula with that sample's scores. Their mean is area_under_curve, since the area is linear in scores.
/// @return  [samples]
/// @throws as area_under_curve; std::invalid_argument when the points have different numbers of samples
std::vector<double> sample_areas(std::span<const CurvePoint> curve);

/// Whether one order is better than others: the difference of areas, sample by sample (3.2's paired_difference).
/// @param baselines  curves to beat, e.g. of ten random orders: a sample's area before is the mean of its areas under them
/// @param curve      on the same samples, with the same shares
/// @return           after - before: positive where `curve` keeps more. Its error speaks of other samples, not of other random orders
/// @throws std::invalid_argument when there is no baseline, or one has other shares or another number of samples than the curve; as
///         sample_areas and paired_difference
PairedDifference area_difference(std::span<const std::vector<CurvePoint>> baselines, std::span<const CurvePoint> curve,
                                 double confidence = 0.95);

}  // namespace wb
