/// @file
/// The rollout oracle against what can be counted by hand.
#include "rollout_oracle.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace wb::oracle {
namespace {

Tensor<4> layer(const std::vector<float>& numbers) {
    Tensor<4> result(std::array<std::size_t, 4>{1, 1, 3, 3});
    std::copy(numbers.begin(), numbers.end(), result.data());
    return result;
}

const Tensor<4>& first() {
    static const Tensor<4> weights = layer({0.2F, 0.6F, 0.2F, 0, 0.4F, 0.6F, 0.4F, 0.4F, 0.2F});
    return weights;
}

const Tensor<4>& second() {
    static const Tensor<4> weights = layer({0, 0.2F, 0.8F, 0.2F, 0.8F, 0, 0.6F, 0.2F, 0.2F});
    return weights;
}

TEST(RolloutOracle, TwoLayersByHand) {
    const Tensor<3, double> got = rollout({first(), second()}, 0, {});
    const double row[] = {0.38, 0.30, 0.32};  // .5 (.6 .3 .1) + .1 (0 .7 .3) + .4 (.2 .2 .6)
    for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(got(1, 0, j), row[j], 1e-7);
    RolloutFlaws flaws;
    flaws.order_reversed = true;
    EXPECT_NEAR(rollout({first(), second()}, 0, {}, flaws)(1, 0, 0), 0.36, 1e-7) << ".6 .5 + .3 .1 + .1 .3";
}

TEST(RolloutOracle, CutsAndDividesByHand) {
    double gap = 1;
    const Tensor<3, double> got = rollout({first()}, 0, {HeadFusion::maximum, 0.5}, {}, &gap);
    // Outside column 0: .6 .2 / .4 .6 / .4 .2; three go: both .2 and the first .4, which leaves 0 0 .6 in row 1.
    const double expected[] = {0.6 / 0.9, 0.3 / 0.9, 0, 0, 0.5 / 0.8, 0.3 / 0.8, 0.2 / 0.9, 0.2 / 0.9, 0.5 / 0.9};
    for (std::size_t n = 0; n < 9; ++n) EXPECT_NEAR(got.data()[n], expected[n], 1e-7) << n;
    EXPECT_EQ(gap, 1) << "at the border lie two equal weights, whose order is that of their places";
}

}  // namespace
}  // namespace wb::oracle
