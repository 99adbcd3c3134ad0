/// @file
/// Judgements of the gradients that a module of the library's autograd answers, by name.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb {

/// The gradient of that name. Ends the test when there is none, or when it has another number of values.
inline const std::vector<float>& gradient_named(const ModelWeights& gradients, const std::string& name,
                                                std::size_t size) {
    for (const NamedWeights& one : gradients) {
        if (one.name != name) continue;
        if (one.values.size() == size) return one.values;
        stop_test(name + " has a gradient of " + std::to_string(one.values.size()) + " values, expected " +
                  std::to_string(size) +
                  (one.values.empty() ? ": nothing on the tape leads from the result back to it" : ""));
    }
    stop_test("no gradient of " + name + " came back");
}

/// Every gradient by its slope: sum(gradient * direction), in order of `directions`. Names the parameters whose gradient is wrong.
inline void expect_slopes(const ModelWeights& gradients, const Case& c, const ModelWeights& directions) {
    const Tensor<1, double> expected = c.expected<1>("slopes");
    double largest = 0;
    for (const double slope : expected) largest = std::max(largest, std::abs(slope));
    // A gradient is good to about 1e-5 of the largest, as a model's answer is; a slope sums up to some hundred of them, whose errors
    // differ in sign.
    const double allowed = 1e-5 + 2e-5 * largest;
    std::string dead, first, others;
    std::size_t wrong = 0;
    for (std::size_t n = 0; n < directions.size(); ++n) {
        const NamedWeights& direction = directions[n];
        const std::vector<float>& gradient = gradient_named(gradients, direction.name, direction.values.size());
        double got = 0;
        for (std::size_t i = 0; i < gradient.size(); ++i)
            got += static_cast<double>(gradient[i]) * static_cast<double>(direction.values[i]);
        const bool all_zero = std::all_of(gradient.begin(), gradient.end(), [](float value) { return value == 0; });
        if (all_zero && std::abs(expected(n)) > 1e-4) {
            dead += " " + direction.name;
        } else if (!(std::abs(got - expected(n)) <= allowed)) {  // true for NaN
            if (wrong++ > 0) {
                others += " " + direction.name;
                continue;
            }
            std::ostringstream text;
            text << std::setprecision(7) << "the gradient of " << direction.name
                 << " is wrong: sum(gradient * direction), for a "
                 << "random direction, should be " << expected(n) << ", is " << got;
            first = text.str();
        }
    }
    if (!dead.empty()) {
        ADD_FAILURE()
            << c.name() << ": no gradient reaches" << dead
            << ". Did a value come to the tape by constant(): a parameter, where use() belongs, or one that was "
               "read out of the tape with value() or tensor()?";
    }
    if (wrong > 0) ADD_FAILURE() << c.name() << ": " << first << (others.empty() ? "" : "\n  Wrong as well:" + others);
}

}  // namespace wb
