/// @file
/// Judges exercise 6.13: errors of forecasts.
#include <array>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "evaluation_case.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

// Sums in double of some hundred positive terms, 1e-16 of the sum each; a difference or a square in float is off by 6e-8.
constexpr Tolerance in_double{.relative = 1e-10};

constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();

ForecastReport ask(const std::vector<probes::ForecastBatch>& calls) {
    const Tensor<3>& first = calls[0].forecast;
    const ForecastReport report = probes::forecast_errors(first.shape(1), first.shape(2), calls);
    expect_shape(report.mse_by_step, {first.shape(1)}, "mse_by_step");
    expect_shape(report.mae_by_step, {first.shape(1)}, "mae_by_step");
    expect_shape(report.mse_by_variate, {first.shape(2)}, "mse_by_variate");
    expect_shape(report.mae_by_variate, {first.shape(2)}, "mae_by_variate");
    return report;
}

/// The means over everything, of one report after the other; and how many windows each of them counts.
struct Totals {
    explicit Totals(std::size_t reports)
        : mse(zeros<1, double>({reports})), mae(zeros<1, double>({reports})), windows(reports) {}
    void set(std::size_t n, const ForecastReport& report) {
        mse(n) = report.mse;
        mae(n) = report.mae;
        windows[n] = report.windows;
    }
    Tensor<1, double> mse, mae;
    std::vector<std::size_t> windows;
};

/// A batch of windows of one step and variate: their differences, from a truth of 10.
probes::ForecastBatch windows_of(const std::vector<float>& differences) {
    probes::ForecastBatch batch{zeros<3>({differences.size(), 1, 1}), full<3>({differences.size(), 1, 1}, 10)};
    for (std::size_t w = 0; w < differences.size(); ++w) batch.forecast(w, 0, 0) = 10 + differences[w];
    return batch;
}

TEST(ForecastErrors, AreMeansOverWindowsStepsAndVariates) {
    for (const Case& c : cases("6.13/totals")) {
        const std::vector<probes::ForecastBatch> batches = batches_of(c);
        Totals totals(batches.size());
        std::vector<std::size_t> windows;
        for (std::size_t n = 0; n < batches.size(); ++n) {
            totals.set(n, ask({batches[n]}));
            windows.push_back(batches[n].forecast.shape(0));
        }
        expect_close(totals.mse, c, "mse_alone", in_double);
        expect_close(totals.mae, c, "mae_alone", in_double);
        EXPECT_EQ(totals.windows, windows) << "windows of " << c.name() << ", of each batch alone";
    }
    const ForecastReport report = ask({windows_of({0, 0, 0})});
    EXPECT_EQ(report.mse, 0) << "of a forecast that is right";
    EXPECT_EQ(report.mae, 0) << "of a forecast that is right";
}

TEST(ForecastErrors, TellWhichStepIsWrong) {
    for (const Case& c : cases("6.13/one_batch")) {
        const ForecastReport report = ask(batches_of(c));
        expect_close(report.mse_by_step, c, "mse_by_step", in_double);
        expect_close(report.mae_by_step, c, "mae_by_step", in_double);
    }
}

TEST(ForecastErrors, TellWhichVariateIsWrong) {
    for (const Case& c : cases("6.13/one_batch")) {
        const ForecastReport report = ask(batches_of(c));
        expect_close(report.mse_by_variate, c, "mse_by_variate", in_double);
        expect_close(report.mae_by_variate, c, "mae_by_variate", in_double);
    }
}

TEST(ForecastErrors, EveryWindowCountsAlikeInWhicheverBatch) {
    for (const Case& c : cases("6.13/totals")) {
        const std::vector<probes::ForecastBatch> batches = batches_of(c);
        Totals totals(batches.size());
        std::vector<probes::ForecastBatch> so_far;
        std::vector<std::size_t> windows;
        for (std::size_t n = 0; n < batches.size(); ++n) {
            so_far.push_back(batches[n]);
            windows.push_back(batches[n].forecast.shape(0) + (n == 0 ? 0 : windows[n - 1]));
            totals.set(n, ask(so_far));
        }
        expect_close(totals.mse, c, "mse_so_far", in_double);
        expect_close(totals.mae, c, "mae_so_far", in_double);
        EXPECT_EQ(totals.windows, windows) << "windows of " << c.name() << ", of all batches so far";
    }
    for (const Case& c : cases("6.13/batches")) {
        const ForecastReport report = ask(batches_of(c));
        expect_close(report.mse_by_step, c, "mse_by_step", in_double);
        expect_close(report.mae_by_step, c, "mae_by_step", in_double);
        expect_close(report.mse_by_variate, c, "mse_by_variate", in_double);
        expect_close(report.mae_by_variate, c, "mae_by_variate", in_double);
    }
}

TEST(ForecastErrors, ANumberThatIsNotFiniteIsRefusedAndAddsNothing) {
    for (const float bad : {nan, infinity, -infinity}) {
        for (const bool in_truth : {false, true}) {
            SCOPED_TRACE(testing::Message() << bad << " in the " << (in_truth ? "truth" : "forecast"));
            probes::ForecastBatch batch{full<3>({19, 17, 13}, 2), full<3>({19, 17, 13}, 1)};
            (in_truth ? batch.truth : batch.forecast)(18, 16, 11) = bad;
            const std::string message = probes::forecast_errors.expect_error<std::invalid_argument>(17, 13, {batch});
            EXPECT_THAT(message,
                        testing::AllOf(testing::HasSubstr("18"), testing::HasSubstr("16"), testing::HasSubstr("11")))
                << "the message names window 18, step 16 and variate 11";
            batch.refused = true;
            const probes::ForecastBatch right{full<3>({1, 17, 13}, 4), full<3>({1, 17, 13}, 1)};
            const ForecastReport report = ask({batch, right, batch});
            EXPECT_EQ(report.windows, 1U) << "windows that were refused do not count";
            EXPECT_NEAR(report.mse, 9, 1e-9)
                << "of one window that is wrong by 3 throughout; those that were refused were "
                   "wrong by 1, up to the last";
            EXPECT_NEAR(report.mae, 3, 1e-9) << "of one window that is wrong by 3 throughout";
        }
    }
    probes::ForecastBatch both = windows_of({infinity});
    both.truth(0, 0, 0) = infinity;
    probes::forecast_errors.expect_error<std::invalid_argument>(1, 1, {both});
}

TEST(ForecastErrors, ShapesThatDoNotFitAreErrors) {
    const auto refuse = [](const std::array<std::size_t, 3>& forecast, const std::array<std::size_t, 3>& truth) {
        SCOPED_TRACE("made for 5 steps and 3 variates; forecast " + shape_text(forecast) + ", truth " +
                     shape_text(truth));
        const std::string message =
            probes::forecast_errors.expect_error<ShapeError>(5, 3, {{zeros<3>(forecast), zeros<3>(truth)}});
        EXPECT_THAT(message,
                    testing::AllOf(testing::HasSubstr(shape_text(forecast)), testing::HasSubstr(shape_text(truth))))
            << "the message names both shapes";
    };
    refuse({2, 5, 3}, {1, 5, 3});
    refuse({1, 5, 3}, {2, 5, 3});
    refuse({2, 5, 3}, {2, 5, 4});
    refuse({2, 5, 3}, {2, 6, 3});
    refuse({2, 3, 5}, {2, 3, 5});
    refuse({2, 4, 3}, {2, 4, 3});
    refuse({2, 5, 1}, {2, 5, 1});
    refuse({0, 5, 4}, {0, 5, 4});
    const probes::ForecastBatch right{full<3>({1, 5, 3}, 2), full<3>({1, 5, 3}, 1)};
    const ForecastReport report = ask({right,
                                       {full<3>({2, 5, 3}, 2), zeros<3>({1, 5, 3}), true},
                                       {full<3>({2, 4, 3}, 9), zeros<3>({2, 4, 3}), true}});
    EXPECT_EQ(report.windows, 1U) << "batches that were refused for their shape have added nothing";
    EXPECT_NEAR(report.mse, 1, 1e-9) << "of one window that is wrong by 1 throughout";
    for (const auto& [horizon, variates] : {std::pair<std::size_t, std::size_t>{0, 37}, {41, 0}}) {
        SCOPED_TRACE(testing::Message() << "made for " << horizon << " steps and " << variates << " variates");
        EXPECT_THAT(
            probes::forecast_errors.expect_error<std::invalid_argument>(horizon, variates, {}),
            testing::AllOf(testing::HasSubstr(std::to_string(horizon)), testing::HasSubstr(std::to_string(variates))))
            << "the message names both";
    }
}

TEST(ForecastErrors, WithoutWindowsThereIsNothingToReport) {
    const probes::ForecastBatch none{zeros<3>({0, 4, 3}), zeros<3>({0, 4, 3})};
    for (const std::vector<probes::ForecastBatch>& calls :
         {std::vector<probes::ForecastBatch>{}, {none}, {none, none}}) {
        SCOPED_TRACE(testing::Message() << calls.size() << " batches of no window");
        probes::forecast_errors.expect_error<std::logic_error>(4, 3, calls);
    }
    EXPECT_NEAR(ask({windows_of({}), windows_of({3}), windows_of({})}).mse, 9, 1e-9)
        << "a window that is wrong by 3, between two empty batches";
}

TEST(ForecastErrors, AreTakenInDouble) {
    probes::ForecastBatch far = windows_of({0});
    far.forecast(0, 0, 0) = 3e38F;
    far.truth(0, 0, 0) = -3e38F;
    const ForecastReport report = ask({far});
    EXPECT_NEAR(report.mae / 6e38, 1, 1e-6) << "3e38 and -3e38 lie 6e38 apart, which is no float but a double";
    EXPECT_NEAR(report.mse / 36e76, 1, 1e-6) << "the square of 6e38";
    const ForecastReport faint = ask({windows_of({4096}), windows_of({0.0009765625F}), windows_of({0})});
    EXPECT_NEAR(faint.mae * 3, 4096.0009765625, 1e-9) << "4096 + 2^-10: a float would have lost the second";
}

ForecastReport report_of(std::size_t windows, double mse) {
    const Tensor<1, double> by = full<1, double>({2}, mse);
    return {windows, mse, 0.25, by, by, by, by};
}

TEST(Skill, IsWhatAModelSavesAgainstTheBaseline) {
    EXPECT_NEAR(probes::skill(report_of(5, 0.375), report_of(5, 0.5)), 0.25, 1e-12)
        << "a model's MSE of .375, where the baseline's is .5, saves a quarter";
    EXPECT_NEAR(probes::skill(report_of(5, 1.5), report_of(5, 0.5)), -2, 1e-12)
        << "a model of three times the baseline's MSE: skill falls below 0";
    EXPECT_NEAR(probes::skill(report_of(2, 0.5), report_of(2, 0.5)), 0, 1e-12) << "as good as the baseline";
    EXPECT_NEAR(probes::skill(report_of(2, 0), report_of(2, 0.5)), 1, 1e-12) << "a model without an error";
    EXPECT_THAT(probes::skill.expect_error<std::invalid_argument>(report_of(2881, 0.5), report_of(2785, 0.5)),
                testing::AllOf(testing::HasSubstr("2881"), testing::HasSubstr("2785")))
        << "the message names both numbers of windows";
    EXPECT_NEAR(probes::skill(report_of(5, 1e-13), report_of(5, 4e-13)), 0.75, 1e-12)
        << "a baseline with an MSE of 4e-13: only 0 is no error at all";
    probes::skill.expect_error<std::invalid_argument>(report_of(3, 0.5), report_of(3, 0));
    probes::skill.expect_error<std::invalid_argument>(report_of(3, 0), report_of(3, 0));
}

}  // namespace
}  // namespace wb
