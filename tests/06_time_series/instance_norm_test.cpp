/// @file
/// Judges exercise 6.12: each window by its own measure.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "instance_norm_probes.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

// Sums in double, and then one rounding to a float, 6e-8 of the number; one who divides by the rounded deviation rounds twice.
constexpr Tolerance of_normalised{.absolute = 1e-6, .relative = 1e-6};

// A product and a sum of floats, each rounded: the result may be 20 times smaller than the two that it is the sum of.
constexpr Tolerance of_restored{.relative = 1e-6, .of_largest = 1e-6};

/// Of windows without a NaN.
NormalisedWindows ask(const Case& c) {
    NormalisedWindows got = probes::normalise_windows(c.in<3>("past"), c.number("epsilon"));
    if (std::any_of(got.deviation.begin(), got.deviation.end(), [](float number) { return std::isnan(number); }))
        stop_test(c.name() +
                  ": a deviation is NaN, the root of a variance that came out below 0. Squares of distances from the "
                  "mean do not; the mean of squares less the square of the mean does");
    return got;
}

void expect_windows_of(const std::string& family) {
    for (const Case& c : cases(family)) {
        SCOPED_TRACE(c.name());
        const NormalisedWindows got = ask(c);
        expect_close(got.x, c, "x", of_normalised);
        expect_close(got.mean, c, "mean", of_normalised);
        expect_close(got.deviation, c, "deviation", of_normalised);
    }
}

TEST(NormaliseWindows, EachVariateOfEachWindowHasMeanZeroAndDeviationOne) {
    for (const Case& c : cases("6.12/windows")) {
        SCOPED_TRACE(c.name());
        expect_close(ask(c).x, c, "x", of_normalised);
        expect_close(probes::normalise_windows_plain(c.in<3>("past")).x, c, "x", of_normalised);
    }
}

TEST(NormaliseWindows, MeanAndDeviationAreTheLookBacksOwn) {
    for (const Case& c : cases("6.12/windows")) {
        SCOPED_TRACE(c.name());
        const NormalisedWindows got = ask(c);
        expect_close(got.mean, c, "mean", of_normalised);
        expect_close(got.deviation, c, "deviation", of_normalised);
    }
}

/// A window of `lookback` times the same row of two variates.
void expect_zeros(std::size_t lookback, float first, float second) {
    SCOPED_TRACE(testing::Message() << lookback << " rows of " << first << " and " << second);
    Tensor<3> past = full<3>({1, lookback, 2}, first);
    for (std::size_t t = 0; t < lookback; ++t) past(0, t, 1) = second;
    const NormalisedWindows got = probes::normalise_windows(past, 1e-4);
    expect_shape(got.x, {1, lookback, 2}, "x");
    expect_shape(got.mean, {1, 2}, "mean");
    expect_shape(got.deviation, {1, 2}, "deviation");
    for (std::size_t t = 0; t < lookback; ++t) {
        for (std::size_t v = 0; v < 2; ++v)
            ASSERT_NEAR(got.x(0, t, v), 0, 1e-6) << "row " << t << " of variate " << v << ", which does not move";
    }
    EXPECT_EQ(got.mean(0, 0), first);
    EXPECT_EQ(got.mean(0, 1), second);
    for (std::size_t v = 0; v < 2; ++v)
        EXPECT_NEAR(got.deviation(0, v), 0.01, 1e-8) << "the root of an epsilon of 1e-4, of variate " << v;
}

TEST(NormaliseWindows, WindowsThatHardlyMoveAreMeasuredByEpsilon) {
    expect_windows_of("6.12/quiet");
    expect_zeros(5, 0, -3);
    expect_zeros(1, 7, 1e6F);
    expect_zeros(96, 0.1F, 123456.7F);
    expect_zeros(7, 1e30F, -3e38F);
}

TEST(NormaliseWindows, AHighLevelDoesNotHideASmallMovement) {
    expect_windows_of("6.12/high");
}

TEST(NormaliseWindows, NoWindowKnowsOfAnother) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const Case& c : cases("6.12/windows")) {
        SCOPED_TRACE(c.name());
        Tensor<3> past = c.in<3>("past");
        const NormalisedWindows whole = ask(c);
        expect_shape(whole.x, {past.shape(0), past.shape(1), past.shape(2)}, c.name() + ": x");
        const std::size_t spoilt = past.shape(0) - 1;
        past(spoilt, 1, 0) = nan;
        const NormalisedWindows got = probes::normalise_windows(past, c.number("epsilon"));
        expect_shape(got.x, {past.shape(0), past.shape(1), past.shape(2)}, c.name() + ": x");
        expect_shape(got.mean, {past.shape(0), past.shape(2)}, c.name() + ": mean");
        for (std::size_t b = 0; b < past.shape(0); ++b) {
            for (std::size_t v = 0; v < past.shape(2); ++v) {
                const bool bad = b == spoilt && v == 0;
                EXPECT_EQ(std::isnan(got.mean(b, v)), bad) << c.name() << ": mean of window " << b << ", variate " << v
                                                           << ", with a NaN in window " << spoilt << ", variate 0";
                for (std::size_t t = 0; t < past.shape(1); ++t) {
                    if (bad)
                        ASSERT_TRUE(std::isnan(got.x(b, t, v)))
                            << "a NaN has become " << got.x(b, t, v) << ": a gap in the data would go unseen";
                    else
                        ASSERT_EQ(got.x(b, t, v), whole.x(b, t, v))
                            << c.name() << ": window " << b << ", row " << t << ", variate " << v
                            << " is another when there is a NaN in window " << spoilt << ", variate 0";
                }
            }
        }
    }
    SCOPED_TRACE("a past [0, 4, 3], which is of no window");
    const NormalisedWindows none = probes::normalise_windows(zeros<3>({0, 4, 3}), 1e-5);
    expect_shape(none.x, {0, 4, 3}, "x of a batch of no windows");
    expect_shape(none.mean, {0, 3}, "mean of a batch of no windows");
    expect_shape(none.deviation, {0, 3}, "deviation of a batch of no windows");
}

TEST(NormaliseWindows, WhatCannotBeMeasuredIsRefused) {
    EXPECT_THAT(probes::normalise_windows.expect_error<ShapeError>(zeros<3>({2, 0, 3}), 1e-5),
                testing::HasSubstr("[2, 0, 3]"))
        << "the message names the shape, which has no row";
    const Tensor<3> past = full<3>({1, 2, 3}, 1);
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    for (const double epsilon : {0.0, -1e-5, nan, infinity, -infinity}) {
        SCOPED_TRACE(testing::Message() << "an epsilon of " << epsilon);
        probes::normalise_windows.expect_error<std::invalid_argument>(past, epsilon);
    }
    EXPECT_THAT(probes::normalise_windows.expect_error<std::invalid_argument>(past, -37.0), testing::HasSubstr("-37"))
        << "the message names an epsilon of -37";
}

probes::Numbers numbers_of(const Tensor<3>& x) {
    return {{x.shape(0), x.shape(1), x.shape(2)}, {x.begin(), x.end()}};
}

/// The gradient in the shape of the forecast. Ends the test when there is none.
Tensor<3> gradient_of(const probes::DenormaliseAnswer& answer, const Tensor<3>& forecast) {
    if (answer.gradient.size() != forecast.size())
        stop_test("the forecast has a gradient of " + std::to_string(answer.gradient.size()) + " values, expected " +
                  std::to_string(forecast.size()) +
                  (answer.gradient.empty() ? ": nothing on the tape leads from the result back to it" : ""));
    Tensor<3> gradient(forecast.shape());
    std::copy(answer.gradient.begin(), answer.gradient.end(), gradient.begin());
    return gradient;
}

TEST(DenormaliseWindows, PutsScaleAndLevelBack) {
    for (const Case& c : cases("6.12/back")) {
        SCOPED_TRACE(c.name());
        const Tensor<3> forecast = c.in<3>("forecast");
        const Tensor<2> mean = c.in<2>("mean"), deviation = c.in<2>("deviation");
        expect_close(probes::denormalise_windows_infer(forecast, mean, deviation).out, c, "out", of_restored);
        expect_close(probes::denormalise_windows_constant(forecast, mean, deviation).out, c, "out", of_restored);
        const auto trained = probes::denormalise_windows(numbers_of(forecast), mean, deviation, c.in<3>("d_out"));
        expect_close(trained.out, c, "out", of_restored);
        EXPECT_EQ(trained.forecast, numbers_of(forecast).values) << "the forecast itself has changed";
    }
    for (const char* family : {"6.12/windows", "6.12/high"}) {
        for (const Case& c : cases(family)) {
            SCOPED_TRACE(c.name());
            const NormalisedWindows normalised = ask(c);
            const Tensor<3> back =
                probes::denormalise_windows_infer(normalised.x, normalised.mean, normalised.deviation).out;
            expect_close(back, c.in<3>("past"), c.name() + ": a window, normalised and put back", of_restored);
        }
    }
    SCOPED_TRACE("a forecast [0, 4, 3], which is for no window");
    const auto none = probes::denormalise_windows_infer(zeros<3>({0, 4, 3}), zeros<2>({0, 3}), zeros<2>({0, 3}));
    expect_shape(none.out, {0, 4, 3}, "a forecast for no window");
}

TEST(DenormaliseWindows, TheGradientPassesTimesTheDeviation) {
    for (const Case& c : cases("6.12/back")) {
        SCOPED_TRACE(c.name());
        const Tensor<3> forecast = c.in<3>("forecast"), d_out = c.in<3>("d_out");
        const Tensor<2> mean = c.in<2>("mean"), deviation = c.in<2>("deviation");
        const auto answer = probes::denormalise_windows(numbers_of(forecast), mean, deviation, d_out);
        const Tensor<3> gradient = gradient_of(answer, forecast);
        if (std::all_of(gradient.begin(), gradient.end(), [](float number) { return std::isnan(number); }))
            stop_test(
                "d_forecast is NaN throughout. Here means and deviations are NaN as soon as the function has returned: "
                "what backward() needs of them must have been copied before (tape.keep_copy)");
        expect_close(gradient, c, "d_forecast", of_restored);
        SCOPED_TRACE("on a tape that was used before, with a gradient that nobody has written yet");
        Tensor<3, double> alone = c.expected<3>("d_forecast");
        for (double& number : alone) number -= 1;  // of the driver's own use
        const auto again = probes::denormalise_windows_again(forecast, mean, deviation, d_out);
        expect_close(again.out, c, "out", of_restored);
        expect_close(gradient_of(again, forecast), alone, "d_forecast", of_restored);
    }
}

TEST(DenormaliseWindows, ShapesThatDoNotFitAreErrors) {
    const Tensor<3> d_out = zeros<3>({2, 5, 3});
    const auto refuse = [&](const std::vector<std::size_t>& forecast, const std::array<std::size_t, 2>& mean,
                            const std::array<std::size_t, 2>& deviation) {
        std::size_t size = 1;
        for (const std::size_t extent : forecast) size *= extent;
        SCOPED_TRACE("forecast " + shape_text(forecast) + ", mean " + shape_text(mean) + ", deviation " +
                     shape_text(deviation));
        return probes::denormalise_windows.expect_error<ShapeError>({forecast, std::vector<float>(size, 1)},
                                                                    zeros<2>(mean), zeros<2>(deviation), d_out);
    };
    refuse({2, 5, 3}, {3, 2}, {3, 2});
    refuse({2, 5, 3}, {2, 5}, {2, 5});
    refuse({2, 5, 3}, {1, 3}, {2, 3});
    refuse({2, 5, 3}, {2, 3}, {1, 3});
    refuse({2, 5, 3}, {2, 1}, {2, 3});
    refuse({2, 5, 3}, {2, 3}, {2, 1});
    refuse({2, 3}, {2, 3}, {2, 3});
    refuse({2, 5, 3, 1}, {2, 3}, {2, 3});
    EXPECT_THAT(
        refuse({2, 5, 3}, {2, 7}, {11, 3}),
        testing::AllOf(testing::HasSubstr("[2, 5, 3]"), testing::HasSubstr("[2, 7]"), testing::HasSubstr("[11, 3]")))
        << "the message names all three shapes";
}

}  // namespace
}  // namespace wb
