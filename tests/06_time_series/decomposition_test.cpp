/// @file
/// Judges exercise 6.6: trend and season.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "decomposition_probes.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

using probes::AverageUse;

// A mean of numbers up to 3, in double, and rounded once: 2e-7. A gradient is a sum of two or three such, up to 3, too.
constexpr Tolerance close{.absolute = 2e-6};

probes::AverageAnswer ask(const Case& c, AverageUse use) {
    return probes::moving_average(c.in<3>("x"), static_cast<std::size_t>(c.number("window")), c.in<3>("d_trend"), use);
}

Tensor<3> gradient(const Case& c, AverageUse use) {
    const probes::AverageAnswer answer = ask(c, use);
    if (!answer.d_x)
        stop_test(c.name() + ": no gradient reaches x: nothing on the tape leads from the result back to it");
    return *answer.d_x;
}

/// One channel of one entry.
Tensor<3> series(const std::vector<float>& rows) {
    Tensor<3> x(std::array<std::size_t, 3>{1, rows.size(), 1});
    std::copy(rows.begin(), rows.end(), x.begin());
    return x;
}

TEST(MovingAverage, IsTheMeanOfTheWindowAroundEachRow) {
    for (const Case& c : cases("6.6/average")) {
        expect_close(ask(c, AverageUse::infer).trend, c, "trend", close);
        const probes::AverageAnswer answer = ask(c, AverageUse::shared);
        expect_close(answer.trend, c, "trend", close);
        expect_close(answer.x, c.in<3>("x"), c.name() + ": x after the call, which only reads it", {});
    }
}

TEST(MovingAverage, TheFirstAndTheLastRowStandBeyondTheEnds) {
    for (const Case& c : cases("6.6/wide")) expect_close(ask(c, AverageUse::infer).trend, c, "trend", close);
    const Tensor<3> trend = probes::moving_average(series({1, 2, 6}), 3, zeros<3>({1, 3, 1}), AverageUse::infer).trend;
    expect_shape(trend, {1, 3, 1}, "the trend of 1 2 6");
    EXPECT_NEAR(trend(0, 0, 0), 4.0 / 3, 1e-6) << "(1 + 1 + 2) / 3, row 0 of 1 2 6";
    EXPECT_NEAR(trend(0, 2, 0), 14.0 / 3, 1e-6) << "(2 + 6 + 6) / 3, row 2 of 1 2 6";
}

TEST(MovingAverage, AWiderWindowIsNoMoreWork) {
    for (const std::size_t r : {std::size_t{500'000'000}, std::size_t{1} << 61}) {
        const std::size_t window = 2 * r + 1;
        SCOPED_TRACE("three rows 1 2 6, and a window of " + std::to_string(window) + ", too long to walk through");
        const Tensor<3> trend =
            probes::moving_average(series({1, 2, 6}), window, zeros<3>({1, 3, 1}), AverageUse::infer).trend;
        expect_shape(trend, {1, 3, 1}, "the trend");
        for (std::size_t t = 0; t < 3; ++t)  // r - t times 1 before, r + t - 2 times 6 behind: 7 r / 2 r
            EXPECT_NEAR(trend(0, t, 0), 3.5, 1e-6) << "row " << t << ": half of its window is 1, and half is 6";
    }
    // Row t holds t. A window of 600,001 in a million rows: 6e11 steps for one who adds up each.
    constexpr std::size_t length = 1'000'000, r = 300'000, window = 2 * r + 1;
    Tensor<3> ramp(std::array<std::size_t, 3>{1, length, 1});
    Tensor<3, double> trend(ramp.shape()), d_x(ramp.shape());
    for (std::size_t t = 0; t < length; ++t) {
        const std::size_t first = t < r ? 0 : t - r, last = std::min(t + r, length - 1);
        const double rows = static_cast<double>(last - first + 1);
        ramp.data()[t] = static_cast<float>(t);
        trend.data()[t] = (static_cast<double>(first + last) / 2 * rows +
                           static_cast<double>(t + r - last) * static_cast<double>(length - 1)) /
                          static_cast<double>(window);
        d_x.data()[t] = rows / static_cast<double>(window);
    }
    for (const std::size_t end : {std::size_t{0}, length - 1})  // 1 + 2 + .. + r times for the rows beyond it
        d_x.data()[end] += static_cast<double>(r) * static_cast<double>(r + 1) / 2 / static_cast<double>(window);
    const probes::AverageAnswer answer =
        probes::moving_average(ramp, window, full<3>({1, length, 1}, 1), AverageUse::alone);
    const Tolerance rounded{.absolute = 1e-6, .relative = 1e-6};  // a sum in double, or a few, rounded to float
    expect_close(answer.trend, trend, "the average over 600,001 rows of 0 1 2 3 ..", rounded);
    if (!answer.d_x) stop_test("no gradient reaches x of a million rows");
    expect_close(*answer.d_x, d_x, "its gradient, where d trend is 1 everywhere", rounded);
}

TEST(MovingAverage, LongSeriesFarFromZeroLoseNoDigit) {
    // A float at 1e5 is good to .004, which is 4e-8 of it; the sum of 25 of them in float is off by .1 before it is divided, and
    // one that runs along by more with each row. A gradient may be rounded twice.
    for (const Case& c : cases("6.6/offset")) {
        SCOPED_TRACE("2,000 rows at 1e5 and -3e5: sums in float lose digits here, sums in double do not");
        const probes::AverageAnswer answer = ask(c, AverageUse::alone);
        expect_close(answer.trend, c, "trend", {.relative = 1e-7});
        expect_close(gradient(c, AverageUse::alone), c, "d_x", {.relative = 2e-7});
    }
}

TEST(MovingAverage, GradientsReachEachRowByEveryMeanThatItEnters) {
    for (const std::string family : {"6.6/average", "6.6/wide"}) {
        for (const Case& c : cases(family)) {
            {
                SCOPED_TRACE("x is used a second time, so that its gradient is 1 before the average's is added");
                expect_close(gradient(c, AverageUse::shared), c, "d_x_shared", close);
            }
            SCOPED_TRACE("on a tape that was used before: a fresh gradient holds anything");
            expect_close(gradient(c, AverageUse::alone), c, "d_x", close);
            EXPECT_FALSE(ask(c, AverageUse::constant).d_x) << "x is a constant, and has no gradient";
        }
    }
}

TEST(MovingAverage, ANanStaysInItsChannel) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    const auto trend_of = [](const Tensor<3>& x) {
        const Tensor<3> trend = probes::moving_average(x, 3, zeros<3>({3, 5, 2}), AverageUse::infer).trend;
        expect_shape(trend, {3, 5, 2}, "trend");
        return trend;
    };
    const Tensor<3> clean = full<3>({3, 5, 2}, 2), right = trend_of(clean);
    for (const float bad : {nan, infinity}) {
        Tensor<3> x = clean;
        x(1, 2, 0) = bad;
        const Tensor<3> trend = trend_of(x);
        for (std::size_t t = 1; t < 4; ++t)
            EXPECT_FALSE(std::isfinite(trend(1, t, 0)))
                << "row " << t << ", whose window of 3 holds " << bad << " in row 2: the fault must show";
        for (std::size_t n = 0; n < trend.size(); ++n) {
            const std::size_t entry = n / 10, channel = n % 2;
            if (entry == 1 && channel == 0) continue;
            EXPECT_NEAR(trend.data()[n], right.data()[n], 1e-6)
                << "entry " << entry << ", row " << n / 2 % 5 << ", channel " << channel << ", which has changed when "
                << bad << " came to entry 1, channel 0";
        }
    }
}

TEST(MovingAverage, WhatHasNoMiddleOrNoRowIsRefused) {
    for (const std::size_t window : {0, 2, 24, 1234}) {
        const std::string message =
            probes::moving_average_of_zeros.expect_error<std::invalid_argument>({2, 5, 3}, window);
        EXPECT_THAT(message, testing::HasSubstr(std::to_string(window))) << "the message names the window";
    }
    for (const std::vector<std::size_t>& shape :
         std::vector<std::vector<std::size_t>>{{5}, {5, 3}, {2, 5, 3, 1}, {2, 0, 3}}) {
        SCOPED_TRACE("x of shape " + testing::PrintToString(shape));
        probes::moving_average_of_zeros.expect_error<ShapeError>(shape, 3);
    }
    for (const std::vector<std::size_t>& shape : std::vector<std::vector<std::size_t>>{{0, 5, 3}, {2, 5, 0}})
        EXPECT_EQ(probes::moving_average_of_zeros(shape, 3), shape) << "no entry, or no channel: nothing to do";
    Tensor<3> x = series({1, 2, 6});
    probes::decompose.expect_error<std::invalid_argument>(x, 4, x, x);
    x = zeros<3>({1, 0, 1});
    probes::decompose.expect_error<ShapeError>(x, 3, x, x);
}

TEST(Decompose, TrendAndSeasonAddUpToTheSeries) {
    for (const Case& c : cases("6.6/decompose")) {
        const Tensor<3> x = c.in<3>("x");
        const probes::DecomposeAnswer answer = probes::decompose(x, static_cast<std::size_t>(c.number("window")),
                                                                 c.in<3>("d_trend"), c.in<3>("d_seasonal"));
        expect_close(answer.trend, c, "trend", close);
        expect_close(answer.seasonal, c, "seasonal", close);
        expect_close(Tensor<3>(answer.trend + answer.seasonal), x, c.name() + ": trend + seasonal", close);
        if (answer.d_x.size() == 0) stop_test(c.name() + ": no gradient reaches x");
        expect_close(answer.d_x, c, "d_x", close);
    }
}

}  // namespace
}  // namespace wb
