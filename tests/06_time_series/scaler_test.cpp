/// @file
/// Judges exercise 6.2: one scale for all.
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "scaler_probes.hpp"

namespace wb {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Sums of up to 1,000 numbers in double, of which the largest is 400 times a deviation: 1000 * 400 * 2.2e-16 is 9e-11 at worst, and a
// sum in float is off by 1e-6 and more.
constexpr Tolerance in_double{.absolute = 1e-10, .relative = 1e-10};
// At a level of 1e7 the mean is known to 1e7 * 1000 * 1.1e-16 at worst, 1e-6; its error enters the squares squared. In practice it is
// 1e-8. Means of squares less squares of means would be off by 1e14 * 1.1e-16, 1e-2 of a variance of .75.
constexpr Tolerance at_a_level{.absolute = 1e-6};
// One rounding to float, 6e-8 of the result.
constexpr Tolerance rounded_once{.absolute = 1e-9, .relative = 1.2e-7};

Scaler scaler_of(const Case& c) {
    return {c.in<1, double>("mean"), c.in<1, double>("deviation")};
}

Scaler scaler_of(std::size_t means, std::size_t deviations) {
    return {zeros<1, double>({means}), full<1, double>({deviations}, 1)};
}

void expect_fitted(const Scaler& got, const std::vector<double>& mean, const std::vector<double>& deviation,
                   const std::string& of) {
    expect_shape(got.mean, {mean.size()}, "means of " + of);
    expect_shape(got.deviation, {deviation.size()}, "deviations of " + of);
    for (std::size_t v = 0; v < mean.size(); ++v) {
        EXPECT_NEAR(got.mean(v), mean[v], 1e-9 * (1 + std::abs(mean[v]))) << "mean of variate " << v << " of " << of;
        EXPECT_NEAR(got.deviation(v), deviation[v], 1e-9 * deviation[v])
            << "deviation of variate " << v << " of " << of;
    }
}

Tensor<2> rows(const std::vector<std::vector<float>>& of) {
    Tensor<2> series = zeros<2>({of.size(), of[0].size()});
    for (std::size_t t = 0; t < of.size(); ++t) {
        for (std::size_t v = 0; v < of[t].size(); ++v) series(t, v) = of[t][v];
    }
    return series;
}

TEST(FitScaler, MeasuresEachVariateOverTheTrainingRows) {
    expect_fitted(probes::fit_scaler(rows({{1, 10}, {5, 10}, {3, 40}}), 2), {3, 10}, {2, 1},
                  "rows 1 10 and 5 10, with 3 40 after training");
    for (const Case& c : cases("6.2/fit")) {
        const Scaler got = probes::fit_scaler(c.in<2>("series"), static_cast<std::size_t>(c.number("train")));
        expect_close(got.mean, c, "mean", in_double);
        expect_close(got.deviation, c, "deviation", in_double);
    }
}

TEST(FitScaler, DoesNotLookAtWhatComesAfterTraining) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    const std::string of = "rows 2 7 and 4 -7, after which comes what may";
    for (const float after : {nan, infinity, -infinity, 3e38F}) {
        SCOPED_TRACE("after training: " + std::to_string(after));
        expect_fitted(probes::fit_scaler(rows({{2, 7}, {4, -7}, {after, 0}, {0, after}}), 2), {3, 0}, {1, 7}, of);
    }
}

TEST(FitScaler, KeepsDigitsAtHighLevels) {
    for (const Case& c : cases("6.2/offset")) {
        SCOPED_TRACE("levels up to 1e7: is the mean taken off before squaring, and all of it in double?");
        const Scaler got = probes::fit_scaler(c.in<2>("series"), static_cast<std::size_t>(c.number("train")));
        expect_close(got.mean, c, "mean", at_a_level);
        expect_close(got.deviation, c, "deviation", at_a_level);
    }
    const double low = 1e-30F, high = 3e-30F;
    expect_fitted(probes::fit_scaler(rows({{3e38F, 1e-30F}, {-3e38F, 3e-30F}}), 2), {0, (low + high) / 2},
                  {3e38F, (high - low) / 2},
                  "rows 3e38 1e-30 and -3e38 3e-30: their squares fit a double, not a float");
}

TEST(FitScaler, GivesDeviationOneToWhatDoesNotVary) {
    Tensor<2> series = zeros<2>({100, 5});
    const std::vector<float> level{0, 0.1F, -7.3F, 1e7F, 0.7F};
    for (std::size_t t = 0; t < 100; ++t) {
        for (std::size_t v = 0; v < 5; ++v) series(t, v) = level[v] + (t < 70 ? 0.0F : static_cast<float>(t));
    }
    expect_fitted(probes::fit_scaler(series, 70), {level.begin(), level.end()}, {1, 1, 1, 1, 1},
                  "five variates that do not vary before row 70, and do from there on");
    expect_fitted(probes::fit_scaler(rows({{5, -3}, {9, 8}}), 1), {5, -3}, {1, 1}, "one training row");
    const double low = 1e-6F, high = 3e-6F, above_one = 1.0000001F;
    expect_fitted(probes::fit_scaler(rows({{1, 1e-6F}, {1.0000001F, 3e-6F}}), 2),
                  {(1 + above_one) / 2, (low + high) / 2}, {(above_one - 1) / 2, (high - low) / 2},
                  "two variates that vary, though by little: their deviations are small, not 1");
}

TEST(FitScaler, RefusesNoRowsAndNumbersThatAreNotFinite) {
    Tensor<2> series = zeros<2>({57, 31});
    const auto error_of = [&](std::size_t train) {
        return probes::fit_scaler.expect_error<std::invalid_argument>(series, train);
    };
    EXPECT_THAT(error_of(0), AllOf(HasSubstr("0"), HasSubstr("57"))) << "train_rows 0, and the 57 rows there are";
    EXPECT_THAT(error_of(73), AllOf(HasSubstr("73"), HasSubstr("57"))) << "train_rows 73, and the 57 rows there are";
    error_of(std::numeric_limits<std::size_t>::max());
    probes::fit_scaler.expect_error<std::invalid_argument>(zeros<2>({0, 3}), 0);
    const float infinity = std::numeric_limits<float>::infinity();
    for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), infinity, -infinity}) {
        series(42, 19) = wrong;
        EXPECT_THAT(error_of(57), AllOf(HasSubstr("42"), HasSubstr("19")))
            << "the message names row 42 and variate 19, which is " << wrong;
        EXPECT_THAT(error_of(43), HasSubstr("42")) << "row 42 is the last of 43 training rows";
        EXPECT_EQ(probes::fit_scaler(series, 42).mean.size(), 31U) << "row 42 comes after 42 training rows";
    }
    EXPECT_EQ(probes::fit_scaler(zeros<2>({4, 0}), 2).mean.size(), 0U) << "a series without variates";
}

TEST(Standardise, MovesEachVariateByItsOwnScale) {
    for (const Case& c : cases("6.2/z"))
        expect_close(probes::standardise(c.in<2>("x"), scaler_of(c)), c, "result", rounded_once);
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    const Tensor<2> z = probes::standardise(rows({{nan, 3}, {2, infinity}}), scaler_of(2, 2));
    expect_shape(z, {2, 2}, "z");
    EXPECT_TRUE(std::isnan(z(0, 0)) && std::isinf(z(1, 1))) << "what is not finite stays so";
    EXPECT_EQ(z(0, 1), 3);
    EXPECT_EQ(z(1, 0), 2);
    expect_shape(probes::standardise(zeros<2>({0, 3}), scaler_of(3, 3)), {0, 3}, "z of no rows");
}

TEST(Restore, GivesTheSeriesUnitBack) {
    for (const Case& c : cases("6.2/unit"))
        expect_close(probes::restore(c.in<3>("x"), scaler_of(c)), c, "result", rounded_once);
    expect_shape(probes::restore(zeros<3>({0, 2, 3}), scaler_of(3, 3)), {0, 2, 3}, "a forecast of no windows");
}

TEST(Scaler, IsForAsManyVariatesAsItWasMadeOf) {
    for (const auto& [means, deviations] :
         std::vector<std::pair<std::size_t, std::size_t>>{{2, 2}, {4, 4}, {3, 4}, {4, 3}, {0, 0}, {1, 1}, {5, 5}}) {
        SCOPED_TRACE("3 variates, " + std::to_string(means) + " means and " + std::to_string(deviations) +
                     " deviations");
        const Scaler scaler = scaler_of(means, deviations);
        probes::standardise.expect_error<ShapeError>(zeros<2>({5, 3}), scaler);
        probes::restore.expect_error<ShapeError>(zeros<3>({5, 4, 3}), scaler);
    }
    const std::string message = probes::restore.expect_error<ShapeError>(zeros<3>({61, 13, 17}), scaler_of(29, 29));
    EXPECT_THAT(message, AllOf(HasSubstr("17"), HasSubstr("29"))) << "the message names 17 variates and a scaler of 29";
    EXPECT_THAT(probes::standardise.expect_error<ShapeError>(zeros<2>({61, 17}), scaler_of(29, 29)),
                AllOf(HasSubstr("17"), HasSubstr("29")));
}

}  // namespace
}  // namespace wb
