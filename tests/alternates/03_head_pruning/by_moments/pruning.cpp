/// @file
/// Exercise 3.5 another way: the next head is looked for by walking over all of them, random ones are drawn from what is left, areas are sums of
/// each point's own weight, and baselines are averaged as curves before areas are taken.
#include "pruning.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"
#include "wb/random.hpp"

namespace wb {
namespace {

/// Whether it is the last of its module that is not among those gone.
bool is_last(const HeadSet& heads, std::size_t head, const std::set<std::size_t>& gone) {
    const std::size_t module = heads.module_of(head), first = heads.first(module);
    for (std::size_t other = first; other < first + heads.heads[module]; ++other) {
        if (other != head && !gone.contains(other)) return false;
    }
    return true;
}

/// Each point's weight in the mean along the shares: half the distance of its neighbours.
std::vector<double> weights_of(std::span<const CurvePoint> curve) {
    if (curve.size() < 2) throw std::invalid_argument("an area needs two points");
    std::vector<double> weights(curve.size(), 0);
    const double range = curve.back().share - curve.front().share;
    for (std::size_t k = 0; k + 1 < curve.size(); ++k) {
        const double width = curve[k + 1].share - curve[k].share;
        if (std::isnan(width) || width <= 0) throw std::invalid_argument("the shares of a curve must ascend");
        weights[k] += width / range / 2;
        weights[k + 1] += width / range / 2;
    }
    return weights;
}

}  // namespace

std::vector<std::size_t> one_shot_order(const Tensor<1, double>& importance) {
    std::multimap<double, std::size_t> sorted;  // equal ones stay in the order in which they came
    for (std::size_t head = 0; head < importance.size(); ++head) {
        if (importance(head) != importance(head))
            throw std::invalid_argument("head " + std::to_string(head) + " has no importance, but NaN");
        sorted.emplace(importance(head), head);
    }
    std::vector<std::size_t> order;
    for (const auto& [value, head] : sorted) order.push_back(head);
    return order;
}

std::vector<std::size_t> gradual_order(const ImportanceOfGates& importance_of, const HeadSet& heads,
                                       const PruneOptions& options) {
    const double share = options.share_per_step;
    if (std::isnan(share) || share <= 0 || share > 1)
        throw std::invalid_argument("a share of " + std::to_string(share));
    const std::size_t total = heads.total();
    std::size_t goal = total;
    if (options.keep_one_per_module)
        goal -= static_cast<std::size_t>(
            std::count_if(heads.heads.begin(), heads.heads.end(), [](std::size_t count) { return count > 0; }));
    const std::size_t step =
        std::max<std::size_t>(1, static_cast<std::size_t>(std::floor(share * static_cast<double>(total) + 0.5)));
    std::vector<std::size_t> order;
    std::set<std::size_t> gone;
    Tensor<1, double> importance;
    while (order.size() < goal) {
        if (order.size() % step == 0) {
            importance = importance_of(gates_after(total, order, order.size()));
            if (importance.size() != total)
                throw ShapeError(std::to_string(importance.size()) + " importances of " + std::to_string(total) +
                                 " heads");
            for (std::size_t head = 0; head < total; ++head) {
                if (!gone.contains(head) && std::isnan(importance(head)))
                    throw std::invalid_argument("head " + std::to_string(head) + " has no importance, but NaN");
            }
        }
        std::size_t next = total;
        for (std::size_t head = 0; head < total; ++head) {
            if (gone.contains(head) || (options.keep_one_per_module && is_last(heads, head, gone))) continue;
            if (next == total || importance(head) < importance(next)) next = head;
        }
        order.push_back(next);
        gone.insert(next);
    }
    return order;
}

std::vector<std::size_t> random_order(const HeadSet& heads, std::uint64_t seed, bool keep_one_per_module) {
    Random random(seed);
    std::vector<std::size_t> left(heads.total()), order;
    for (std::size_t head = 0; head < left.size(); ++head) left[head] = head;
    std::set<std::size_t> gone;
    while (!left.empty()) {  // draws without putting back
        const auto place = left.begin() + static_cast<std::ptrdiff_t>(random.below(left.size()));
        const std::size_t head = *place;
        left.erase(place);
        if (keep_one_per_module && is_last(heads, head, gone)) continue;
        gone.insert(head);
        order.push_back(head);
    }
    return order;
}

Tensor<1> gates_after(std::size_t heads, std::span<const std::size_t> order, std::size_t count) {
    std::set<std::size_t> seen;
    for (const std::size_t head : order) {
        if (head >= heads || !seen.insert(head).second)
            throw std::invalid_argument("no head, or there twice: " + std::to_string(head));
    }
    if (order.size() < count)
        throw std::out_of_range(std::to_string(count) + " of an order of " + std::to_string(order.size()));
    Tensor<1> gates = zeros<1>({heads});
    for (std::size_t head = 0; head < heads; ++head) {
        const auto end = order.begin() + static_cast<std::ptrdiff_t>(count);
        gates(head) = std::find(order.begin(), end, head) == end ? 1.0F : 0.0F;
    }
    return gates;
}

std::vector<CurvePoint> quality_curve(const EvaluateGates& evaluate, std::size_t heads,
                                      std::span<const std::size_t> order, std::span<const std::size_t> counts) {
    std::vector<Tensor<1>> all_gates;
    for (const std::size_t count : counts) all_gates.push_back(gates_after(heads, order, count));
    const auto turn = std::adjacent_find(counts.begin(), counts.end(), [](auto a, auto b) { return a >= b; });
    if (turn != counts.end())
        throw std::invalid_argument("counts must ascend: " + std::to_string(turn[0]) + ", " + std::to_string(turn[1]));
    std::vector<CurvePoint> curve(counts.size());
    for (std::size_t k = counts.size(); k-- > 0;) {
        CurvePoint& point = curve[k];
        point.measures = evaluate(all_gates[k]);
        const std::size_t samples = point.measures.losses.size();
        if (samples == 0 || point.measures.scores.size() != samples) throw std::invalid_argument("no samples");
        point.share = static_cast<double>(counts[k]) / static_cast<double>(heads);
        for (std::size_t n = 0; n < samples; ++n) {
            point.loss += point.measures.losses[n] / static_cast<double>(samples);
            point.score += point.measures.scores[n] / static_cast<double>(samples);
        }
    }
    return curve;
}

double area_under_curve(std::span<const CurvePoint> curve) {
    const std::vector<double> weights = weights_of(curve);
    double area = 0;
    for (std::size_t k = 0; k < curve.size(); ++k) area += weights[k] * curve[k].score;
    return area;
}

std::vector<double> sample_areas(std::span<const CurvePoint> curve) {
    const std::vector<double> weights = weights_of(curve);
    std::vector<double> areas(curve[0].measures.scores.size(), 0);
    for (std::size_t k = 0; k < curve.size(); ++k) {
        const std::vector<double>& scores = curve[k].measures.scores;
        if (scores.size() != areas.size()) throw std::invalid_argument("points of different samples");
        for (std::size_t n = 0; n < areas.size(); ++n) areas[n] += weights[k] * scores[n];
    }
    return areas;
}

PairedDifference area_difference(std::span<const std::vector<CurvePoint>> baselines, std::span<const CurvePoint> curve,
                                 double confidence) {
    if (baselines.empty()) throw std::invalid_argument("nothing to beat");
    std::vector<CurvePoint> average(curve.begin(), curve.end());
    for (std::size_t k = 0; k < average.size(); ++k) {
        std::vector<double>& scores = average[k].measures.scores;
        std::fill(scores.begin(), scores.end(), 0.0);
        for (const std::vector<CurvePoint>& baseline : baselines) {
            if (baseline.size() != curve.size() || baseline[k].share != curve[k].share ||
                baseline[k].measures.scores.size() != scores.size())
                throw std::invalid_argument("curves of other shares or other samples");
            for (std::size_t n = 0; n < scores.size(); ++n)
                scores[n] += baseline[k].measures.scores[n] / static_cast<double>(baselines.size());
        }
    }
    return paired_difference(sample_areas(average), sample_areas(curve), confidence);
}

}  // namespace wb
