/// @file
/// The oracle of chapter 6's kernels against numbers by hand.
#include "series_kernel_oracle.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace wb {
namespace {

TEST(SeriesKernelOracle, AWindowByHand) {  // 1 2 6 and 10 20 60: means 3 and 30, variances 14/3 and 1400/3
    const Tensor<3> x{{{1, 10}, {2, 20}, {6, 60}}};
    const oracle::InstanceNorm norm = oracle::instance_norm(x, 0);
    const Tensor<2, double> mean{{3, 30}};
    EXPECT_EQ(norm.mean, mean);
    EXPECT_NEAR(norm.deviation(0, 0), std::sqrt(14.0 / 3), 1e-15);
    EXPECT_NEAR(norm.deviation(0, 1), std::sqrt(1400.0 / 3), 1e-14);
    EXPECT_NEAR(norm.out(0, 2, 0), 3 / std::sqrt(14.0 / 3), 1e-15);
    EXPECT_NEAR(norm.out(0, 0, 1), -20 / std::sqrt(1400.0 / 3), 1e-15);
}

TEST(SeriesKernelOracle, AWindowThatDoesNotMoveIsMeasuredByEpsilon) {
    const oracle::InstanceNorm norm = oracle::instance_norm({{{5}, {5}, {5}}}, 0.25);
    EXPECT_EQ(norm.deviation(0, 0), 0.5);
    EXPECT_EQ(norm.out(0, 1, 0), 0);
}

TEST(SeriesKernelOracle,
     AMovingAverageByHand) {  // the handout's example: windows 1 1 1 2 6, 1 1 2 6 8, 1 2 6 8 8, 2 6 8 8 8
    const Tensor<2, double> trend = oracle::moving_average_rows({{1, 2, 6, 8}}, 5);
    const Tensor<2, double> expected{{11.0 / 5, 18.0 / 5, 25.0 / 5, 32.0 / 5}};
    EXPECT_EQ(trend, expected);
}

TEST(SeriesKernelOracle, AWindowLongerThanTheSeries) {  // 1 1 1 1 2 2 2 and 1 1 1 2 2 2 2
    const Tensor<2, double> trend = oracle::moving_average_rows({{1, 2}}, 7);
    const Tensor<2, double> expected{{10.0 / 7, 11.0 / 7}};
    EXPECT_EQ(trend, expected);
}

}  // namespace
}  // namespace wb
