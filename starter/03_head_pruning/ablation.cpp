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

// TODO(3.2): what a change did to the same samples.
//   Equation: d_n = after_n - before_n; mean -+ z standard_error, standard_error = sqrt(sum (d_n - mean)^2 / (N - 1)) / sqrt(N).
//   Start:    the differences, as a vector. wb/normal.hpp has the normal's quantile and tail.
//   Ask:      of 95 % in the middle, how much is left on each side? And a mean of -3 standard errors: is it less surprising than +3?
//   Traps:    mean(d^2) - mean(d)^2 is 0, or negative, where d are large and alike; sum the squares of d - mean. 1 - (a number near 1) is 0
//             far out: ask for the tail itself. Without spread |mean| / standard_error is x / 0, or 0 / 0.
PairedDifference paired_difference(std::span<const double> before, std::span<const double> after, double confidence) {
    throw wb::NotImplemented("3.2");
}

// TODO(3.2): one head at a time.
//   Start:    gates of 1, evaluated once. Then for each head: its gate 0, evaluate, its gate 1 again.
//   Ask:      the model with all heads is the same for every head. How often need it be asked?
//   Traps:    a gate that stays closed drops this head in all that follows. What is `before`, and what is `after`?
Ablation ablate_heads(const EvaluateGates& evaluate, std::size_t heads, double confidence) {
    throw wb::NotImplemented("3.2");
}

// TODO(3.2): p-values for many questions at once.
//   Equation: with p sorted, adjusted_(k) = max_{j <= k} min(1, (m - j + 1) p_(j)): the smallest times m, the next times m - 1, ..
//   Start:    the places of p, sorted by p: std::iota and std::sort. Then one walk in that order, with the largest so far.
//   Ask:      p = .01, .011 and .02: times 3, 2, 1. Which of the three products must not stay as it is, and why not?
//   Traps:    the answers belong where their p came from. NaN in a sort is undefined behaviour: look for it before.
std::vector<double> holm(std::span<const double> p) {
    throw wb::NotImplemented("3.2");
}

// TODO(3.2): which heads are more than chance.
//   Ask:      36 heads that do nothing: how many have a p of at most .05? And how many an adjusted one?
std::vector<std::size_t> significant_heads(std::span<const PairedDifference> differences, double alpha) {
    throw wb::NotImplemented("3.2");
}

}  // namespace wb
