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

// SOLUTION BEGIN 3.5 removed
namespace {

/// Which heads are left, a module at a time.
class LiveHeads {
 public:
    LiveHeads(const HeadSet& heads, bool keep_one) : heads_(heads), left_(heads.heads), keep_one_(keep_one) {}

    [[nodiscard]] bool may_go(std::size_t head) const { return !keep_one_ || left_[heads_.module_of(head)] > 1; }
    void take(std::size_t head) { --left_[heads_.module_of(head)]; }
    /// How many may still go.
    [[nodiscard]] std::size_t to_go() const {
        std::size_t count = 0;
        for (const std::size_t left : left_) count += keep_one_ && left > 0 ? left - 1 : left;
        return count;
    }

 private:
    const HeadSet& heads_;
    std::vector<std::size_t> left_;
    bool keep_one_;
};

void require_order(std::size_t heads, std::span<const std::size_t> order) {
    std::vector<bool> seen(heads);
    for (const std::size_t head : order) {
        if (head >= heads || seen[head])
            throw std::invalid_argument("an order has head " + std::to_string(head) +
                                        (head >= heads ? ", but there are only " + std::to_string(heads) : " twice"));
        seen[head] = true;
    }
}

void require_count(std::span<const std::size_t> order, std::size_t count) {
    if (count > order.size())
        throw std::out_of_range("an order of " + std::to_string(order.size()) + " heads cannot lose " +
                                std::to_string(count));
}

void require_shares(std::span<const CurvePoint> curve) {
    if (curve.size() < 2)
        throw std::invalid_argument("a curve's points: " + std::to_string(curve.size()) + "; an area needs two");
    for (std::size_t k = 1; k < curve.size(); ++k) {
        if (!(curve[k].share > curve[k - 1].share))
            throw std::invalid_argument("a curve's shares must ascend, but " + std::to_string(curve[k - 1].share) +
                                        " is followed by " + std::to_string(curve[k].share));
    }
}

/// The area under score(k) by trapezoids, divided by the range.
template <class Score>
double mean_along(std::span<const CurvePoint> curve, const Score& score) {
    double area = 0;
    for (std::size_t k = 1; k < curve.size(); ++k)
        area += (score(k - 1) + score(k)) / 2 * (curve[k].share - curve[k - 1].share);
    return area / (curve.back().share - curve.front().share);
}

double mean_of(const std::vector<double>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

}  // namespace
// SOLUTION END

// TODO(3.5): all at once, the least important first.
//   Ask:      two heads are equally important. Does std::sort keep the lower number first? And std::stable_sort?
//   Traps:    a comparison with NaN is false both ways, and a sort by such comparisons may do anything.
std::vector<std::size_t> one_shot_order(const Tensor<1, double>& importance) {
    // SOLUTION BEGIN 3.5
    for (std::size_t head = 0; head < importance.size(); ++head) {
        if (std::isnan(importance(head)))
            throw std::invalid_argument("one_shot_order: the importance of head " + std::to_string(head) + " is NaN");
    }
    std::vector<std::size_t> order(importance.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return importance(a) < importance(b); });
    return order;
    // SOLUTION END
}

// TODO(3.5): a few at a time, with a new look after each step.
//   Equation: a step closes max(1, round(share_per_step * total)) live heads, those with the least importance at the gates of now.
//   Start:    gates of 1. While a head may go: ask, sort the live heads, close the first of them that may go; append each to the order.
//   Ask:      20 heads and a share of 0.1: how many go in the first step, and how many in the last? And of the 2 that remain at the end?
//   Traps:    closed heads have an importance too, often the smallest. 'The last of its module' may become true within a step. Ask nothing
//             more once no head is left that may go.
std::vector<std::size_t> gradual_order(const ImportanceOfGates& importance_of, const HeadSet& heads,
                                       const PruneOptions& options) {
    // SOLUTION BEGIN 3.5
    if (!(options.share_per_step > 0 && options.share_per_step <= 1))
        throw std::invalid_argument("gradual_order: a share of " + std::to_string(options.share_per_step) +
                                    " a step; it must be above 0 and at most 1");
    const std::size_t total = heads.total();
    const auto per_step =
        static_cast<std::size_t>(std::max(1.0, std::round(options.share_per_step * static_cast<double>(total))));
    LiveHeads live(heads, options.keep_one_per_module);
    Tensor<1> gates = full<1>({total}, 1);
    std::vector<std::size_t> order;
    while (live.to_go() > 0) {
        const Tensor<1, double> importance = importance_of(gates);
        if (importance.size() != total)
            throw ShapeError("gradual_order: importance " + shape_text(importance) + ", but there are " +
                             std::to_string(total) + " heads");
        std::vector<std::size_t> candidates;
        for (std::size_t head = 0; head < total; ++head) {
            if (gates(head) == 0) continue;
            if (std::isnan(importance(head)))
                throw std::invalid_argument("gradual_order: the importance of head " + std::to_string(head) +
                                            " is NaN");
            candidates.push_back(head);
        }
        std::stable_sort(candidates.begin(), candidates.end(),
                         [&](std::size_t a, std::size_t b) { return importance(a) < importance(b); });
        std::size_t gone = 0;
        for (const std::size_t head : candidates) {
            if (gone == per_step) break;
            if (!live.may_go(head)) continue;
            live.take(head);
            gates(head) = 0;
            order.push_back(head);
            ++gone;
        }
    }
    return order;
    // SOLUTION END
}

// TODO(3.5): any order.
//   Start:    Random(seed).permutation(total) is one.
//   Ask:      with keep_one_per_module: which head of a module is the one that is passed over?
//   Traps:    a generator that is not made from the seed, or is kept between calls, gives the same seed two orders.
std::vector<std::size_t> random_order(const HeadSet& heads, std::uint64_t seed, bool keep_one_per_module) {
    // SOLUTION BEGIN 3.5
    LiveHeads live(heads, keep_one_per_module);
    std::vector<std::size_t> order;
    for (const std::size_t head : Random(seed).permutation(heads.total())) {
        if (!live.may_go(head)) continue;
        live.take(head);
        order.push_back(head);
    }
    return order;
    // SOLUTION END
}

// TODO(3.5): the gates when some are gone.
//   Traps:    an order that is wrong behind `count` is wrong all the same.
Tensor<1> gates_after(std::size_t heads, std::span<const std::size_t> order, std::size_t count) {
    // SOLUTION BEGIN 3.5
    require_order(heads, order);
    require_count(order, count);
    Tensor<1> gates = full<1>({heads}, 1);
    for (const std::size_t head : order.first(count)) gates(head) = 0;
    return gates;
    // SOLUTION END
}

// TODO(3.5): a model along an order.
//   Start:    look at everything that can be wrong first: evaluating a model takes seconds. Then gates_after and evaluate for each count.
//   Ask:      the share is of which heads: of those in the order, or of all?
std::vector<CurvePoint> quality_curve(const EvaluateGates& evaluate, std::size_t heads,
                                      std::span<const std::size_t> order, std::span<const std::size_t> counts) {
    // SOLUTION BEGIN 3.5
    require_order(heads, order);
    for (std::size_t k = 0; k < counts.size(); ++k) {
        require_count(order, counts[k]);
        if (k > 0 && counts[k] <= counts[k - 1])
            throw std::invalid_argument("quality_curve: counts must ascend, but " + std::to_string(counts[k - 1]) +
                                        " is followed by " + std::to_string(counts[k]));
    }
    std::vector<CurvePoint> curve;
    for (const std::size_t count : counts) {
        CurvePoint point;
        point.share = static_cast<double>(count) / static_cast<double>(heads);
        point.measures = evaluate(gates_after(heads, order, count));
        if (point.measures.losses.empty() || point.measures.losses.size() != point.measures.scores.size())
            throw std::invalid_argument("quality_curve: the model answered with " +
                                        std::to_string(point.measures.losses.size()) + " losses and " +
                                        std::to_string(point.measures.scores.size()) + " scores");
        point.loss = mean_of(point.measures.losses);
        point.score = mean_of(point.measures.scores);
        curve.push_back(point);
    }
    return curve;
    // SOLUTION END
}

// TODO(3.5): a curve as one number.
//   Equation: sum_k (score_k + score_(k+1)) / 2 * (share_(k+1) - share_k) / (share_last - share_first).
//   Ask:      half of the points lie between 0 and .1. Why is their mean not the answer?
double area_under_curve(std::span<const CurvePoint> curve) {
    // SOLUTION BEGIN 3.5
    require_shares(curve);
    return mean_along(curve, [&](std::size_t k) { return curve[k].score; });
    // SOLUTION END
}

// TODO(3.5): the same for each sample.
//   Ask:      a sample is answered rightly up to a share of .3, and wrongly from .4 on. What is its area between 0 and 1?
std::vector<double> sample_areas(std::span<const CurvePoint> curve) {
    // SOLUTION BEGIN 3.5
    require_shares(curve);
    const std::size_t samples = curve.front().measures.scores.size();
    for (const CurvePoint& point : curve) {
        if (point.measures.scores.size() != samples)
            throw std::invalid_argument("sample_areas: a point of " + std::to_string(samples) +
                                        " samples, another of " + std::to_string(point.measures.scores.size()));
    }
    std::vector<double> areas;
    for (std::size_t n = 0; n < samples; ++n)
        areas.push_back(mean_along(curve, [&](std::size_t k) { return curve[k].measures.scores[n]; }));
    return areas;
    // SOLUTION END
}

// TODO(3.5): is one order better than others?
//   Start:    each sample's areas under the baselines, their mean; then paired_difference with its area under the curve.
//   Ask:      you have ten random orders of 500 samples. Why is this not 5,000 differences?
PairedDifference area_difference(std::span<const std::vector<CurvePoint>> baselines, std::span<const CurvePoint> curve,
                                 double confidence) {
    // SOLUTION BEGIN 3.5
    if (baselines.empty()) throw std::invalid_argument("area_difference: there is no baseline to beat");
    const std::vector<double> after = sample_areas(curve);
    std::vector<double> before(after.size());
    for (const std::vector<CurvePoint>& baseline : baselines) {
        const auto same_share = [](const CurvePoint& a, const CurvePoint& b) { return a.share == b.share; };
        if (!std::equal(baseline.begin(), baseline.end(), curve.begin(), curve.end(), same_share))
            throw std::invalid_argument("area_difference: a baseline has other shares than the curve");
        const std::vector<double> areas = sample_areas(baseline);
        if (areas.size() != before.size())
            throw std::invalid_argument("area_difference: a baseline of " + std::to_string(areas.size()) +
                                        " samples, a curve of " + std::to_string(after.size()));
        for (std::size_t n = 0; n < areas.size(); ++n) before[n] += areas[n] / static_cast<double>(baselines.size());
    }
    return paired_difference(before, after, confidence);
    // SOLUTION END
}

}  // namespace wb
