#include "wb/normal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace wb {
namespace {

TEST(Normal, QuantilesAreThoseOfTheTables) {
    // Abramowitz and Stegun, table 26.5, and scipy.stats.norm.ppf for the digits beyond.
    EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-13);
    EXPECT_NEAR(normal_quantile(0.95), 1.6448536269514722, 1e-13);
    EXPECT_NEAR(normal_quantile(0.995), 2.5758293035489004, 1e-13);
    EXPECT_NEAR(normal_quantile(0.025), -1.959963984540054, 1e-13);
    EXPECT_EQ(normal_quantile(0.5), 0);
    EXPECT_NEAR(normal_quantile(1e-20), -9.262340089798408, 1e-12);
}

TEST(Normal, TheTailFarOutIsSmallButNotZero) {
    EXPECT_NEAR(normal_tail(0), 0.5, 1e-16);
    EXPECT_NEAR(normal_tail(10) / 7.61985302416047e-24, 1, 1e-12);  // scipy.stats.norm.sf(10)
    EXPECT_NEAR(normal_tail(-10), 1, 1e-16);
    EXPECT_TRUE(std::isnan(normal_tail(std::numeric_limits<double>::quiet_NaN())));
}

TEST(Normal, AQuantileIsWhereTheTailIs) {
    for (double p = 1e-300; p < 1; p *= 3.7) {
        const double z = normal_quantile(p);
        EXPECT_NEAR(normal_tail(-z) / p, 1, 1e-12) << p;
    }
    for (double p = 0.001; p < 1; p += 0.001) EXPECT_NEAR(1 - normal_tail(normal_quantile(p)), p, 1e-14);
    EXPECT_LT(normal_quantile(1 - 0x1p-53), 9);
    EXPECT_GT(normal_quantile(1 - 0x1p-53), 8);
}

TEST(Normal, WhatIsNoProbabilityIsRefused) {
    for (const double p : {0.0, 1.0, -0.1, 95.0, std::numeric_limits<double>::quiet_NaN()})
        EXPECT_THROW(normal_quantile(p), std::invalid_argument) << p;
}

}  // namespace
}  // namespace wb
