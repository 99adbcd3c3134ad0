/// @file
/// Judgement of a model's parameters that should be known numbers to the bit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb {

/// Fails with the first number that differs, and says in how many others.
/// @param why  completes "NAME ..", e.g. "was changed, by a call that only reads it"
inline void expect_weights(const ModelWeights& got, const ModelWeights& expected, const std::string& why) {
    ASSERT_EQ(got.size(), expected.size()) << "the number of parameters";
    std::size_t wrong = 0;
    std::string first;
    for (std::size_t n = 0; n < got.size(); ++n) {
        ASSERT_EQ(got[n].name, expected[n].name) << "parameter " << n;
        const std::vector<float>&have = got[n].values, &want = expected[n].values;
        const auto [a, b] = std::mismatch(have.begin(), have.end(), want.begin(), want.end());
        if (a == have.end() && b == want.end()) continue;
        if (wrong++ > 0) continue;
        if (have.size() != want.size()) {
            first = got[n].name + " " + why + ": it has " + std::to_string(have.size()) + " numbers, expected " +
                    std::to_string(want.size());
        } else {
            first = got[n].name + " " + why + ": number " + std::to_string(a - have.begin()) + " of " +
                    std::to_string(want.size()) + " is " + testing::PrintToString(*a) + ", expected " +
                    testing::PrintToString(*b);
        }
    }
    if (wrong > 1)
        first += "\n  and " + std::to_string(wrong - 1) + " more of " + std::to_string(got.size()) + " parameters";
    if (wrong > 0) ADD_FAILURE() << first;
}

/// After a model was asked: its parameters are what they were.
inline void expect_unchanged(const ModelWeights& after, const ModelWeights& before) {
    expect_weights(after, before, "was changed, by a call that only reads it");
}

}  // namespace wb
