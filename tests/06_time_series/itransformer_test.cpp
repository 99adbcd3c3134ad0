/// @file
/// Judges exercise 6.11: variates as tokens.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "itransformer_case.hpp"
#include "judge/gradients.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

// On a path from past to answer stand at most some 30 sums (three blocks) of up to 24 terms, each rounded to about 24^.5 * 6e-8 = 3e-7
// of its size; errors that differ in sign grow by the root of their number, to 2e-6 of the largest. Norms may enlarge them. 2e-5
// leaves a factor of 10.
constexpr Tolerance of_model{.absolute = 2e-6, .of_largest = 2e-5};

// Means of up to 6 weights below 1, and rows that are softmaxes in float.
constexpr Tolerance of_maps{.absolute = 1e-6};

using probes::ITransformerAnswer;
using probes::ITransformerQuestion;

Tensor<3> answer_of(const ITransformerQuestion& question) {
    return probes::itransformer(question).out;
}

/// Variate n of the result is variate order[n] of x, for numbers [batch, rows, variates].
template <class Real>
Tensor<3, Real> picked(const Tensor<3, Real>& x, const std::vector<std::size_t>& order) {
    Tensor<3, Real> result(std::array<std::size_t, 3>{x.shape(0), x.shape(1), order.size()});
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t t = 0; t < x.shape(1); ++t) {
            for (std::size_t n = 0; n < order.size(); ++n) result(b, t, n) = x(b, t, order[n]);
        }
    }
    return result;
}

Tensor<3> only_window(const Tensor<3>& x, std::size_t b) {
    Tensor<3> result(std::array<std::size_t, 3>{1, x.shape(1), x.shape(2)});
    std::copy_n(x.data() + b * result.size(), result.size(), result.data());
    return result;
}

TEST(ITransformer, ReadsWholeVariatesAndForecastsThem) {
    for (const Case& c : cases("6.11/model")) {
        const ITransformerQuestion question = itransformer_question(c);
        expect_close(answer_of(question), c, "out", of_model);
        ITransformerQuestion none = question;
        none.past.shape[0] = 0;
        none.past.values.clear();
        expect_shape(answer_of(none), {0, question.options.horizon, question.past.shape[2]},
                     "the answer to no windows");
    }
    const Case golden = grader::one_case("6.11/pytorch/itransformer");
    SCOPED_TRACE("PyTorch's answer, by its own encoder layers");
    expect_close(answer_of(itransformer_question(golden)), golden, "out", of_model);
}

TEST(ITransformer, ShowsTheWeightsOfEveryBlockWhenAsked) {
    for (const std::string family : {"6.11/model", "6.11/dropout"}) {  // the second has no blocks
        for (const Case& c : cases(family)) {
            ITransformerQuestion question = itransformer_question(c);
            const Tensor<3> silent = answer_of(question);
            question.want_weights = true;
            const ITransformerAnswer answer = probes::itransformer(question);
            ASSERT_EQ(answer.weights.size(), question.options.blocks.layers)
                << c.name() << ": one entry a block is due in the list of weights, and nothing from before the call";
            for (std::size_t n = 0; n < answer.weights.size(); ++n)
                expect_close(answer.weights[n], c, "weights." + std::to_string(n), of_maps);
            expect_close(answer.out, silent, c.name() + ": the answer, whether weights are asked for or not", {});
        }
    }
}

TEST(ITransformer, VariatesHaveNeitherOrderNorNumber) {
    for (const Case& c : cases("6.11/model")) {
        ITransformerQuestion question = itransformer_question(c);
        const Tensor<3> past = c.in<3>("past"), out = answer_of(question);
        expect_shape(out, {past.shape(0), question.options.horizon, past.shape(2)}, "the answer");
        std::vector<std::size_t> order;
        for (std::size_t v = past.shape(2); v > 0; --v) order.push_back(v - 1);
        std::rotate(order.begin(), order.begin() + 1, order.end());
        question.past = past_of(picked(past, order));
        expect_close(answer_of(question), picked(out, order),
                     c.name() + ": the answer about variates in another order, and the answer in that order", of_model);
    }
    for (const Case& c : cases("6.11/twenty")) {
        ITransformerQuestion question = itransformer_question(c);
        const Tensor<3> all = answer_of(question);
        expect_close(all, c, "out", of_model);
        question.past = past_of(c.in<3>("first"));
        expect_close(answer_of(question), c, "out_of_first", of_model);
        // Each variate twice: every one listens to each of the two half as much, and hears the same.
        const Tensor<3> past = c.in<3>("past");
        std::vector<std::size_t> twice;
        for (std::size_t v = 0; v < 2 * past.shape(2); ++v) twice.push_back(v / 2);
        question.past = past_of(picked(past, twice));
        expect_close(answer_of(question), picked(all, twice),
                     c.name() + ": the answer about each variate twice, and the answer twice", of_model);
    }
}

TEST(ITransformer, WindowsOfABatchDoNotMeet) {
    for (const Case& c : cases("6.11/model")) {
        ITransformerQuestion question = itransformer_question(c);
        Tensor<3> past = c.in<3>("past");
        const std::size_t batch = past.shape(0);
        const Tensor<3> together = answer_of(question);
        expect_shape(together, {batch, question.options.horizon, past.shape(2)}, "the answer");
        for (std::size_t b = 0; b < batch; ++b) {
            question.past = past_of(only_window(past, b));
            expect_close(answer_of(question), only_window(together, b),
                         c.name() + ": window " + std::to_string(b) + " alone, and in its batch", of_model);
        }
        if (batch == 1) continue;
        past(0, 1, 0) = std::numeric_limits<float>::quiet_NaN();
        question.past = past_of(past);
        const Tensor<3> spoilt = answer_of(question);
        for (std::size_t b = 1; b < batch; ++b)
            expect_close(only_window(spoilt, b), only_window(together, b),
                         c.name() + ": window " + std::to_string(b) + " beside one that holds a NaN", of_model);
    }
}

TEST(ITransformer, GradientsReachEveryParameterAndThePast) {
    for (const Case& c : cases("6.11/model")) {
        ITransformerQuestion question = itransformer_question(c);
        question.options.blocks.dropout = 0;
        question.training = true;
        question.d_out = c.in<3>("d_out");
        ParameterShapes shapes = itransformer_shapes(question.options);
        shapes.push_back({"past", question.past.shape});
        expect_slopes(probes::itransformer(question).gradients, c, read_parameters(c, "direction", shapes));
    }
}

/// Which channels of a token must have been dropped for the answer about variate v of window b: bits; none when no choice explains it.
struct Dropped {
    std::size_t channels = 0;
    double distance = std::numeric_limits<double>::infinity();
};

Dropped dropped_in(const Tensor<3>& out, const Tensor<4, double>& answers, std::size_t b, std::size_t v) {
    Dropped best;
    for (std::size_t way = 0; way < answers.shape(0); ++way) {
        double distance = 0;
        for (std::size_t h = 0; h < out.shape(1); ++h) {
            const double away = std::abs(static_cast<double>(out(b, h, v)) - answers(way, b, h, v));
            distance = std::isnan(away) ? std::numeric_limits<double>::infinity() : std::max(distance, away);
        }
        if (distance < best.distance) best = {way, distance};
    }
    return best;
}

TEST(ITransformer, DropsChannelsOfTokensInTrainingAndOnlyThere) {
    for (const Case& c : cases("6.11/dropout")) {
        ITransformerQuestion question = itransformer_question(c);
        question.options.blocks.dropout = c.number("dropout");
        expect_close(answer_of(question), c, "out", of_model);
        question.training = true;
        const Tensor<4, double> answers = c.expected<4>("answers");
        const std::size_t batch = answers.shape(1), horizon = answers.shape(2), variates = answers.shape(3);
        double dropped = 0;
        for (const std::uint64_t dropout_seed : {1, 2}) {
            question.dropout_seed = dropout_seed;
            const Tensor<3> out = answer_of(question);
            expect_shape(out, {batch, horizon, variates}, "the answer in training");
            for (std::size_t b = 0; b < batch; ++b) {
                for (std::size_t v = 0; v < variates; ++v) {
                    const Dropped found = dropped_in(out, answers, b, v);
                    ASSERT_LT(found.distance, 1e-3)
                        << "window " << b << ", variate " << v << ": a model without blocks in training, whose 4 "
                        << "channels a token are each kept or dropped: none of the 16 ways explains the answer. "
                           "Dropout falls on what the embedding made, before anything else";
                    for (std::size_t bits = found.channels; bits != 0; bits >>= 1) dropped += bits & 1;
                }
            }
        }
        // Of 1,600 channels each with probability .25: .25 +- .011.
        EXPECT_NEAR(dropped / static_cast<double>(2 * batch * variates * 4), c.number("dropout"), 0.08)
            << "the share of the tokens' channels that was dropped in Mode::train";
    }
}

TEST(NormalisedForecast, AsksAboutWindowsInTheirOwnMeasureAndPutsBack) {
    using probes::WindowModelKind;
    for (const Case& c : cases("6.11/normalised")) {
        const Tensor<2> weight = c.in<2>("weight");
        const Tensor<1> bias = c.in<1>("bias");
        const Tensor<3> past = c.in<3>("past");
        const auto ask = [&](const std::optional<Tensor<3>>& d_out) {
            const probes::WindowAnswer answer =
                probes::normalised_forecast(WindowModelKind::linear, weight, bias, past, d_out);
            if (answer.questions.size() != 1)
                stop_test("the model was asked " + std::to_string(answer.questions.size()) + " times, expected 1");
            // Normalised numbers are rounded once, and lie within 5 of 0; sums of up to 24 of them; times the deviation.
            expect_close(answer.questions[0], c, "asked", {.absolute = 1e-6});
            expect_close(answer.out, c, "out", {.of_largest = 1e-6});
            return answer;
        };
        ask({});
        const probes::WindowAnswer answer = ask(c.in<3>("d_out"));
        if (std::all_of(answer.d_bias.begin(), answer.d_bias.end(), [](float slope) { return slope == 0; }))
            stop_test(c.name() + ": no gradient reaches the model. Was its answer read out of the tape?");
        expect_close(answer.d_weight, c, "d_weight", {.of_largest = 1e-5});
        expect_close(answer.d_bias, c, "d_bias", {.of_largest = 1e-5});

        Tensor<3> none(std::array<std::size_t, 3>{past.shape(0), 0, past.shape(2)});
        probes::normalised_forecast.expect_error<ShapeError>(WindowModelKind::linear, zeros<2>({2, 0}), full<1>({2}, 1),
                                                             none, {});
        probes::normalised_forecast.expect_error<ShapeError>(WindowModelKind::lost_window, weight, bias, past, {});
        EXPECT_THAT(probes::normalised_forecast.expect_error<std::out_of_range>(WindowModelKind::refuses, weight, bias,
                                                                                past, {}),
                    testing::HasSubstr("the model has no answer"))
            << "what the model throws goes on to the caller";
    }
}

std::vector<Tensor<4>> maps_of(const Case& c) {
    std::vector<Tensor<4>> weights;
    for (std::size_t n = 0; n < static_cast<std::size_t>(c.number("blocks")); ++n)
        weights.push_back(c.in<4>("weights." + std::to_string(n)));
    return weights;
}

TEST(VariateMap, IsTheMeanOverHeadsAndBlocksOfOneEntry) {
    for (const Case& c : cases("6.11/map")) {
        const Tensor<2> map = probes::variate_map(maps_of(c), static_cast<std::size_t>(c.number("entry")));
        expect_close(map, c, "map", of_maps);
        for (std::size_t i = 0; i < map.shape(0); ++i) {
            double total = 0;
            for (std::size_t j = 0; j < map.shape(1); ++j) total += static_cast<double>(map(i, j));
            EXPECT_NEAR(total, 1, 1e-5) << c.name() << ": row " << i << " does not sum to 1";
        }
    }
    expect_shape(probes::variate_map({zeros<4>({2, 3, 0, 0})}, 1), {0, 0}, "the map of no variates");
    // 1 and many hundredths: a running sum in float loses what 300 blocks of 10 heads add.
    const std::vector<Tensor<4>> many(300, full<4>({1, 10, 2, 2}, 0.1F));
    const Tensor<2> map = probes::variate_map(many, 0);
    expect_shape(map, {2, 2}, "the map of 300 blocks");
    EXPECT_NEAR(map(0, 1), 0.1F, 1e-8) << "the mean of 3,000 weights that are all .1: sum in double";
}

void expect_only_its_look_back() {
    const Case c = cases("6.11/model").front();
    ITransformerQuestion question = itransformer_question(c);
    const std::size_t lookback = question.options.lookback;
    const auto ask = [&](const std::vector<std::size_t>& shape) {
        SCOPED_TRACE("past " + shape_text(shape) + ", a look-back of " + std::to_string(lookback));
        std::size_t size = 1;
        for (const std::size_t extent : shape) size *= extent;
        question.past = {"past", shape, std::vector<float>(size, 0.5F)};
        EXPECT_THAT(probes::itransformer.expect_error<ShapeError>(question),
                    testing::AllOf(testing::HasSubstr("past"), testing::HasSubstr(shape_text(shape)),
                                   testing::HasSubstr(std::to_string(lookback))))
            << "the message names past's shape and the look-back";
    };
    ask({2, lookback + 1, 3});
    ask({2, 0, 3});
    ask({2, 3, lookback});     // [batch, variates, lookback]
    ask({lookback, 3});        // no batch
    ask({1, 2, lookback, 3});  // a batch of batches
}

TEST(ITransformer, WhatDoesNotFitIsRefused) {
    expect_only_its_look_back();
    const std::vector<Tensor<4>> weights(3, full<4>({4, 2, 3, 3}, 1.0F / 3));
    for (const std::size_t entry : {std::size_t{4}, std::size_t{57}, std::numeric_limits<std::size_t>::max()}) {
        EXPECT_THAT(probes::variate_map.expect_error<std::out_of_range>(weights, entry),
                    testing::HasSubstr(std::to_string(entry)))
            << "the message names the entry that is not there, of a batch of 4";
    }
    probes::variate_map.expect_error<std::out_of_range>({zeros<4>({0, 2, 3, 3})}, 0);
    probes::variate_map.expect_error<ShapeError>({}, 0);
    probes::variate_map.expect_error<ShapeError>({zeros<4>({2, 0, 3, 3})}, 0);
    const auto refuses = [&](const Tensor<4>& other) {
        std::vector<Tensor<4>> mixed = weights;
        mixed[2] = other;
        SCOPED_TRACE("block 2 has weights " + shape_text(other) + ", the others [4, 2, 3, 3]");
        EXPECT_THAT(probes::variate_map.expect_error<ShapeError>(mixed, 1), testing::HasSubstr(shape_text(other)))
            << "the message names the shape";
    };
    refuses(full<4>({4, 2, 7, 7}, 0.25F));
    refuses(full<4>({4, 5, 3, 3}, 0.25F));
    refuses(full<4>({2, 2, 3, 3}, 0.25F));
    EXPECT_THAT(probes::variate_map.expect_error<ShapeError>({full<4>({4, 2, 3, 5}, 0.2F)}, 1),
                testing::HasSubstr("[4, 2, 3, 5]"));
}

}  // namespace
}  // namespace wb
