/// @file
/// Exercise 3.5: in which order heads go. The contract is chapters/03_head_pruning/pruning.hpp.
#include "pruning.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"
#include "wb/random.hpp"

namespace wb {

// TODO(3.5): all at once, the least important first.
//   Ask:      two heads are equally important. Does std::sort keep the lower number first? And std::stable_sort?
//   Traps:    a comparison with NaN is false both ways, and a sort by such comparisons may do anything.
std::vector<std::size_t> one_shot_order(const Tensor<1, double>& importance) {
    throw wb::NotImplemented("3.5");
}

// TODO(3.5): a few at a time, with a new look after each step.
//   Equation: a step closes max(1, round(share_per_step * total)) live heads, those with the least importance at the gates of now.
//   Start:    gates of 1. While a head may go: ask, sort the live heads, close the first of them that may go; append each to the order.
//   Ask:      20 heads and a share of 0.1: how many go in the first step, and how many in the last? And of the 2 that remain at the end?
//   Traps:    closed heads have an importance too, often the smallest. 'The last of its module' may become true within a step. Ask nothing
//             more once no head is left that may go.
std::vector<std::size_t> gradual_order(const ImportanceOfGates& importance_of, const HeadSet& heads,
                                       const PruneOptions& options) {
    throw wb::NotImplemented("3.5");
}

// TODO(3.5): any order.
//   Start:    Random(seed).permutation(total) is one.
//   Ask:      with keep_one_per_module: which head of a module is the one that is passed over?
//   Traps:    a generator that is not made from the seed, or is kept between calls, gives the same seed two orders.
std::vector<std::size_t> random_order(const HeadSet& heads, std::uint64_t seed, bool keep_one_per_module) {
    throw wb::NotImplemented("3.5");
}

// TODO(3.5): the gates when some are gone.
//   Traps:    an order that is wrong behind `count` is wrong all the same.
Tensor<1> gates_after(std::size_t heads, std::span<const std::size_t> order, std::size_t count) {
    throw wb::NotImplemented("3.5");
}

// TODO(3.5): a model along an order.
//   Start:    look at everything that can be wrong first: evaluating a model takes seconds. Then gates_after and evaluate for each count.
//   Ask:      the share is of which heads: of those in the order, or of all?
std::vector<CurvePoint> quality_curve(const EvaluateGates& evaluate, std::size_t heads,
                                      std::span<const std::size_t> order, std::span<const std::size_t> counts) {
    throw wb::NotImplemented("3.5");
}

// TODO(3.5): a curve as one number.
//   Equation: sum_k (score_k + score_(k+1)) / 2 * (share_(k+1) - share_k) / (share_last - share_first).
//   Ask:      half of the points lie between 0 and .1. Why is their mean not the answer?
double area_under_curve(std::span<const CurvePoint> curve) {
    throw wb::NotImplemented("3.5");
}

// TODO(3.5): the same for each sample.
//   Ask:      a sample is answered rightly up to a share of .3, and wrongly from .4 on. What is its area between 0 and 1?
std::vector<double> sample_areas(std::span<const CurvePoint> curve) {
    throw wb::NotImplemented("3.5");
}

// TODO(3.5): is one order better than others?
//   Start:    each sample's areas under the baselines, their mean; then paired_difference with its area under the curve.
//   Ask:      you have ten random orders of 500 samples. Why is this not 5,000 differences?
PairedDifference area_difference(std::span<const std::vector<CurvePoint>> baselines, std::span<const CurvePoint> curve,
                                 double confidence) {
    throw wb::NotImplemented("3.5");
}

}  // namespace wb
