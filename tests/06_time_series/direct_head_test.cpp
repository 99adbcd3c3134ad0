/// @file
/// Judges exercise 6.8: everything in one vector.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "direct_head_case.hpp"
#include "judge/gradients.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

using probes::DirectQuestion;

// A mean of up to 96 numbers up to 2: 96 roundings of a sum up to 20, each 6e-8 of it, of errors that differ in sign, over 96.
constexpr Tolerance of_means{.absolute = 1e-6};

// On a path from past to answer stand some 25 sums (three blocks) of up to 54 terms, each rounded to about 54^.5 * 6e-8 = 4e-7 of its size;
// errors that differ in sign grow by the root of their number, to 2e-6 of the largest. Norms may enlarge them. 2e-5 leaves a factor of 10.
constexpr Tolerance of_model{.absolute = 2e-6, .of_largest = 2e-5};

constexpr std::array poolings{Pooling::last, Pooling::average, Pooling::flatten};

Tensor<2> pooled(const Tensor<3>& tokens, Pooling pooling) {
    return probes::pool_tokens(numbers_of("tokens", tokens), pooling, {}).pooled;
}

void expect_pooled(const Case& c, Pooling pooling) {
    expect_close(pooled(c.in<3>("tokens"), pooling), c, std::string("pooled.") + name_of(pooling),
                 pooling == Pooling::average ? of_means : Tolerance{});
}

/// The first window of two, whose middle token is NaN.
Tensor<3> with_a_nan() {
    Tensor<3> tokens = full<3>({2, 3, 2}, 1);
    for (std::size_t n = 0; n < tokens.size(); ++n) tokens.data()[n] = static_cast<float>(n);
    tokens(0, 1, 0) = std::numeric_limits<float>::quiet_NaN();
    return tokens;
}

TEST(PoolTokens, LastIsTheNewestRowsTokenAndNothingElse) {
    for (const Case& c : cases("6.8/pool")) expect_pooled(c, Pooling::last);
    expect_close(pooled(with_a_nan(), Pooling::last), Tensor<2>{{4, 5}, {10, 11}},
                 "the last of three tokens, of which another holds a NaN", {});
    expect_shape(pooled(zeros<3>({0, 3, 2}), Pooling::last), {0, 2}, "the vectors of no windows");
}

TEST(PoolTokens, MeanCountsEveryTokenAlikeInAnyOrder) {
    for (const Case& c : cases("6.8/pool")) {
        expect_pooled(c, Pooling::average);
        Tensor<3> tokens = c.in<3>("tokens"), turned = tokens;
        const std::size_t count = tokens.shape(1);
        for (std::size_t b = 0; b < tokens.shape(0); ++b) {
            for (std::size_t t = 0; t < count; ++t) {
                for (std::size_t d = 0; d < tokens.shape(2); ++d) turned(b, t, d) = tokens(b, count - 1 - t, d);
            }
        }
        expect_close(pooled(turned, Pooling::average), pooled(tokens, Pooling::average),
                     c.name() + ": the mean of the same tokens in another order", of_means);
    }
    expect_shape(pooled(zeros<3>({0, 3, 2}), Pooling::average), {0, 2}, "the vectors of no windows");
}

TEST(PoolTokens, FlattenLaysTokenBehindToken) {
    for (const Case& c : cases("6.8/pool")) expect_pooled(c, Pooling::flatten);
    const Tensor<2> flat = pooled(with_a_nan(), Pooling::flatten);
    expect_shape(flat, {2, 6}, "three tokens of two numbers");
    for (std::size_t n = 0; n < flat.size(); ++n) {
        if (n == 2)
            EXPECT_TRUE(std::isnan(flat.data()[n])) << "number 2 is the NaN of token 1";
        else
            EXPECT_EQ(flat.data()[n], static_cast<float>(n)) << "numbers are laid side by side, and none is changed";
    }
    expect_shape(pooled(zeros<3>({0, 3, 2}), Pooling::flatten), {0, 6}, "the vectors of no windows");
}

TEST(PoolTokens, TheGradientReachesWhatWasRead) {
    for (const Case& c : cases("6.8/pool")) {
        const NamedWeights tokens = numbers_of("tokens", c.in<3>("tokens"));
        for (const Pooling pooling : poolings) {
            const std::string name = name_of(pooling);
            SCOPED_TRACE("sum(pooled * d_pooled) + sum(tokens), pooling " + name);
            const auto answer = probes::pool_tokens(tokens, pooling, c.in<2>("d_pooled." + name));
            if (!answer.d_tokens) stop_test("no gradient came back");
            // Numbers up to 1, divided and added to 1: each rounded once.
            expect_close(*answer.d_tokens, c, "d_tokens." + name, {.absolute = 1e-6});
        }
    }
}

/// What a head reads and has.
struct Size {
    DirectOptions options;
    std::size_t pooled, parameters;
};

TEST(HeadParameters, CountWhatIsReadAndSaidAndEveryBias) {
    const BlockOptions of_128 = {}, of_6{.d_model = 6, .heads = 2, .layers = 1, .d_ff = 40};
    for (const Size& size : std::vector<Size>{
             {{96, 96, 7, 4, Pooling::last, of_128}, 128, 86'688},
             {{96, 96, 7, 4, Pooling::average, of_128}, 128, 86'688},
             {{96, 96, 7, 4, Pooling::flatten, of_128}, 12'288, 8'258'208},
             {{96, 720, 7, 4, Pooling::last, of_128}, 128, 650'160},
             {{336, 96, 7, 4, Pooling::last, of_128}, 128, 86'688},  // a longer past costs the flattened head only
             {{336, 96, 7, 4, Pooling::flatten, of_128}, 43'008, 28'902'048},
             {{96, 96, 862, 4, Pooling::average, of_128}, 128, 10'675'008},
             {{5, 3, 2, 9, Pooling::last, of_6}, 6, 42},
             {{5, 3, 2, 9, Pooling::average, of_6}, 6, 42},
             {{5, 3, 2, 9, Pooling::flatten, of_6}, 30, 186},
             {{1, 1, 1, 1, Pooling::flatten, of_6}, 6, 7},
         }) {
        const DirectOptions& options = size.options;
        SCOPED_TRACE(testing::Message() << "look-back " << options.lookback << ", horizon " << options.horizon << ", "
                                        << options.variates << " variates, d_model " << options.blocks.d_model
                                        << ", pooling " << name_of(options.pooling));
        EXPECT_EQ(probes::pooled_size(options), size.pooled) << "numbers in the vector";
        const std::size_t said = options.horizon * options.variates, got = probes::head_parameters(options);
        EXPECT_EQ(got, size.parameters) << "weights and biases of the head"
                                        << (got == said * size.pooled ? ". These are the weights alone" : "")
                                        << (got == options.horizon * (size.pooled + 1) && options.variates > 1
                                                ? ". This is a head that says one variate"
                                                : "");
    }
}

Tensor<3> answer_of(const DirectQuestion& question) {
    return probes::direct_forecaster(question).out;
}

TEST(DirectForecaster, SaysTheWholeHorizonRowByRow) {
    for (const Case& c : cases("6.8/model")) {
        DirectQuestion question = direct_question(c);
        expect_close(answer_of(question), c, "out", of_model);
        for (NamedWeights* numbers : {&question.past, &question.calendar}) {
            numbers->shape[0] = 0;
            numbers->values.clear();
        }
        expect_shape(answer_of(question), {0, question.options.horizon, question.options.variates},
                     "the answer to no windows");
    }
}

TEST(DirectForecaster, GradientsReachEveryParameterPastAndCalendar) {
    for (const Case& c : cases("6.8/model")) {
        DirectQuestion question = direct_question(c);
        question.options.blocks.dropout = 0;
        question.training = true;
        question.d_out = c.in<3>("d_out");
        ParameterShapes shapes = direct_shapes(c);
        shapes.push_back({"past", question.past.shape});
        shapes.push_back({"calendar", question.calendar.shape});
        expect_slopes(probes::direct_forecaster(question).gradients, c, read_parameters(c, "direction", shapes));
    }
}

/// Window b alone.
template <std::size_t N>
Tensor<N> only_window(const Tensor<N>& x, std::size_t b) {
    typename Tensor<N>::shape_type shape = x.shape();
    shape[0] = 1;
    Tensor<N> result(shape);
    std::copy_n(x.data() + b * result.size(), result.size(), result.data());
    return result;
}

TEST(DirectForecaster, WindowsOfABatchDoNotMeet) {
    for (const Case& c : cases("6.8/model")) {
        DirectQuestion question = direct_question(c);
        Tensor<3> past = c.in<3>("past");
        const Tensor<3> calendar = c.in<3>("calendar"), together = answer_of(question);
        const std::size_t batch = past.shape(0);
        expect_shape(together, {batch, question.options.horizon, question.options.variates}, "the answer");
        past(0, 1, 0) = std::numeric_limits<float>::quiet_NaN();
        question.past = numbers_of("past", past);
        const Tensor<3> spoilt = answer_of(question);
        for (std::size_t b = 1; b < batch; ++b) {
            expect_close(only_window(spoilt, b), only_window(together, b),
                         c.name() + ": window " + std::to_string(b) + " beside one that holds a NaN", of_model);
            question.past = numbers_of("past", only_window(past, b));
            question.calendar = numbers_of("calendar", only_window(calendar, b));
            expect_close(answer_of(question), only_window(together, b),
                         c.name() + ": window " + std::to_string(b) + " alone, and in its batch", of_model);
        }
    }
}

/// A model without blocks whose tokens are 2 + the positions, and whose head says each number of the vector by itself.
/// @param width  of the vector
DirectQuestion vector_by_vector(Pooling pooling, std::size_t lookback, std::size_t width) {
    DirectQuestion question;
    const std::size_t batch = 60, d_model = 4;
    question.options = {lookback, width, 1, 2, pooling, {.d_model = d_model, .heads = 2, .layers = 0, .d_ff = 3}};
    question.options.blocks.dropout = 0.25;
    for (const auto& [name, shape] : direct_shapes(question.options, width)) {
        const std::size_t size = shape.size() == 1 ? shape[0] : shape[0] * shape[1];
        question.parameters.push_back({name, shape, std::vector<float>(size)});
        std::vector<float>& values = question.parameters.back().values;
        if (name == "embedding.value.bias") std::fill(values.begin(), values.end(), 2.0F);
        for (std::size_t n = 0; n < size && name == "head.weight"; n += width + 1) values[n] = 1;
    }
    question.past = numbers_of("past", full<3>({batch, lookback, 1}, 5));
    question.calendar = numbers_of("calendar", full<3>({batch, lookback, 2}, 3));
    return question;
}

/// Number c of token t: 2 + sin or cos of t / 10000^(2 i / 4).
double token(std::size_t t, std::size_t c) {
    const double angle = static_cast<double>(t) * (c < 2 ? 1 : 0.01);
    return 2 + (c % 2 == 0 ? std::sin(angle) : std::cos(angle));
}

/// Which of the tokens must have been dropped so that channel c of their mean is `got`: bits. Ends the test when no choice explains it.
std::size_t dropped_from_mean(double got, std::size_t tokens, std::size_t c) {
    for (std::size_t way = 0; way < std::size_t{1} << tokens; ++way) {
        double sum = 0;
        for (std::size_t t = 0; t < tokens; ++t) sum += (way >> t & 1) != 0 ? 0 : token(t, c) / 0.75;
        if (std::abs(got - sum / static_cast<double>(tokens)) < 1e-4) return way;
    }
    stop_test("channel " + std::to_string(c) + " of a mean of " + std::to_string(tokens) +
              " tokens in training, each kept or dropped, is " + std::to_string(got) +
              ": no choice of them explains that. Dropout of .25 falls on the tokens, places included, before they are "
              "pooled");
}

TEST(DirectForecaster, DropsNumbersOfTokensInTrainingAndOnlyThere) {
    const std::size_t tokens = 3;
    for (const Pooling pooling : poolings) {
        SCOPED_TRACE(std::string("tokens that are 2 and their places, a model without blocks, pooling ") +
                     name_of(pooling));
        const std::size_t width = pooling == Pooling::flatten ? 4 * tokens : 4;
        DirectQuestion question = vector_by_vector(pooling, tokens, width);
        const Tensor<3> calm = answer_of(question);
        question.training = true;
        question.dropout_seed = 68;
        const Tensor<3> out = answer_of(question);
        expect_shape(calm, {60, width, 1}, "the answer");
        expect_shape(out, {60, width, 1}, "the answer in training");
        double dropped = 0, of = 0, apart = 0;
        for (std::size_t n = 0; n < out.size(); ++n) {
            const std::size_t place = n % width, c = place % 4;
            const double got = static_cast<double>(out.data()[n]);
            if (pooling == Pooling::average) {
                const double whole = (token(0, c) + token(1, c) + token(2, c)) / 3;
                ASSERT_NEAR(calm.data()[n], whole, 1e-5) << "outside of training nothing is dropped";
                const std::size_t way = dropped_from_mean(got, tokens, c);
                for (std::size_t t = 0; t < tokens; ++t) dropped += way >> t & 1;
                of += tokens;
                apart += way != 0 && way + 1 != std::size_t{1} << tokens ? 1 : 0;
                continue;
            }
            const double whole = token(pooling == Pooling::last ? tokens - 1 : place / 4, c);
            ASSERT_NEAR(calm.data()[n], whole, 1e-5) << "outside of training nothing is dropped";
            ASSERT_TRUE(std::abs(got) < 1e-5 || std::abs(got - whole / 0.75) < 1e-4)
                << got << ": a number that is " << whole << " becomes 0 or " << whole / 0.75
                << " under a dropout of .25, its place included";
            dropped += got < 1e-3 ? 1 : 0;
            ++of;
        }
        // At least 240 numbers, each with probability .25: .25 +- .028.
        EXPECT_NEAR(dropped / of, 0.25, 0.15) << "the share that is dropped";
        if (pooling == Pooling::average) {
            EXPECT_GT(apart, 0)
                << "tokens are dropped one by one; here all of a channel were, or none: after the pooling?";
        }
    }
}

void expect_refused(const Case& c, const NamedWeights& past, const NamedWeights& calendar) {
    DirectQuestion question = direct_question(c);
    question.past = past;
    question.calendar = calendar;
    SCOPED_TRACE(c.name() + ": past " + shape_text(past.shape) + ", calendar " + shape_text(calendar.shape));
    EXPECT_THAT(
        probes::direct_forecaster.expect_error<ShapeError>(question),
        testing::AllOf(testing::HasSubstr(shape_text(past.shape)), testing::HasSubstr(shape_text(calendar.shape))))
        << "the message names both shapes";
}

NamedWeights of_shape(const std::string& name, const std::vector<std::size_t>& shape) {
    std::size_t size = 1;
    for (const std::size_t extent : shape) size *= extent;
    return {name, shape, std::vector<float>(size, 0.5F)};
}

TEST(DirectForecaster, WhatDoesNotFitIsRefused) {
    for (const Case& c : cases("6.8/model")) {
        const DirectOptions options = direct_options(c);
        const std::size_t rows = options.lookback, variates = options.variates, features = options.features;
        const auto refuse = [&](const std::vector<std::size_t>& past, const std::vector<std::size_t>& calendar) {
            expect_refused(c, of_shape("past", past), of_shape("calendar", calendar));
        };
        refuse({2, rows + 1, variates}, {2, rows + 1, features});  // another look-back
        refuse({2, rows - 1, variates}, {2, rows - 1, features});
        refuse({2, rows, variates + 1}, {2, rows, features});
        refuse({2, rows, variates}, {2, rows, features + 1});
        refuse({2, rows, variates}, {2, rows + options.horizon, features});  // the future's calendar as well
        refuse({2, rows, variates}, {1, rows, features});
        refuse({rows, variates}, {2, rows, features});
        refuse({2, rows, variates}, {rows, features});
        refuse({2, 1, rows, variates}, {2, rows, features});
    }
    for (const Pooling pooling : poolings) {
        for (const std::vector<std::size_t>& shape :
             std::vector<std::vector<std::size_t>>{{2, 0, 4}, {3, 4}, {2, 1, 3, 4}, {7}}) {
            SCOPED_TRACE(std::string("pooling ") + name_of(pooling));
            EXPECT_THAT(probes::pool_tokens.expect_error<ShapeError>(of_shape("tokens", shape), pooling, {}),
                        testing::HasSubstr(shape_text(shape)))
                << "the message names the tokens' shape";
        }
    }
}

}  // namespace
}  // namespace wb
