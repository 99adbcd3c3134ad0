/// @file
/// Judges exercise 6.5: what has to be beaten.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "baselines_probes.hpp"
#include "judge/gradients.hpp"
#include "judge/judge.hpp"
#include "judge/weights.hpp"

namespace wb {
namespace {

using probes::AnyTensor;
using probes::ForecasterAnswer;
using probes::ForecasterQuestion;
using probes::StepAnswer;
using probes::StepUse;

// Sums of up to 30 products of a size up to 1: 30 * 6e-8 * a few. An LSTM passes its rounding on from row to row, but its gates
// are at most 1, so that it does not grow.
constexpr Tolerance of_model{.absolute = 1e-5, .of_largest = 2e-6};

// A handful of factors up to 4, whose sigmoids may be off by some 1e-7.
constexpr Tolerance of_step{.absolute = 4e-6};

template <std::size_t N>
AnyTensor numbers_of(const Tensor<N>& tensor) {
    return {{tensor.shape().begin(), tensor.shape().end()}, {tensor.begin(), tensor.end()}};
}

AnyTensor of_zeros(const std::vector<std::size_t>& shape) {
    std::size_t size = 1;
    for (const std::size_t extent : shape) size *= extent;
    return {shape, std::vector<float>(size)};
}

TEST(RepeatLast, WritesEachWindowsLastRowDownOnceMore) {
    for (const Case& c : cases("6.5/last")) {
        SCOPED_TRACE(c.name());
        expect_close(probes::repeat_last(c.in<3>("past"), static_cast<std::size_t>(c.number("horizon"))), c, "out", {});
    }
    expect_shape(probes::repeat_last(full<3>({2, 4, 3}, 1), 0), {2, 0, 3}, "a forecast of no rows");
    expect_shape(probes::repeat_last(full<3>({0, 4, 3}, 1), 5), {0, 5, 3}, "a forecast for no window");
}

TEST(RepeatSeason, WritesEachWindowsLastSeasonDownAgainAndAgain) {
    for (const Case& c : cases("6.5/season")) {
        SCOPED_TRACE(c.name());
        const Tensor<3> out = probes::repeat_season(c.in<3>("past"), static_cast<std::size_t>(c.number("horizon")),
                                                    static_cast<std::size_t>(c.number("period")));
        expect_close(out, c, "out", {});
    }
    Tensor<3> past = zeros<3>({1, 5, 1});
    for (std::size_t t = 0; t < 5; ++t) past(0, t, 0) = static_cast<float>(t);
    const Tensor<3> out = probes::repeat_season(past, 4, 3);
    expect_shape(out, {1, 4, 1}, "the forecast");
    EXPECT_EQ(std::vector<float>(out.begin(), out.end()), (std::vector<float>{2, 3, 4, 2}))
        << "a past of 0 1 2 3 4, a period of 3 and a horizon of 4";
    expect_shape(probes::repeat_season(past, 0, 5), {1, 0, 1}, "a forecast of no rows");
}

/// The question of a model's case.
ForecasterQuestion question_of(const Case& c,
                               const std::vector<std::pair<std::string, std::vector<std::size_t>>>& shapes) {
    ForecasterQuestion question;
    const Tensor<3> past = c.in<3>("past");
    question.past = numbers_of(past);
    question.d_out = c.in<3>("d_out");
    question.lookback = past.shape(1);
    question.variates = past.shape(2);
    question.horizon = static_cast<std::size_t>(c.number("horizon"));
    for (const auto& [name, shape] : shapes) {
        const Tensor<1> values = c.in<1>(name);
        question.parameters.push_back({name, shape, {values.begin(), values.end()}});
    }
    return question;
}

ForecasterQuestion d_linear_question(const Case& c) {
    const std::size_t horizon = static_cast<std::size_t>(c.number("horizon")), lookback = c.in<3>("past").shape(1);
    ForecasterQuestion question = question_of(c, {{"trend.weight", {horizon, lookback}},
                                                  {"trend.bias", {horizon}},
                                                  {"seasonal.weight", {horizon, lookback}},
                                                  {"seasonal.bias", {horizon}}});
    question.window = static_cast<std::size_t>(c.number("window"));
    return question;
}

ForecasterQuestion lstm_question(const Case& c) {
    const std::size_t hidden = static_cast<std::size_t>(c.number("hidden")), variates = c.in<3>("past").shape(2);
    const std::size_t columns = static_cast<std::size_t>(c.number("horizon")) * variates;
    ForecasterQuestion question = question_of(c, {{"input.weight", {4 * hidden, variates}},
                                                  {"input.bias", {4 * hidden}},
                                                  {"recurrent.weight", {4 * hidden, hidden}},
                                                  {"output.weight", {columns, hidden}},
                                                  {"output.bias", {columns}}});
    question.hidden = hidden;
    return question;
}

/// In Mode::infer and with gradients, the same forecast and the same parameters as before.
void expect_forecast(const Probe<ForecasterAnswer(ForecasterQuestion)>& probe, const Case& c,
                     const ForecasterQuestion& question) {
    {
        SCOPED_TRACE("in Mode::infer");
        ForecasterQuestion infer = question;
        infer.d_out.reset();
        expect_close(probe(infer).out, c, "out", of_model);
    }
    const ForecasterAnswer answer = probe(question);
    expect_close(answer.out, c, "out", of_model);
    expect_unchanged(answer.parameters, question.parameters);
}

/// Of "past" and of all parameters.
void expect_gradients(const Probe<ForecasterAnswer(ForecasterQuestion)>& probe, const Case& c,
                      const ForecasterQuestion& question) {
    const ForecasterAnswer answer = probe(question);
    Tensor<3> d_past(c.in<3>("past").shape());
    const std::vector<float>& values = gradient_named(answer.gradients, "past", d_past.size());
    std::copy(values.begin(), values.end(), d_past.begin());
    expect_close(d_past, c, "d_past", of_model);
    for (const NamedWeights& parameter : question.parameters) {
        Tensor<1> gradient(std::array<std::size_t, 1>{parameter.values.size()});
        const std::vector<float>& got = gradient_named(answer.gradients, parameter.name, gradient.size());
        std::copy(got.begin(), got.end(), gradient.begin());
        expect_close(gradient, c, "d_" + parameter.name, of_model);
    }
}

TEST(DLinear, BeginsWithTheMeanOfTheLookBack) {
    ForecasterQuestion question;
    question.lookback = 4;
    question.horizon = 3;
    question.window = 3;
    question.past = {{2, 4, 2}, {1, -1, 2, -2, 6, -3, 7, -4, 10, 0, 10, 0, 20, 0, 20, 8}};
    const ForecasterAnswer answer = probes::d_linear(question);
    ASSERT_EQ(answer.parameters.size(), 4U) << "two matrices and their biases";
    for (const NamedWeights& parameter : answer.parameters) {
        const bool matrix = parameter.shape.size() == 2;
        for (const float value : parameter.values)
            ASSERT_FLOAT_EQ(value, matrix ? 0.25F : 0) << parameter.name << " of a look-back of 4, as it was made";
    }
    expect_shape(answer.out, {2, 3, 2}, "forecast of 3 rows");
    const std::vector<float> means{4, -2.5F, 15, 2};
    for (std::size_t b = 0; b < 2; ++b) {
        for (std::size_t t = 0; t < 3; ++t) {
            for (std::size_t v = 0; v < 2; ++v)
                EXPECT_NEAR(answer.out(b, t, v), means[b * 2 + v], 1e-5)
                    << "window " << b << ", row " << t << ", variate " << v
                    << ": the trend's mean plus the mean of what it leaves is the mean of the look-back";
        }
    }
}

TEST(DLinear, TakesTrendAndSeasonThroughAMatrixEach) {
    for (const Case& c : cases("6.5/d_linear")) {
        SCOPED_TRACE(c.name());
        expect_forecast(probes::d_linear, c, d_linear_question(c));
    }
}

TEST(DLinear, GradientsReachBothMatricesAndThePast) {
    for (const Case& c : cases("6.5/d_linear")) {
        SCOPED_TRACE(c.name());
        expect_gradients(probes::d_linear, c, d_linear_question(c));
    }
}

StepAnswer step(const Case& c, StepUse use) {
    return probes::lstm_step(numbers_of(c.in<2>("gates")), numbers_of(c.in<2>("cell")), c.in<2>("d_out"), use);
}

TEST(LstmStep, GatesDecideWhatIsKeptWrittenAndShown) {
    for (const Case& c : cases("6.5/step")) {
        SCOPED_TRACE(c.name());
        expect_close(step(c, StepUse::infer).out, c, "out", of_step);
        expect_close(step(c, StepUse::shared).out, c, "out", of_step);
    }
    struct FarOut {
        float i, f, g, o, cell, h, next;
        const char* words;
    };
    const float far = 1e4F, shown = std::tanh(2.0F);
    for (const FarOut& one : std::vector<FarOut>{{-far, far, far, far, 2, shown, 2, "kept and shown"},
                                                 {-far, far, far, -far, 2, 0, 2, "kept, and not shown"},
                                                 {far, -far, far, far, 5, std::tanh(1.0F), 1, "written anew"},
                                                 {far, far, -far, far, 3, shown, 2, "both: 3 - 1"},
                                                 {-far, -far, -far, far, 7, 0, 0, "forgotten"},
                                                 {-90, 90, 90, 90, 1e4F, 1, 1e4F, "large, and kept"}}) {
        SCOPED_TRACE(testing::Message() << "gates " << one.i << " " << one.f << " " << one.g << " " << one.o
                                        << ", a cell of " << one.cell << ": " << one.words);
        const StepAnswer answer = probes::lstm_step({{1, 4}, {one.i, one.f, one.g, one.o}}, {{1, 1}, {one.cell}},
                                                    full<2>({1, 2}, 1), StepUse::alone);
        expect_shape(answer.out, {1, 2}, "h' and c'");
        EXPECT_NEAR(answer.out(0, 0), one.h, 1e-6) << "h'";
        EXPECT_NEAR(answer.out(0, 1), one.next, 1e-6) << "c'";
        if (!answer.d_gates) stop_test("no gradient reaches the gates");
        for (const float gradient : *answer.d_gates)
            EXPECT_NEAR(gradient, 0, 1e-6) << "a gate far out lets no gradient through";
    }
}

TEST(LstmForecaster, ReadsRowAfterRowAndSaysAllRowsAtOnce) {
    for (const Case& c : cases("6.5/lstm")) {
        SCOPED_TRACE(c.name());
        expect_forecast(probes::lstm_forecaster, c, lstm_question(c));
    }
}

TEST(Lstm, GradientsReachGatesCellAndParameters) {
    for (const Case& c : cases("6.5/step")) {
        SCOPED_TRACE(c.name());
        for (const StepUse use : {StepUse::alone, StepUse::only_gates, StepUse::only_cell, StepUse::shared}) {
            SCOPED_TRACE(use == StepUse::shared
                             ? "gates and cell are used a second time: add to the gradients that are there"
                         : use == StepUse::only_gates ? "the cell is a constant"
                         : use == StepUse::only_cell  ? "the gates are a constant"
                                                     : "on a tape that was used before: fresh gradients hold anything");
            const StepAnswer answer = step(c, use);
            EXPECT_EQ(answer.d_gates.has_value(), use != StepUse::only_cell) << "whether gates have a gradient";
            EXPECT_EQ(answer.d_cell.has_value(), use != StepUse::only_gates) << "whether the cell has a gradient";
            const float others = use == StepUse::shared ? 1 : 0;  // the driver's own use
            if (answer.d_gates) expect_close(Tensor<2>(*answer.d_gates - others), c, "d_gates", of_step);
            if (answer.d_cell) expect_close(Tensor<2>(*answer.d_cell - others), c, "d_cell", of_step);
        }
    }
    for (const Case& c : cases("6.5/lstm")) {
        SCOPED_TRACE(c.name());
        expect_gradients(probes::lstm_forecaster, c, lstm_question(c));
    }
}

TEST(Baselines, WhatDoesNotFitIsRefused) {
    {
        SCOPED_TRACE("repeat_last of a past [2, 0, 3], which has no row");
        probes::repeat_last.expect_error<ShapeError>(zeros<3>({2, 0, 3}), 4);
    }
    for (const std::size_t period : {0, 25}) {
        SCOPED_TRACE("repeat_season of a past [2, 24, 3] and a period of " + std::to_string(period));
        const std::string message =
            probes::repeat_season.expect_error<std::invalid_argument>(zeros<3>({2, 24, 3}), 4, period);
        EXPECT_THAT(message, testing::AllOf(testing::HasSubstr(std::to_string(period)), testing::HasSubstr("24")))
            << "the message names the period and the look-back of 24";
    }
    for (const auto& shape :
         std::vector<std::vector<std::size_t>>{{2, 7, 3}, {2, 9, 3}, {2, 3, 8}, {2, 8}, {2, 8, 3, 1}}) {
        SCOPED_TRACE("DLinear for a look-back of 8, a past of shape " + testing::PrintToString(shape));
        ForecasterQuestion question{.lookback = 8, .horizon = 2, .window = 3, .past = of_zeros(shape)};
        probes::d_linear.expect_error<ShapeError>(question);
    }
    const ForecasterQuestion even{.lookback = 8, .horizon = 2, .window = 24, .past = of_zeros({2, 8, 3})};
    EXPECT_THAT(probes::d_linear.expect_error<std::invalid_argument>(even), testing::HasSubstr("24"))
        << "DLinear with a window of 24, which has no middle";
    for (const auto& [gates, cell] : std::vector<std::pair<std::vector<std::size_t>, std::vector<std::size_t>>>{
             {{2, 12}, {2, 4}}, {{2, 3}, {2, 3}}, {{3, 12}, {2, 3}}, {{12}, {3}}, {{2, 1, 12}, {2, 1, 3}}}) {
        SCOPED_TRACE("gates of shape " + testing::PrintToString(gates) + ", cell " + testing::PrintToString(cell));
        const std::string message = probes::lstm_step.expect_error<ShapeError>(of_zeros(gates), of_zeros(cell),
                                                                               zeros<2>({2, 6}), StepUse::infer);
        EXPECT_THAT(message,
                    testing::AllOf(testing::HasSubstr(shape_text(gates)), testing::HasSubstr(shape_text(cell))))
            << "the message names both shapes";
    }
    for (const auto& shape :
         std::vector<std::vector<std::size_t>>{{2, 8, 4}, {2, 8, 2}, {2, 0, 3}, {8, 3}, {2, 8, 3, 1}}) {
        SCOPED_TRACE("LstmForecaster of 3 variates, a past of shape " + testing::PrintToString(shape));
        const ForecasterQuestion question{.horizon = 2, .variates = 3, .hidden = 5, .past = of_zeros(shape)};
        probes::lstm_forecaster.expect_error<ShapeError>(question);
    }
}

}  // namespace
}  // namespace wb
