/// @file
/// The oracle of chapter 3's kernels against numbers by hand.
#include "pruning_kernel_oracle.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace wb {
namespace {

TEST(PruningKernelOracle, EqualScoresGiveTheMeanOfTheValuesThatAreSeen) {
    oracle::LiveHeads x;
    x.q = zeros<3>({1, 2, 2});
    x.k = full<3>({1, 3, 2}, 7);
    x.v = zeros<3>({1, 3, 2});
    for (std::size_t j = 0; j < 3; ++j) x.v(0, j, 1) = static_cast<float>(1 << j);  // 1 2 4
    x.heads = 2;
    x.live = {1};
    x.before = full<3>({1, 2, 2}, 9);
    EXPECT_EQ(oracle::live_heads(x), (Tensor<3, double>{{{9, 7.0 / 3}, {9, 7.0 / 3}}})) << "head 0 is not in the list";
    x.causal = true;
    EXPECT_EQ(oracle::live_heads(x), (Tensor<3, double>{{{9, 1.5}, {9, 7.0 / 3}}})) << "query 0 sees keys 0 and 1";
    x.key_lengths = {1};
    EXPECT_EQ(oracle::live_heads(x), (Tensor<3, double>{{{9, 1}, {9, 1}}}));
    x.key_lengths = {0};
    EXPECT_EQ(oracle::live_heads(x), (Tensor<3, double>{{{9, 0}, {9, 0}}}));
}

TEST(PruningKernelOracle, ScoresAreScaledByTheRootOfHeadDim) {
    oracle::LiveHeads x;
    x.q = full<3>({1, 1, 4}, 1);
    x.k = zeros<3>({1, 2, 4});
    x.k(0, 1, 0) = 2;  // the score is 2 / sqrt(4) = 1
    x.v = zeros<3>({1, 2, 4});
    x.v(0, 1, 3) = 1;
    x.heads = 1;
    x.live = {0};
    x.before = zeros<3>({1, 1, 4});
    EXPECT_NEAR(oracle::live_heads(x)(0, 0, 3), std::exp(1) / (1 + std::exp(1)), 1e-15);
}

TEST(PruningKernelOracle, EqualWeightsHaveTheLogarithmOfTheirNumber) {
    Tensor<4> weights = zeros<4>({2, 2, 3, 4});
    for (std::size_t j = 0; j < 4; ++j) weights(0, 1, 0, j) = 0.25F;
    weights(0, 1, 1, 0) = weights(0, 1, 1, 3) = 0.5F;
    weights(1, 1, 2, 2) = 1;
    const oracle::EntropySums sums = oracle::head_entropy(weights, {});
    EXPECT_EQ(sums.nats(0), 0);
    EXPECT_EQ(sums.rows(0), 0) << "its rows see no key";
    EXPECT_NEAR(sums.nats(1), std::log(4) + std::log(2), 1e-15);
    EXPECT_EQ(sums.rows(1), 3);
    EXPECT_EQ(oracle::head_entropy(weights, {1, 2}).rows(1), 1) << "the others are padding";
}

}  // namespace
}  // namespace wb
