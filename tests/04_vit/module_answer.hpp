/// @file
/// What the tests of exercises 4.2 and 4.3 share: judgements of what a module answers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "vit_case.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb {

// Along any path from input to output stand at most some 20 sums of up to 48 terms, each rounded to about 48^0.5 * 6e-8 = 4e-7 of its
// size, and norms that magnify little; errors that differ in sign grow by the root of their number, to 2e-6 of the largest. 1e-5
// leaves a factor of 5.
constexpr Tolerance of_model{.absolute = 1e-6, .of_largest = 1e-5};

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
    EXPECT_TRUE(dead.empty()) << c.name() << ": no gradient reaches" << dead
                              << ". Did its numbers come to the tape by constant(), where use() belongs?";
    SCOPED_TRACE("slopes of sum(out * d_out), in this order:" + order);
    // As of_model; a slope sums up to some hundred such gradients, whose errors differ in sign.
    expect_close(got, c, "slopes", {.absolute = 1e-5, .of_largest = 2e-5});
}

inline void expect_unchanged(const ModelWeights& after, const ModelWeights& before) {
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t n = 0; n < before.size(); ++n) {
        EXPECT_EQ(after[n].values, before[n].values) << before[n].name << " was changed, by a call that only reads it";
    }
}

/// The attention of every layer against the case's.
inline void expect_attention(const std::vector<Tensor<4>>& got, const Case& c, std::size_t layers) {
    ASSERT_EQ(got.size(), layers) << c.name()
                                  << ": one entry a layer is due in the list of attention, and nothing from before";
    for (std::size_t n = 0; n < layers; ++n) expect_close(got[n], c, "attention." + std::to_string(n), of_model);
}

/// Entry `b` of a batch, as a batch of one.
template <std::size_t N>
Tensor<N> only_row(const Tensor<N>& x, std::size_t b) {
    auto shape = x.shape();
    const std::size_t size = x.size() / shape[0];
    shape[0] = 1;
    Tensor<N> row(shape);
    std::copy_n(x.data() + b * size, size, row.data());
    return row;
}

}  // namespace wb
