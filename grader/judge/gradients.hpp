/// @file
/// Judgements of the gradients that a module of the library's autograd answers, by name.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
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

/// Every gradient by its slope: sum(gradient * direction), in order of `directions`. What has no gradient at all is named.
inline void expect_slopes(const ModelWeights& gradients, const Case& c, const ModelWeights& directions) {
    const Tensor<1, double> expected = c.expected<1>("slopes");
    Tensor<1, double> got = expected;
    std::string dead, order;
    for (std::size_t n = 0; n < directions.size(); ++n) {
        const NamedWeights& direction = directions[n];
        const std::vector<float>& gradient = gradient_named(gradients, direction.name, direction.values.size());
        got(n) = 0;
        for (std::size_t i = 0; i < gradient.size(); ++i)
            got(n) += static_cast<double>(gradient[i]) * static_cast<double>(direction.values[i]);
        const bool all_zero = std::all_of(gradient.begin(), gradient.end(), [](float value) { return value == 0; });
        if (all_zero && std::abs(expected(n)) > 1e-4) dead += " " + direction.name;
        order += "\n  [" + std::to_string(n) + "] " + direction.name;
    }
    EXPECT_TRUE(dead.empty())
        << c.name() << ": no gradient reaches" << dead
        << ". Did a value come to the tape by constant(): a parameter, where use() belongs, or one that was "
           "read out of the tape with value() or tensor()?";
    SCOPED_TRACE("slopes of sum(out * d_out), in this order:" + order);
    // A gradient is good to about 1e-5 of the largest, as a model's answer is; a slope sums up to some hundred of them, whose errors
    // differ in sign.
    expect_close(got, c, "slopes", {.absolute = 1e-5, .of_largest = 2e-5});
}

}  // namespace wb
