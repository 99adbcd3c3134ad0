#include "wb/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <stdexcept>
#include <vector>

#include "scratch.hpp"

namespace wb {
namespace {

TEST(Random, GivesTheseNumbersOnEveryPlatform) {
    Random random(1);
    EXPECT_EQ(random.bits(), 2469588189546311528ULL) << "std::mt19937_64, as the standard specifies it";
    EXPECT_DOUBLE_EQ(random.uniform(), 0.13640703636619722);
    EXPECT_DOUBLE_EQ(random.normal(), -0.039399956754155314);
    EXPECT_DOUBLE_EQ(random.normal(), -0.38683176162103955);
    EXPECT_EQ(random.below(1000), 384);
    EXPECT_EQ(random.permutation(6), (std::vector<std::size_t>{4, 0, 2, 1, 5, 3}));
}

TEST(Random, ASeedGivesTheSameStreamAndAnotherSeedAnother) {
    Random first(7), again(7), other(8);
    const Tensor<2> a = normal_tensor<2>(first, {4, 5}), b = normal_tensor<2>(again, {4, 5}),
                    c = normal_tensor<2>(other, {4, 5});
    EXPECT_EQ(a, b);
    EXPECT_NE(a, c);
}

TEST(Random, UniformStaysInItsRangeAndFillsIt) {
    Random random(2);
    double low = 1, high = 0, total = 0;
    constexpr int draws = 100'000;
    for (int n = 0; n < draws; ++n) {
        const double x = random.uniform();
        ASSERT_TRUE(x >= 0 && x < 1);
        low = std::min(low, x);
        high = std::max(high, x);
        total += x;
    }
    EXPECT_LT(low, 1e-3);
    EXPECT_GT(high, 1 - 1e-3);
    EXPECT_NEAR(total / draws, 0.5, 5 * std::sqrt(1.0 / 12 / draws)) << "five standard errors; the seed is fixed";
    EXPECT_GE(random.uniform(-3, -2), -3);
}

TEST(Random, NormalHasTheMomentsOfANormal) {
    Random random(3);
    constexpr int draws = 200'000;
    std::array<double, 5> moments{};
    int beyond_two = 0;
    for (int n = 0; n < draws; ++n) {
        const double x = random.normal();
        for (int k = 1; k <= 4; ++k) moments[static_cast<std::size_t>(k)] += std::pow(x, k) / draws;
        beyond_two += std::abs(x) > 2 ? 1 : 0;
    }
    EXPECT_NEAR(moments[1], 0, 5 * std::sqrt(1.0 / draws));
    EXPECT_NEAR(moments[2], 1, 5 * std::sqrt(2.0 / draws));
    EXPECT_NEAR(moments[3], 0, 5 * std::sqrt(15.0 / draws));
    EXPECT_NEAR(moments[4], 3, 5 * std::sqrt(96.0 / draws));
    EXPECT_NEAR(static_cast<double>(beyond_two) / draws, 0.0455, 5 * std::sqrt(0.0455 / draws));
}

TEST(Random, BelowDrawsEveryNumberAboutEquallyOften) {
    Random random(4);
    std::array<int, 7> counts{};
    constexpr int draws = 70'000;
    for (int n = 0; n < draws; ++n) ++counts.at(random.below(7));
    for (const int count : counts) EXPECT_NEAR(count, draws / 7.0, 5 * std::sqrt(draws / 7.0));
    EXPECT_EQ(random.below(1), 0);
}

TEST(Random, BelowZeroIsRefused) {
    Random random(5);
    EXPECT_EQ(text_of<std::invalid_argument>([&] { random.below(0); }), "Random::below: there is no number below 0");
}

TEST(Random, APermutationHoldsEveryNumberOnceAndReachesEveryOrder) {
    Random random(6);
    std::set<std::vector<std::size_t>> orders;
    for (int n = 0; n < 500; ++n) {
        std::vector<std::size_t> order = random.permutation(4);
        orders.insert(order);
        std::sort(order.begin(), order.end());
        ASSERT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3}));
    }
    EXPECT_EQ(orders.size(), 24);
    EXPECT_TRUE(random.permutation(0).empty());
}

TEST(Random, TensorsHaveTheAskedScale) {
    Random random(9);
    const Tensor<2> wide = normal_tensor<2>(random, {100, 100}, 3.0);
    double squares = 0;
    for (const float x : wide.storage()) squares += static_cast<double>(x) * x;
    EXPECT_NEAR(std::sqrt(squares / 10'000), 3.0, 0.15);
    const Tensor<1> between = uniform_tensor<1>(random, {1000}, -2, -1);
    EXPECT_TRUE(std::all_of(between.begin(), between.end(), [](float x) { return x >= -2 && x <= -1; }));
}

}  // namespace
}  // namespace wb
