/// @file
/// Exercise 3.2: importance by ablation. The contract is chapters/03_head_pruning/ablation.hpp.
#include "ablation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

#include "wb/normal.hpp"

namespace wb {

// SOLUTION BEGIN 3.2 removed
namespace {

void require_finite(std::span<const double> numbers, const char* which) {
    for (std::size_t n = 0; n < numbers.size(); ++n) {
        if (!std::isfinite(numbers[n]))
            throw std::invalid_argument("paired_difference: " + std::string(which) + "[" + std::to_string(n) + "] is " +
                                        std::to_string(numbers[n]) + ", with which nothing can be compared");
    }
}

}  // namespace
// SOLUTION END

// TODO(3.2): what a change did to the same samples.
//   Equation: d_n = after_n - before_n; mean -+ z standard_error, standard_error = sqrt(sum (d_n - mean)^2 / (N - 1)) / sqrt(N).
//   Start:    the differences, as a vector. wb/normal.hpp has the normal's quantile and tail.
//   Ask:      of 95 % in the middle, how much is left on each side? And a mean of -3 standard errors: is it less surprising than +3?
//   Traps:    mean(d^2) - mean(d)^2 is 0, or negative, where d are large and alike; sum the squares of d - mean. 1 - (a number near 1) is 0
//             far out: ask for the tail itself. Without spread |mean| / standard_error is x / 0, or 0 / 0.
PairedDifference paired_difference(std::span<const double> before, std::span<const double> after, double confidence) {
    // SOLUTION BEGIN 3.2
    if (before.size() != after.size())
        throw std::invalid_argument("paired_difference: " + std::to_string(before.size()) + " samples before, " +
                                    std::to_string(after.size()) + " after; they must be the same samples");
    if (before.size() < 2)
        throw std::invalid_argument("paired_difference: samples: " + std::to_string(before.size()) +
                                    "; a standard error needs two");
    require_finite(before, "before");
    require_finite(after, "after");
    if (!(confidence > 0 && confidence < 1))
        throw std::invalid_argument("paired_difference: a confidence of " + std::to_string(confidence) +
                                    "; it must lie between 0 and 1, e.g. 0.95");
    const auto samples = static_cast<double>(before.size());
    std::vector<double> differences(after.begin(), after.end());
    for (std::size_t n = 0; n < differences.size(); ++n) differences[n] -= before[n];
    PairedDifference result;
    result.mean = std::accumulate(differences.begin(), differences.end(), 0.0) / samples;
    double squares = 0;
    for (const double d : differences) squares += (d - result.mean) * (d - result.mean);
    result.standard_error = std::sqrt(squares / (samples - 1) / samples);
    const double reach = -normal_quantile((1 - confidence) / 2) * result.standard_error;
    result.low = result.mean - reach;
    result.high = result.mean + reach;
    if (result.standard_error > 0) {
        result.p = 2 * normal_tail(std::abs(result.mean) / result.standard_error);
    } else {
        result.p = result.mean == 0 ? 1 : 0;
    }
    return result;
    // SOLUTION END
}

// TODO(3.2): one head at a time.
//   Start:    gates of 1, evaluated once. Then for each head: its gate 0, evaluate, its gate 1 again.
//   Ask:      the model with all heads is the same for every head. How often need it be asked?
//   Traps:    a gate that stays closed drops this head in all that follows. What is `before`, and what is `after`?
Ablation ablate_heads(const EvaluateGates& evaluate, std::size_t heads, double confidence) {
    // SOLUTION BEGIN 3.2
    if (heads == 0) throw std::invalid_argument("ablate_heads: there are no heads");
    Tensor<1> gates = full<1>({heads}, 1);
    const Measures whole = evaluate(gates);
    Ablation result;
    for (std::size_t head = 0; head < heads; ++head) {
        gates(head) = 0;
        const Measures without = evaluate(gates);
        gates(head) = 1;
        result.loss.push_back(paired_difference(whole.losses, without.losses, confidence));
        result.score.push_back(paired_difference(whole.scores, without.scores, confidence));
    }
    return result;
    // SOLUTION END
}

// TODO(3.2): p-values for many questions at once.
//   Equation: with p sorted, adjusted_(k) = max_{j <= k} min(1, (m - j + 1) p_(j)): the smallest times m, the next times m - 1, ..
//   Start:    the places of p, sorted by p: std::iota and std::sort. Then one walk in that order, with the largest so far.
//   Ask:      p = .01, .011 and .02: times 3, 2, 1. Which of the three products must not stay as it is, and why not?
//   Traps:    the answers belong where their p came from. NaN in a sort is undefined behaviour: look for it before.
std::vector<double> holm(std::span<const double> p) {
    // SOLUTION BEGIN 3.2
    for (std::size_t n = 0; n < p.size(); ++n) {
        if (!(p[n] >= 0 && p[n] <= 1))
            throw std::invalid_argument("holm: p[" + std::to_string(n) + "] is " + std::to_string(p[n]) +
                                        ", which is no probability");
    }
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
    std::vector<double> adjusted(p.size());
    double largest = 0;
    for (std::size_t k = 0; k < order.size(); ++k) {
        const auto in_question = static_cast<double>(p.size() - k);
        largest = std::max(largest, std::min(1.0, in_question * p[order[k]]));
        adjusted[order[k]] = largest;
    }
    return adjusted;
    // SOLUTION END
}

// TODO(3.2): which heads are more than chance.
//   Ask:      36 heads that do nothing: how many have a p of at most .05? And how many an adjusted one?
std::vector<std::size_t> significant_heads(std::span<const PairedDifference> differences, double alpha) {
    // SOLUTION BEGIN 3.2
    if (!(alpha > 0 && alpha < 1))
        throw std::invalid_argument("significant_heads: alpha is " + std::to_string(alpha) +
                                    "; it must lie between 0 and 1, e.g. 0.05");
    std::vector<double> p;
    for (const PairedDifference& difference : differences) p.push_back(difference.p);
    const std::vector<double> adjusted = holm(p);
    std::vector<std::size_t> heads;
    for (std::size_t head = 0; head < adjusted.size(); ++head) {
        if (adjusted[head] <= alpha) heads.push_back(head);
    }
    return heads;
    // SOLUTION END
}

}  // namespace wb
