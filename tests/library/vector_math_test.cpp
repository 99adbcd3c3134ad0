#include "wb/vector_math.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "scratch.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

template <class Real>
constexpr Real infinity = std::numeric_limits<Real>::infinity();
template <class Real>
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

float exp_of(float x) {
    exp_in_place(std::span(&x, 1));
    return x;
}

/// Distance from the exact value in units of the last place that a float of that size has.
double units_off(float got, double exact) {
    const auto nearest = static_cast<float>(exact);
    const int exponent = nearest == 0 ? -126 : std::max(std::ilogb(nearest), -126);
    return std::abs(static_cast<double>(got) - exact) / std::ldexp(1.0, exponent - 23);
}

/// Every 2053rd float of all 2^32, infinities, NaNs and subnormals among them.
std::vector<float> floats_of_all_sizes() {
    std::vector<float> floats;
    for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 2053) {
        floats.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    }
    return floats;
}

/// The largest distance of f from `exact`; NaN and overflow must be met exactly.
template <class InPlace, class Exact>
double worst_units_off(const InPlace& f, const Exact& exact, double most = 2) {
    const std::vector<float> x = floats_of_all_sizes();
    std::vector<float> y = x;
    f(std::span(y));
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double wanted = exact(static_cast<double>(x[i]));
        if (std::isnan(wanted)) {
            EXPECT_TRUE(std::isnan(y[i])) << x[i];
        } else if (std::isinf(static_cast<float>(wanted))) {
            EXPECT_EQ(y[i], static_cast<float>(wanted)) << x[i];
        } else {
            const double off = units_off(y[i], wanted);
            EXPECT_LE(off, most) << "at " << x[i] << ": " << y[i] << ", not " << wanted;
            worst = std::max(worst, off);
        }
    }
    return worst;
}

TEST(Exp, IsWithinTwoUnitsForFloatsOfAllSizes) {
    const double worst =
        worst_units_off([](std::span<float> row) { exp_in_place(row); }, [](double x) { return std::exp(x); });
    EXPECT_LE(worst, 1.1) << "the header promises 1.1";
}

TEST(Exp, MeetsTheEdgesExactly) {
    EXPECT_EQ(exp_of(0.0F), 1.0F);
    EXPECT_EQ(exp_of(-0.0F), 1.0F);
    EXPECT_EQ(exp_of(-infinity<float>), 0.0F);
    EXPECT_EQ(exp_of(infinity<float>), infinity<float>);
    EXPECT_TRUE(std::isnan(exp_of(nan<float>)));
    EXPECT_EQ(exp_of(-1e30F), 0.0F);
    EXPECT_EQ(exp_of(1e30F), infinity<float>);
    EXPECT_EQ(exp_of(-104.0F), 0.0F);
}

TEST(Exp, KeepsSubnormalResultsAndTheLastBeforeOverflow) {
    EXPECT_GT(exp_of(-103.0F), 0.0F) << "1.4e-45, which xsimd's own exp makes 0";
    EXPECT_TRUE(std::isfinite(exp_of(88.7228F))) << "3.4e38, near where xsimd's own exp is infinite";
    EXPECT_EQ(exp_of(88.723F), infinity<float>);
}

TEST(Exp, AnElementDoesNotDependOnItsPlaceInTheRow) {
    for (std::size_t length = 0; length < 40; ++length) {
        std::vector<float> row(length);
        for (std::size_t i = 0; i < length; ++i) row[i] = -0.37F * static_cast<float>(i);
        const std::vector<float> before = row;
        exp_in_place(std::span(row));
        for (std::size_t i = 0; i < length; ++i) EXPECT_EQ(row[i], exp_of(before[i])) << i << " of " << length;
    }
}

TEST(Exp, TouchesNothingBesideItsRow) {
    std::vector<float> memory(23, 1.0F);
    exp_in_place(std::span(memory).subspan(3, 13));
    EXPECT_EQ(memory[2], 1.0F);
    EXPECT_EQ(memory[16], 1.0F);
    EXPECT_NE(memory[3], 1.0F);
    EXPECT_NE(memory[15], 1.0F);
}

TEST(Exp, DoublesAreWithinTwoUnitsWhereResultsAreNormal) {
    std::vector<double> x{-infinity<double>, infinity<double>, nan<double>, 0.0, 1000.0, -1000.0};
    for (double at = -708; at <= 709; at += 0.0137) x.push_back(at);
    std::vector<double> y = x;
    exp_in_place(std::span(y));
    EXPECT_EQ(y[0], 0.0);
    EXPECT_EQ(y[1], infinity<double>);
    EXPECT_TRUE(std::isnan(y[2]));
    EXPECT_EQ(y[3], 1.0);
    EXPECT_EQ(y[4], infinity<double>);
    EXPECT_EQ(y[5], 0.0);
    for (std::size_t i = 6; i < x.size(); ++i) {
        const double exact = std::exp(x[i]);
        EXPECT_LE(std::abs(y[i] - exact), 2 * std::ldexp(1.0, std::ilogb(exact) - 52)) << x[i];
    }
}

TEST(Tanh, IsWithinTwoUnitsForFloatsOfAllSizes) {
    worst_units_off([](std::span<float> row) { tanh_in_place(row); }, [](double x) { return std::tanh(x); });
}

TEST(Tanh, DoublesAreWithinTwoUnits) {
    std::vector<double> x{-infinity<double>, infinity<double>, nan<double>};
    for (double at = -25; at <= 25; at += 0.00137) x.push_back(at);
    std::vector<double> y = x;
    tanh_in_place(std::span(y));
    EXPECT_EQ(y[0], -1.0);
    EXPECT_EQ(y[1], 1.0);
    EXPECT_TRUE(std::isnan(y[2]));
    for (std::size_t i = 3; i < x.size(); ++i) {
        const double exact = std::tanh(x[i]);
        EXPECT_LE(std::abs(y[i] - exact), 2 * std::ldexp(1.0, std::ilogb(exact) - 52)) << x[i];
    }
}

TEST(Erf, IsWithinTwoAndAHalfUnitsForFloatsOfAllSizes) {
    const double worst =
        worst_units_off([](std::span<float> row) { erf_in_place(row); }, [](double x) { return std::erf(x); }, 2.5);
    EXPECT_GT(worst, 0.4) << "a float cannot be nearer than half a unit everywhere: nothing was measured";
}

TEST(Erf, DoublesAreWithinSeventyUnits) {
    std::vector<double> x{-infinity<double>, infinity<double>, nan<double>};
    for (double at = -7; at <= 7; at += 0.00037) x.push_back(at);
    std::vector<double> y = x;
    erf_in_place(std::span(y));
    EXPECT_EQ(y[0], -1.0);
    EXPECT_EQ(y[1], 1.0);
    EXPECT_TRUE(std::isnan(y[2]));
    for (std::size_t i = 3; i < x.size(); ++i) {
        const double exact = std::erf(x[i]);
        EXPECT_LE(std::abs(y[i] - exact), 70 * std::ldexp(1.0, std::ilogb(exact) - 52)) << x[i];
    }
}

/// x Phi(x) and its derivative in double; Phi by erfc, which is exact far to the left, where 1 + erf is not.
double gelu_of(double x) {
    return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
}
double gelu_derivative_of(double x) {
    return 0.5 * std::erfc(-x / std::sqrt(2.0)) + x * std::exp(-0.5 * x * x) / std::sqrt(2 * std::acos(-1.0));
}

// Phi is a sum of about 1, so it is off by some units of 1, whatever is left of it; 1e-6 is 8 of them. The tanh form is off by
// 4.7e-4 at 2.3, and a derivative without the density by 0.4.
TEST(Gelu, FollowsTheExactNormalDistribution) {
    std::vector<float> x;
    for (float at = -12; at <= 12; at += 0.00371F) x.push_back(at);
    std::vector<float> y = x, slope = x;
    gelu_in_place(std::span(y));
    gelu_derivative_in_place(std::span(slope));
    for (std::size_t i = 0; i < x.size(); ++i) {
        const auto at = static_cast<double>(x[i]);
        ASSERT_NEAR(double(y[i]), gelu_of(at), 1e-6 * std::max(1.0, std::abs(at))) << at;
        ASSERT_NEAR(double(slope[i]), gelu_derivative_of(at), 1e-6) << at;
    }
    std::vector<double> exact(x.begin(), x.end());
    gelu_in_place(std::span(exact));
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(exact[i], gelu_of(double(x[i])), 1e-13) << x[i];
    EXPECT_TRUE(std::isnan([] {
        float bad = nan<float>;
        gelu_in_place(std::span(&bad, 1));
        return bad;
    }()));
}

TEST(Rows, SumMaxAndDotByHand) {
    const std::vector<float> a{1, -2, 3}, b{4, 5, 6};
    EXPECT_EQ(row_sum(std::span(a)), 2.0F);
    EXPECT_EQ(row_max(std::span(a)), 3.0F);
    EXPECT_EQ(row_dot(std::span(a), std::span(b)), 12.0F);
}

TEST(Rows, AnEmptyRowHasSumZeroAndMaximumMinusInfinity) {
    EXPECT_EQ(row_sum(std::span<const float>{}), 0.0F);
    EXPECT_EQ(row_max(std::span<const double>{}), -infinity<double>);
    EXPECT_EQ(row_dot(std::span<const float>{}, std::span<const float>{}), 0.0F);
}

TEST(Rows, MaxShowsANaNWhereverItStands) {
    for (std::size_t at = 0; at < 21; ++at) {
        std::vector<float> row(21, 1.0F);
        row[at] = nan<float>;
        EXPECT_TRUE(std::isnan(row_max(std::span(row)))) << at;
    }
}

TEST(Rows, MaxOfMinusInfinityIsMinusInfinity) {
    const std::vector<float> row(11, -infinity<float>);
    EXPECT_EQ(row_max(std::span(row)), -infinity<float>);
}

TEST(Rows, DotOfRowsThatDifferInLengthIsRefused) {
    const std::vector<float> a(3), b(4);
    EXPECT_EQ(text_of<ShapeError>([&] { row_dot(std::span(a), std::span(b)); }), "row_dot: a has 3 elements and b 4");
}

}  // namespace
}  // namespace wb
