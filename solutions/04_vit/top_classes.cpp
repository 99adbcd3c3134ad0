/// @file
/// Exercise 4.5: what the model says. The contract is chapters/04_vit/top_classes.hpp.
#include "top_classes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

namespace wb {
// SOLUTION BEGIN 4.5 removed
namespace {

/// The largest logit. @throws std::invalid_argument when softmax of these has no meaning
double largest_of(const Tensor<1>& logits) {
    if (logits.size() == 0) throw std::invalid_argument("top_classes: no logits, so there is no class to name");
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t n = 0; n < logits.size(); ++n) {
        const double logit = logits(n);
        if (std::isnan(logit) || logit == std::numeric_limits<double>::infinity())
            throw std::invalid_argument("top_classes: logit " + std::to_string(n) + " is " + std::to_string(logit) +
                                        ": something before it has gone wrong");
        largest = std::max(largest, logit);
    }
    if (std::isinf(largest)) throw std::invalid_argument("top_classes: every logit is minus infinity");
    return largest;
}

}  // namespace
// SOLUTION END

// TODO(4.5): the likeliest classes.
//   Equation: p_i = exp(z_i - m) / sum_j exp(z_j - m), m = max_j z_j.
//   Start:    probabilities of all classes first; then an order of the indices; then the first `count` of them.
//   Ask:      why does m change nothing in exact numbers, and everything in floats? Which classes does the sum run over?
//   Traps:    std::sort with "greater" leaves equals in any order. std::partial_sort sorts no more than you need.
std::vector<ClassProbability> top_classes(const Tensor<1>& logits, std::size_t count) {
    // SOLUTION BEGIN 4.5
    const double largest = largest_of(logits);
    double total = 0;
    for (const float logit : logits) total += std::exp(logit - largest);

    std::vector<std::size_t> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    const auto shown = order.begin() + static_cast<std::ptrdiff_t>(std::min(count, order.size()));
    std::partial_sort(order.begin(), shown, order.end(), [&](std::size_t a, std::size_t b) {
        return logits(a) > logits(b) || (logits(a) == logits(b) && a < b);
    });
    std::vector<ClassProbability> result;
    for (auto index = order.begin(); index != shown; ++index)
        result.push_back({*index, std::exp(logits(*index) - largest) / total});
    return result;
    // SOLUTION END
}

}  // namespace wb
