/// @file
/// Exercise 4.5 another way: every class has its probability by log-sum-exp, summed as it comes; then the likeliest is taken out of
/// the rest, again and again.
#include "top_classes.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace wb {

std::vector<ClassProbability> top_classes(const Tensor<1>& logits, std::size_t count) {
    double largest = -std::numeric_limits<double>::infinity(), total = 0;  // total relative to the largest so far
    for (std::size_t n = 0; n < logits.size(); ++n) {
        const double logit = logits(n);
        if (!(logit < std::numeric_limits<double>::infinity()))
            throw std::invalid_argument("top_classes: logit " + std::to_string(n) + " is NaN or infinite");
        if (logit == -std::numeric_limits<double>::infinity()) continue;
        if (logit > largest) {
            total = total * std::exp(largest - logit) + 1;
            largest = logit;
        } else {
            total += std::exp(logit - largest);
        }
    }
    if (total == 0) throw std::invalid_argument("top_classes: no class is possible");
    const double log_sum = largest + std::log(total);

    std::vector<bool> taken(logits.size());
    std::vector<ClassProbability> result;
    while (result.size() < count && result.size() < logits.size()) {
        std::size_t best = logits.size();
        for (std::size_t n = 0; n < logits.size(); ++n) {
            if (!taken[n] && (best == logits.size() || logits(n) > logits(best))) best = n;
        }
        taken[best] = true;
        result.push_back({best, std::exp(logits(best) - log_sum)});
    }
    return result;
}

}  // namespace wb
