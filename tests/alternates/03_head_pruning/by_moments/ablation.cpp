/// @file
/// Exercise 3.2 another way: mean and spread in one pass by Welford's updates, the interval by the upper tail's quantile, heads from the
/// last to the first with gates made anew, Holm by taking the smallest p out again and again.
#include "ablation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "wb/normal.hpp"

namespace wb {

PairedDifference paired_difference(std::span<const double> before, std::span<const double> after, double confidence) {
    const std::size_t samples = before.size();
    if (samples != after.size() || samples < 2)
        throw std::invalid_argument("needs as many samples before as after, and two: " + std::to_string(samples) +
                                    " and " + std::to_string(after.size()));
    if (std::isnan(confidence) || confidence <= 0 || confidence >= 1)
        throw std::invalid_argument("confidence " + std::to_string(confidence) + " is not between 0 and 1");
    PairedDifference result;
    double squares = 0;
    for (std::size_t n = 0; n < samples; ++n) {
        for (const auto& [numbers, name] : {std::pair{before, "before"}, std::pair{after, "after"}}) {
            if (std::isnan(numbers[n]) || std::isinf(numbers[n]))
                throw std::invalid_argument(std::string(name) + ": sample " + std::to_string(n) + " is not finite");
        }
        const double d = after[n] - before[n], off = d - result.mean;
        result.mean += off / static_cast<double>(n + 1);
        squares += off * (d - result.mean);
    }
    const auto N = static_cast<double>(samples);
    result.standard_error = std::sqrt(squares / (N - 1)) / std::sqrt(N);
    const double z = normal_quantile(0.5 + confidence / 2);
    result.low = result.mean - z * result.standard_error;
    result.high = result.mean + z * result.standard_error;
    if (result.standard_error == 0) {
        result.p = result.mean == 0 ? 1.0 : 0.0;
        return result;
    }
    const double far = result.mean / result.standard_error;
    result.p = std::erfc(std::abs(far) / std::sqrt(2.0));
    return result;
}

Ablation ablate_heads(const EvaluateGates& evaluate, std::size_t heads, double confidence) {
    if (heads == 0) throw std::invalid_argument("a model without heads");
    Ablation result{std::vector<PairedDifference>(heads), std::vector<PairedDifference>(heads)};
    const Measures whole = evaluate(full<1>({heads}, 1));
    for (std::size_t head = heads; head-- > 0;) {
        Tensor<1> gates = full<1>({heads}, 1);
        gates(head) = 0;
        const Measures without = evaluate(gates);
        result.loss[head] = paired_difference(whole.losses, without.losses, confidence);
        result.score[head] = paired_difference(whole.scores, without.scores, confidence);
    }
    return result;
}

std::vector<double> holm(std::span<const double> p) {
    const auto outside = [](double one) { return std::isnan(one) || one < 0 || one > 1; };
    const auto wrong = std::find_if(p.begin(), p.end(), outside);
    if (wrong != p.end())
        throw std::invalid_argument("no probability: " + std::to_string(*wrong) + " at place " +
                                    std::to_string(wrong - p.begin()));
    constexpr double taken = std::numeric_limits<double>::infinity();
    std::vector<double> left(p.begin(), p.end()), adjusted(p.size());
    double bound = 0;
    for (std::size_t in_question = p.size(); in_question > 0; --in_question) {
        const auto smallest = std::min_element(left.begin(), left.end());
        bound = std::max(bound, static_cast<double>(in_question) * *smallest);
        adjusted[static_cast<std::size_t>(smallest - left.begin())] = std::min(bound, 1.0);
        *smallest = taken;
    }
    return adjusted;
}

std::vector<std::size_t> significant_heads(std::span<const PairedDifference> differences, double alpha) {
    if (std::isnan(alpha) || alpha <= 0 || alpha >= 1) throw std::invalid_argument("alpha is no share");
    std::vector<double> p(differences.size());
    std::transform(differences.begin(), differences.end(), p.begin(), [](const auto& one) { return one.p; });
    p = holm(p);
    std::vector<std::size_t> heads;
    for (std::size_t head = 0; head < p.size(); ++head) {
        if (!(p[head] > alpha)) heads.push_back(head);
    }
    return heads;
}

}  // namespace wb
