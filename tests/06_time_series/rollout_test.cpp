/// @file
/// Judges exercise 6.9: one step at a time.
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "judge/draw.hpp"
#include "judge/judge.hpp"
#include "rollout_probes.hpp"

namespace wb {
namespace {

using probes::NextRowsKind;

// Each answer is a sum in double, rounded to float once (6e-8 of it); its weights sum to less than 1, so 12 of them in a row do not add up
// to more than a few roundings of the largest number.
constexpr Tolerance of_floats{.of_largest = 2e-6};
// Up to 40 positive terms in double, a rounding (1e-16) each; a formula that divides by 1 - phi^2 = 2e-9 has lost half its digits.
constexpr Tolerance in_double{.relative = 1e-12};

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

std::size_t whole(const Case& c, const std::string& key) {
    return static_cast<std::size_t>(c.number(key));
}

NextRowsKind model_of(const Case& c) {
    return static_cast<NextRowsKind>(whole(c, "model"));
}

bool same_bits(float a, float b) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

/// Ends the test unless the question is rows first .. of past with `behind` after it, to the bit.
void expect_question(const Tensor<3>& question, std::size_t number, const Tensor<3>& past, const Tensor<3>& behind,
                     std::size_t first, const std::string& of_what) {
    const std::size_t lookback = past.shape(1);
    const std::string which = "question " + std::to_string(number) + " to the model";
    expect_shape(question, {past.shape(0), lookback, past.shape(2)}, which + ", which has the look-back's length");
    for (std::size_t b = 0; b < past.shape(0); ++b) {
        for (std::size_t t = 0; t < lookback; ++t) {
            for (std::size_t v = 0; v < past.shape(2); ++v) {
                const std::size_t row = first + t;
                const float wanted = row < lookback ? past(b, row, v) : behind(b, row - lookback, v);
                if (same_bits(question(b, t, v), wanted)) continue;
                stop_test(which + ": entry " + std::to_string(b) + ", row " + std::to_string(t) + ", variate " +
                          std::to_string(v) + " is " + testing::PrintToString(question(b, t, v)) + ", and should be " +
                          testing::PrintToString(wanted) + ", of row " +
                          (row < lookback ? std::to_string(row) + " of past"
                                          : std::to_string(row - lookback) + " of " + of_what));
            }
        }
    }
}

void compare_roll_outs(const std::string& family) {
    for (const Case& c : cases(family)) {
        SCOPED_TRACE(c.name());
        expect_close(probes::roll_out(model_of(c), c.in<3>("past"), whole(c, "horizon")).forecast, c, "forecast",
                     of_floats);
    }
}

TEST(RollOut, PutsEachAnswerBehindThePastAndAsksAgain) {
    compare_roll_outs("6.9/one_at_a_time");
}

TEST(RollOut, TakesAllRowsOfAnAnswerAndCutsTheLastOne) {
    compare_roll_outs("6.9/several");
}

TEST(RollOut, AsksAboutTheLookBacksLengthAndNeverInVain) {
    for (const std::string family : {"6.9/one_at_a_time", "6.9/several"}) {
        for (const Case& c : cases(family)) {
            SCOPED_TRACE(c.name());
            const NextRowsKind kind = model_of(c);
            const std::size_t steps = kind == NextRowsKind::three_rows ? 3 : kind == NextRowsKind::five_rows ? 5 : 1;
            const Tensor<3> past = c.in<3>("past");
            for (const std::size_t horizon : {whole(c, "horizon"), steps, std::size_t{1}}) {
                const auto [forecast, questions] = probes::roll_out(kind, past, horizon);
                expect_shape(forecast, {past.shape(0), horizon, past.shape(2)}, "forecast");
                EXPECT_EQ(questions.size(), (horizon + steps - 1) / steps)
                    << "questions to a model that answers " << steps << " rows, for a horizon of " << horizon;
                for (std::size_t n = 0; n < questions.size() && n * steps < horizon; ++n)
                    expect_question(questions[n], n, past, forecast, n * steps, "the forecast");
            }
        }
    }
    for (const NextRowsKind kind : {NextRowsKind::one_row, NextRowsKind::refuses}) {
        const auto [forecast, questions] = probes::roll_out(kind, full<3>({2, 4, 3}, 1), 0);
        expect_shape(forecast, {2, 0, 3}, "the forecast of a horizon of 0");
        EXPECT_EQ(questions.size(), 0U) << "questions for a horizon of 0";
    }
    expect_shape(probes::roll_out(NextRowsKind::three_rows, zeros<3>({0, 4, 2}), 7).forecast, {0, 7, 2},
                 "the forecast of no entries");
    Tensor<3> gap = full<3>({2, 3, 2}, 1);
    gap(0, 1, 1) = nan;
    const Tensor<3> passed = probes::roll_out(NextRowsKind::decaying, gap, 2).forecast;
    expect_shape(passed, {2, 2, 2}, "the forecast of a past with NaN");
    EXPECT_NEAR(passed(0, 1, 1), 0.25, 1e-6) << "a model that looks at the last row alone, which is no gap";
}

void expect_named(const std::string& message, const std::string& a, const std::string& b) {
    EXPECT_THAT(message, testing::AllOf(testing::HasSubstr(a), testing::HasSubstr(b)))
        << "the message names both shapes";
}

TEST(Shapes, ThatDoNotFitAreRefused) {
    const Tensor<3> past = full<3>({4, 6, 2}, 1), future = full<3>({4, 8, 2}, 1);
    const auto refuse = [&](NextRowsKind kind, const std::string& answer, const std::string& other,
                            const std::string& what) {
        SCOPED_TRACE("past [4, 6, 2], horizon 8; the model answers " + what);
        expect_named(probes::roll_out.expect_error<ShapeError>(kind, past, 8), answer, other);
        expect_named(probes::one_step_ahead.expect_error<ShapeError>(kind, past, future), answer, other);
    };
    refuse(NextRowsKind::without_rows, "[4, 0, 2]", "[4, 6, 2]", "no rows");
    refuse(NextRowsKind::another_batch, "[5, 1, 2]", "[4, 6, 2]", "a batch of 5");
    refuse(NextRowsKind::other_variates, "[4, 1, 3]", "[4, 6, 2]", "3 variates");
    refuse(NextRowsKind::another_batch_later, "[5, 1, 2]", "[4, 6, 2]", "a batch of 5 to the second question");
    refuse(NextRowsKind::other_variates_later, "[4, 1, 3]", "[4, 6, 2]", "3 variates to the second question");
    refuse(NextRowsKind::fewer_rows_later, "[4, 2, 2]", "[4, 3, 2]", "3 rows, and then 2");
    refuse(NextRowsKind::more_rows_later, "[4, 3, 2]", "[4, 2, 2]", "2 rows, and then 3");
    probes::roll_out.expect_error<ShapeError>(NextRowsKind::without_rows_later, past, 8);
    probes::one_step_ahead.expect_error<ShapeError>(NextRowsKind::without_rows_later, past, future);
    const auto refuse_last = [&](std::size_t horizon) {
        SCOPED_TRACE("the model answers 2 rows and then 3, of which " + std::to_string(horizon - 2) +
                     " will be needed: an answer that will be cut is looked at, too");
        probes::roll_out.expect_error<ShapeError>(NextRowsKind::more_rows_later, past, horizon);
    };
    refuse_last(3);
    refuse_last(4);
    for (const NextRowsKind kind : {NextRowsKind::one_row, NextRowsKind::refuses}) {
        const auto refuse_future = [&](const std::array<std::size_t, 3>& of_past,
                                       const std::array<std::size_t, 3>& of_future) {
            SCOPED_TRACE("past " + shape_text(of_past) + ", future " + shape_text(of_future) +
                         ", before anything is asked");
            expect_named(probes::one_step_ahead.expect_error<ShapeError>(kind, zeros<3>(of_past), zeros<3>(of_future)),
                         shape_text(of_past), shape_text(of_future));
        };
        refuse_future({2, 4, 3}, {1, 5, 3});
        refuse_future({2, 4, 3}, {3, 5, 3});
        refuse_future({2, 4, 3}, {2, 5, 2});
        refuse_future({2, 4, 3}, {2, 5, 4});
        refuse_future({2, 4, 3}, {2, 0, 4});
    }
    const std::string words = "what the model throws passes through, with its words";
    EXPECT_THAT(probes::roll_out.expect_error<std::out_of_range>(NextRowsKind::refuses, past, 8),
                testing::HasSubstr("refuses"))
        << words;
    EXPECT_THAT(probes::one_step_ahead.expect_error<std::out_of_range>(NextRowsKind::refuses, past, future),
                testing::HasSubstr("refuses"))
        << words;
}

TEST(OneStepAhead, IsToldTheTruthAfterEachStep) {
    for (const Case& c : cases("6.9/ahead")) {
        SCOPED_TRACE(c.name());
        expect_close(probes::one_step_ahead(model_of(c), c.in<3>("past"), c.in<3>("future")).forecast, c, "forecast",
                     of_floats);
    }
}

TEST(OneStepAhead, AsksOnceAStepAndNeverAboutTheLastRow) {
    for (const Case& c : cases("6.9/ahead")) {
        SCOPED_TRACE(c.name());
        const Tensor<3> past = c.in<3>("past");
        Tensor<3> future = c.in<3>("future");
        const std::size_t horizon = future.shape(1);
        for (std::size_t v = 0; v < future.shape(2); ++v) future(1, horizon - 1, v) = nan;
        const auto [forecast, questions] = probes::one_step_ahead(model_of(c), past, future);
        EXPECT_EQ(questions.size(), horizon) << "questions: one a row of the horizon";
        for (std::size_t h = 0; h < questions.size() && h < horizon; ++h)
            expect_question(questions[h], h, past, future, h, "future");
        expect_close(forecast, c, "forecast", of_floats);
    }
    const auto [none, questions] =
        probes::one_step_ahead(NextRowsKind::refuses, full<3>({2, 4, 3}, 1), zeros<3>({2, 0, 3}));
    expect_shape(none, {2, 0, 3}, "the forecast of a future without rows");
}

TEST(AutoregressiveError, AddsUpWhatAllNoiseSinceThenHasBecome) {
    for (const Case& c : cases("6.9/errors")) {
        const double phi = c.number("phi");
        SCOPED_TRACE(c.name() + (phi < 1 && phi > 0.99
                                     ? ": 1 - phi^2 and 1 - phi^2h have lost half their digits, so add terms up"
                                     : ""));
        expect_close(probes::autoregressive_error(phi, c.number("variance"), whole(c, "horizon")), c, "errors",
                     in_double);
    }
    expect_shape(probes::autoregressive_error(0.5, 2, 0), {0}, "the errors of no steps");
    const Tensor<1, double> quiet = probes::autoregressive_error(1e200, 0, 4);
    expect_shape(quiet, {4}, "errors without noise");
    for (std::size_t h = 0; h < 4; ++h)
        EXPECT_EQ(quiet(h), 0) << "errors[" << h << "] of phi 1e200 and no noise at all: infinity times 0 is NaN";
    const Tensor<1, double> loud = probes::autoregressive_error(-1e200, 1, 3);
    expect_shape(loud, {3}, "errors of phi -1e200");
    EXPECT_EQ(loud(0), 1) << "one step ahead, of phi -1e200 and a variance of 1";
    EXPECT_EQ(loud(2), std::numeric_limits<double>::infinity()) << "three steps ahead: too large for a double";
}

TEST(AutoregressiveError, WhatIsOutOfItsRangeIsRefused) {
    const double infinity = std::numeric_limits<double>::infinity(), not_a_number = double{nan};
    const auto refuse = [](double phi, double variance, const std::string& name) {
        SCOPED_TRACE(testing::Message() << "phi " << phi << ", variance " << variance);
        EXPECT_THAT(probes::autoregressive_error.expect_error<std::invalid_argument>(phi, variance, 3),
                    testing::HasSubstr(name))
            << "the message names " << name;
    };
    for (const double phi : {infinity, -infinity, not_a_number}) refuse(phi, 0.5, "phi");
    for (const double variance : {infinity, -infinity, not_a_number, -0.25, -1e-300}) refuse(0.5, variance, "variance");
    EXPECT_THAT(probes::autoregressive_error.expect_error<std::invalid_argument>(0.5, -37.0, 3),
                testing::HasSubstr("37"))
        << "the message names the value, -37";
}

/// Mean squared error of each step, for one variate.
std::vector<double> squared_errors(const Tensor<3>& forecast, const Tensor<3>& truth, std::size_t v) {
    expect_shape(forecast, {truth.shape(0), truth.shape(1), truth.shape(2)}, "forecast");
    std::vector<double> errors(truth.shape(1));
    for (std::size_t b = 0; b < truth.shape(0); ++b) {
        for (std::size_t h = 0; h < errors.size(); ++h)
            errors[h] +=
                std::pow(double{forecast(b, h, v)} - double{truth(b, h, v)}, 2) / static_cast<double>(truth.shape(0));
    }
    return errors;
}

TEST(RollOut, OfAModelThatKnowsTheTruthErrsAsMuchAsComputed) {
    // 4,000 series: an error's estimate is off by about sqrt(2 / 4000) = 2 % (one standard deviation), so 12 % is far out.
    const std::size_t series = 4000, lookback = 2, horizon = 6;
    Draw draw(609);
    const Tensor<3> noise = draw.uniform<3>({series, lookback + horizon, 2}, std::sqrt(3.0));  // of variance 1
    Tensor<3> past = zeros<3>({series, lookback, 2}), future = zeros<3>({series, horizon, 2});
    for (std::size_t b = 0; b < series; ++b) {
        for (std::size_t v = 0; v < 2; ++v) {
            float x = 0;
            for (std::size_t t = 0; t < lookback + horizon; ++t) {
                x = (v == 0 ? 0.8F : 0.5F) * x + noise(b, t, v);
                (t < lookback ? past(b, t, v) : future(b, t - lookback, v)) = x;
            }
        }
    }
    const Tensor<3> alone = probes::roll_out(NextRowsKind::decaying, past, horizon).forecast;
    const Tensor<3> told = probes::one_step_ahead(NextRowsKind::decaying, past, future).forecast;
    for (std::size_t v = 0; v < 2; ++v) {
        const double phi = v == 0 ? 0.8 : 0.5;
        const std::vector<double> by_itself = squared_errors(alone, future, v), ahead = squared_errors(told, future, v);
        const Tensor<1, double> computed = probes::autoregressive_error(phi, 1, horizon);
        expect_shape(computed, {horizon}, "errors");
        for (std::size_t h = 0; h < horizon; ++h) {
            const std::string where = " of 4,000 series of phi " + testing::PrintToString(phi) + " and variance 1, " +
                                      std::to_string(h + 1) + " steps ahead";
            EXPECT_NEAR(by_itself[h] / computed(h), 1, 0.12)
                << "roll_out's squared error, over the computed one;" << where;
            EXPECT_NEAR(ahead[h], 1, 0.12) << "squared error of the model that is told the truth;" << where;
        }
        metric(v == 0 ? "phi .8: MSE 6 steps ahead, rolled out" : "phi .5: MSE 6 steps ahead, rolled out",
               by_itself[horizon - 1]);
    }
}

}  // namespace
}  // namespace wb
