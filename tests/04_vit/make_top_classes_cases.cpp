/// @file
/// Writes the cases of exercise 4.5. The answers are made here, in double and by sorting everything. Families:
///
///     plain   logits of the size that models give     ties    several logits are equal
///     large   logits whose exponentials overflow      few     fewer classes than are asked for
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

std::vector<double> softmax(const Tensor<1>& logits, const std::vector<std::size_t>& over) {
    double largest = -1e300, total = 0;
    for (const std::size_t n : over) largest = std::max<double>(largest, logits(n));
    for (const std::size_t n : over) total += std::exp(logits(n) - largest);
    std::vector<double> result;
    for (const float logit : logits) result.push_back(std::exp(logit - largest) / total);
    return result;
}

Tensor<1, double> picked(const std::vector<double>& of, const std::vector<std::size_t>& order) {
    Tensor<1, double> result(std::array<std::size_t, 1>{order.size()});
    for (std::size_t n = 0; n < order.size(); ++n) result(n) = of[order[n]];
    return result;
}

void write(const std::string& family, const std::string& name, const Tensor<1>& logits, std::size_t count) {
    std::vector<std::size_t> all(logits.size());
    std::iota(all.begin(), all.end(), 0);
    std::vector<std::size_t> order = all;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return logits(a) > logits(b); });
    order.resize(std::min(count, order.size()));
    std::vector<double> numbers(all.begin(), all.end()), plain, undivided, sigmoids;
    for (const float logit : logits) {
        plain.push_back(logit);
        undivided.push_back(std::exp(logit - logits(order.empty() ? 0 : order[0])));
        sigmoids.push_back(1 / (1 + std::exp(-static_cast<double>(logit))));
    }
    CaseWriter writer("4.5/" + family, name);
    writer.in("logits", logits).number("count", static_cast<double>(count));
    writer.expected("index", picked(numbers, order));
    writer.expected("probability", picked(softmax(logits, all), order));
    if (order.size() < logits.size())
        writer.mistake("a softmax of the shown classes only; it runs over all of them", "probability",
                       picked(softmax(logits, order), order));
    writer.mistake("the logits themselves, without softmax", "probability", picked(plain, order));
    writer.mistake("exponentials that are not divided by their sum", "probability", picked(undivided, order));
    writer.mistake("a sigmoid of each logit by itself", "probability", picked(sigmoids, order));
}

WB_CASES(top_classes) {
    Draw draw(seed + 45);
    write("plain", "classes1000", draw.uniform<1>({1000}, 6), 5);
    write("plain", "classes10", draw.uniform<1>({10}, 3), 3);
    write("plain", "one_of_two", draw.uniform<1>({2}, 1), 1);
    Tensor<1> large = draw.uniform<1>({20}, 300);
    for (float& logit : large) logit += 500;
    write("large", "above", large, 5);
    for (float& logit : large) logit -= 1900;  // all exponentials are 0, in double as well
    write("large", "below", large, 5);
    Tensor<1> ties = draw.uniform<1>({40}, 2);
    for (float& logit : ties) logit = std::round(logit * 2) / 2;  // nine different numbers
    write("ties", "of_40", ties, 25);
    write("few", "classes3", draw.uniform<1>({3}, 4), 5);
    write("few", "none_wanted", draw.uniform<1>({7}, 4), 0);
}

}  // namespace
}  // namespace wb
