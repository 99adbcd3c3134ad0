/// @file
/// Judges exercise 6.3: when is a row?
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "judge/gradients.hpp"
#include "judge/judge.hpp"
#include "time_encodings_case.hpp"

namespace wb {
namespace {

// One division and one rounding to float of numbers up to 1 (half an epsilon is 6e-8); in float all the way it is three roundings.
constexpr Tolerance of_numbers{.absolute = 1e-6};

// Sums of up to 11 products of up to 3 numbers' size, in float: each rounds to 1.2e-7 of its size.
constexpr Tolerance of_tokens{.absolute = 1e-5, .of_largest = 1e-6};

TEST(CalendarFeatures, AreTheHourAndThePlacesInWeekMonthAndYear) {
    for (const Case& c : cases("6.3/calendar"))
        expect_close(probes::calendar_features(times_of(c)), c, "features", of_numbers);
}

TEST(CalendarFeatures, GoFromMinusAHalfToAHalf) {
    const Timestamp first{2001, 1, 1, 0, 0, 0, 1}, last{2000, 12, 31, 23, 59, 6, 366};
    const Tensor<2> ends = probes::calendar_features({first, last});
    expect_shape(ends, {2, 4}, "features of two times");
    const std::vector<std::string> columns{"hour", "weekday", "day of the month", "day of the year"};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(ends(0, i), -0.5, 1e-6) << columns[i] << " of 2001-01-01 00:00, a Monday: the first of its kind";
        EXPECT_NEAR(ends(1, i), 0.5, 1e-6) << columns[i] << " of 2000-12-31 23:59, a Sunday: the last of its kind";
    }
    expect_shape(probes::calendar_features({}), {0, 4}, "features of no times");
}

TEST(CyclicFeatures, AreSinesAndCosinesOfTheAngleAndItsMultiples) {
    for (const Case& c : cases("6.3/circle")) {
        const Tensor<1, double> values = c.in<1, double>("values");
        expect_close(probes::cyclic_features({values.begin(), values.end()}, c.number("period"),
                                             static_cast<std::size_t>(c.number("harmonics"))),
                     c, "features", of_numbers);
    }
    expect_shape(probes::cyclic_features({}, 24, 3), {0, 6}, "3 harmonics of no values");
    expect_shape(probes::cyclic_features({1, 2}, 24, 0), {2, 0}, "no harmonics of 2 values");
}

/// Both rows of the answer to {value, other} lie at the same places of the circles.
void expect_same_place(double value, double other, double period, const std::string& why) {
    const std::size_t harmonics = 4;
    const Tensor<2> got = probes::cyclic_features({value, other}, period, harmonics);
    expect_shape(got, {2, 2 * harmonics}, "4 harmonics of 2 values");
    for (std::size_t i = 0; i < 2 * harmonics; ++i) {
        EXPECT_NEAR(got(1, i), got(0, i), 1e-6)
            << why << ": with a period of " << period << ", " << testing::PrintToString(other)
            << " has another number in column " << i << " than " << value << " (expected), which is at the same place";
    }
}

TEST(CyclicFeatures, AValueKeepsItsPlaceHoweverManyPeriodsLater) {
    for (const double value : {0.0, 5.0, 12.0, 23.25}) expect_same_place(value, value + 24, 24, "one period later");
    expect_same_place(5, -19, 24, "one period before");
    expect_same_place(0.75, 7.0, 6.25, "a period that is no whole number");
    const Tensor<2> got = probes::cyclic_features({0, 6, 12, 18}, 24, 1);
    expect_shape(got, {4, 2}, "one harmonic of 4 values");
    const std::vector<double> sines{0, 1, 0, -1}, cosines{1, 0, -1, 0};
    for (std::size_t n = 0; n < 4; ++n) {
        EXPECT_NEAR(got(n, 0), sines[n], 1e-6) << "sin at hour " << 6 * n << " of 24";
        EXPECT_NEAR(got(n, 1), cosines[n], 1e-6) << "cos at hour " << 6 * n << " of 24";
    }
    expect_same_place(5, 5 + 24e6, 24, "a million periods later: float has no digits left for the hour");
    expect_same_place(5, 5 + 24e12, 24,
                      "10^12 periods later: even in double, the rounding of 2 pi value / period is then larger than "
                      "1e-6. std::remainder(value, period) takes whole periods off without rounding");
    expect_same_place(7, 7 - 25e12, 25, "10^12 periods before");
    expect_same_place(0, std::ldexp(3, 900), 24, "3 * 2^900 hours, which is 2^897 days: no whole number holds that");
}

TEST(CyclicFeatures, WhatHasNoPlaceOnACircleIsRefused) {
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    for (const double period : {0.0, -24.0, nan, infinity, -infinity}) {
        SCOPED_TRACE("a period of " + std::to_string(period));
        probes::cyclic_features.expect_error<std::invalid_argument>({1, 2}, period, 2);
        probes::cyclic_features.expect_error<std::invalid_argument>({}, period, 2);
    }
    for (const double value : {nan, infinity, -infinity}) {
        SCOPED_TRACE("value 17 of 19 is " + std::to_string(value));
        std::vector<double> values(19, 0.5);
        values[17] = value;
        EXPECT_THAT(probes::cyclic_features.expect_error<std::invalid_argument>(values, 24, 2),
                    testing::HasSubstr("17"))
            << "the message names the place of the value, 17";
    }
}

TEST(TimeEmbedding, AddsValuesPositionsAndCalendar) {
    for (const Case& c : cases("6.3/tokens")) {
        expect_close(probes::time_embedding(token_question_of(c, false)).tokens, c, "tokens", of_tokens);
        expect_close(probes::time_embedding(token_question_of(c, true)).tokens, c, "tokens", of_tokens);
        probes::TokenQuestion none = token_question_of(c, false);
        for (NamedWeights* rows : {&none.x, &none.calendar}) {
            rows->shape[1] = 0;
            rows->values.clear();
        }
        expect_shape(probes::time_embedding(none).tokens, {none.x.shape[0], 0, none.d_model}, "tokens of no rows");
    }
}

TEST(TimeEmbedding, PlacesGoOnFromTheFirst) {
    for (const Case& c : cases("6.3/later"))
        expect_close(probes::time_embedding(token_question_of(c, false)).tokens, c, "tokens", of_tokens);
}

/// A gradient by name, in the shape of what it is of.
template <std::size_t N>
void expect_gradient(const probes::TokenAnswer& answer, const Case& c, const std::string& name) {
    Tensor<N> gradient(c.in<N>(name).shape());
    const std::vector<float>& values = gradient_named(answer.gradients, name, gradient.size());
    std::copy(values.begin(), values.end(), gradient.begin());
    expect_close(gradient, c, "d_" + name, of_tokens);
}

TEST(TimeEmbedding, GradientsReachBothLayersAndWhatTheyRead) {
    for (const std::string family : {"6.3/tokens", "6.3/later"}) {
        for (const Case& c : cases(family)) {
            const probes::TokenAnswer answer = probes::time_embedding(token_question_of(c, true));
            expect_gradient<2>(answer, c, "value.weight");
            expect_gradient<1>(answer, c, "value.bias");
            expect_gradient<2>(answer, c, "calendar.weight");
            expect_gradient<3>(answer, c, "x");
            expect_gradient<3>(answer, c, "features");
        }
    }
}

TEST(TimeEmbedding, RowsThatDoNotFitAreErrors) {
    const std::size_t variates = 3, features = 2, d_model = 6;
    probes::TokenQuestion right{variates, features, d_model, {}, {}, {}, 0, {}};
    right.parameters = {numbers_of("value.weight", full<2>({d_model, variates}, 1)),
                        numbers_of("value.bias", full<1>({d_model}, 1)),
                        numbers_of("calendar.weight", full<2>({d_model, features}, 1))};
    const auto ask = [&](const NamedWeights& x, const NamedWeights& calendar) {
        SCOPED_TRACE("x " + shape_text(x.shape) + ", features " + shape_text(calendar.shape));
        probes::TokenQuestion question = right;
        question.x = x;
        question.calendar = calendar;
        const std::string message = probes::time_embedding.expect_error<ShapeError>(question);
        EXPECT_THAT(message, testing::AllOf(testing::HasSubstr(shape_text(x.shape)),
                                            testing::HasSubstr(shape_text(calendar.shape))))
            << "the message names the shapes of x and of features";
    };
    const auto numbers = [](const auto& tensor) { return numbers_of("", tensor); };
    ask(numbers(full<3>({4, 5, variates}, 1)), numbers(full<3>({4, 7, features}, 1)));
    ask(numbers(full<3>({4, 5, variates}, 1)), numbers(full<3>({8, 5, features}, 1)));
    ask(numbers(full<3>({4, 5, variates}, 1)), numbers(full<2>({5, features}, 1)));
    ask(numbers(full<2>({5, variates}, 1)), numbers(full<2>({5, features}, 1)));
    ask(numbers(full<4>({1, 4, 5, variates}, 1)), numbers(full<3>({4, 5, features}, 1)));
}

}  // namespace
}  // namespace wb
