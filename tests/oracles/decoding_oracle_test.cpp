/// @file
/// The decoding oracle against what can be counted by hand.
#include "decoding_oracle.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace wb::oracle {
namespace {

/// Tokens a, b, end, start; every row the same.
BeamQuestion same_everywhere(double a, double b, double end) {
    BeamQuestion x{full<4>({1, 4, 4, 4}, -INFINITY)};
    for (std::size_t row = 0; row < 16; ++row) {
        const double probabilities[] = {a, b, end};
        for (std::size_t token = 0; token < 3; ++token)
            x.table.data()[row * 4 + token] = static_cast<float>(std::log(probabilities[token]) + 5);
    }
    x.end = 2;
    x.start = 3;
    return x;
}

TEST(DecodingOracle, EverythingSumsToOne) {
    BeamQuestion x = same_everywhere(0.3, 0.2, 0.5);
    x.max_tokens = 4;
    const std::vector<Found> all = everything(x);
    EXPECT_EQ(all.size(), 1 + 2 + 4 + 8 + 16) << "2^n words of n letters and the end, and 16 cut off";
    double sum = 0;
    for (const Found& one : all) sum += std::exp(one.log_probability);
    EXPECT_NEAR(sum, 1, 1e-6);
}

TEST(DecodingOracle, ABeamByHand) {
    BeamQuestion x = same_everywhere(0.5, 0.2, 0.3);
    x.width = 3;
    x.max_tokens = 3;
    x.length_penalty = 1;
    // a 0.5, end 0.3, b 0.2 / two places: a a 0.25, a end 0.15 (before b a and a b, 0.1) / one place: a a a 0.125
    const std::vector<Found> found = beam_search(x);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].tokens, (std::vector<int>{2}));
    EXPECT_EQ(found[1].tokens, (std::vector<int>{0, 0, 0}));
    EXPECT_EQ(found[2].tokens, (std::vector<int>{0, 2}));
    EXPECT_NEAR(found[1].log_probability, std::log(0.125), 1e-6);
    EXPECT_NEAR(found[1].score, std::log(0.125) / (8.0 / 6), 1e-6);
    EXPECT_NEAR(found[2].score, std::log(0.15) / (7.0 / 6), 1e-6);
}

}  // namespace
}  // namespace wb::oracle
