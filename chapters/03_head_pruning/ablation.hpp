/// @file
/// Exercise 3.2: importance by ablation. A head is switched off, the same samples are asked again, and what is judged is the difference,
/// sample by sample. Then a second question, which one head does not have and 36 do: how many would stand out by chance?
///
/// Here losses *and* scores are compared. The score is what one cares for, but one head turns few answers; the loss moves with each.
/// Source: Michel et al. 2019, section 3 (one head at a time); Holm 1979 (many tests at once).
#pragma once

#include <cstddef>
#include <span>
#include <tuple>
#include <vector>

#include "gated_model.hpp"

namespace wb {

/// What a change did, measured on the same samples before and after: the mean difference, and how sure that is.
struct PairedDifference {
    double mean = 0;            ///< after - before
    double standard_error = 0;  ///< of the mean
    double low = 0, high = 0;   ///< the interval that holds the true mean with the confidence that was asked for
    double p = 1;  ///< how likely a mean at least as far from 0 is, on either side, when the true one is 0; 0 to 1
};

/// The members, in wire order.
inline auto fields(PairedDifference& difference) {
    return std::tie(difference.mean, difference.standard_error, difference.low, difference.high, difference.p);
}

/// Compares two measurements of the same samples.
///
///     d_n = after_n - before_n               mean = sum_n d_n / N
///     standard_error = sqrt(sum_n (d_n - mean)^2 / (N - 1)) / sqrt(N)
///     low, high = mean -+ z standard_error   z = the standard normal's quantile at (1 + confidence) / 2
///     p = P(|normal| > |mean| / standard_error), both tails
///
/// The mean of a few hundred differences is as good as normal, whatever they look like; of ten the interval is somewhat too narrow.
/// The spread is that of the differences from their mean, however large that mean and the numbers themselves are.
/// Where standard_error is 0, the interval is the point, and p is 1 if the mean is 0, else 0. So it is where all differences are equal, but
/// for rounding: the mean of three times 0.1 may come out 1e-17 off, and standard_error as large.
/// @param before, after  a number for each sample, in the same order
/// @param confidence     e.g. 0.95: between 0 and 1, both excluded
/// @throws std::invalid_argument when the two differ in length (naming both), have fewer than two samples, hold a number that is not
///         finite (naming which of the two, and the sample), or for another confidence (naming it)
PairedDifference paired_difference(std::span<const double> before, std::span<const double> after,
                                   double confidence = 0.95);

/// What each head's absence does.
struct Ablation {
    std::vector<PairedDifference>
        loss;  ///< [heads]: loss without the head - loss with all; positive where it is missed
    std::vector<PairedDifference> score;  ///< [heads]: score without - score with all; negative where it is missed
};

/// The members, in wire order.
inline auto fields(Ablation& ablation) {
    return std::tie(ablation.loss, ablation.score);
}

/// Switches each head off by itself; all others stay. Asks heads + 1 times: the whole model once, each head once.
/// @param heads  how many the model has in all
/// @throws std::invalid_argument when heads is 0; as paired_difference, e.g. when two evaluations differ in the number of samples
Ablation ablate_heads(const EvaluateGates& evaluate, std::size_t heads, double confidence = 0.95);

/// p-values for many questions at once (Holm's step-down method): after this, calling every p <= alpha a finding makes even one false
/// finding, among all the questions, with a probability of alpha at most, however the questions depend on each other.
///
///     with p sorted, p_(1) <= .. <= p_(m):     adjusted_(k) = max_{j <= k} min(1, (m - j + 1) p_(j))
///
/// @param p  0 to 1 each; there may be none
/// @return   [p.size()], in the order of p
/// @throws std::invalid_argument naming the place and the number, when one is NaN or not between 0 and 1
std::vector<double> holm(std::span<const double> p);

/// The heads whose difference is more than chance among so many: those whose p, adjusted by holm, is at most alpha.
/// @param differences  [heads]
/// @return             their numbers, ascending
/// @throws std::invalid_argument as holm; when alpha is not between 0 and 1, both excluded
std::vector<std::size_t> significant_heads(std::span<const PairedDifference> differences, double alpha = 0.05);

}  // namespace wb
