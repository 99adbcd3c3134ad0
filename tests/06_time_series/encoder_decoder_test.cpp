/// @file
/// Judges exercise 6.7: the whole horizon at once.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "encoder_decoder_case.hpp"
#include "judge/gradients.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

// On a path from past to answer stand at most some 60 sums (an encoder's block and three of the decoder) of up to 12 terms, each rounded
// to about 12^.5 * 6e-8 = 2e-7 of its size; errors that differ in sign grow by the root of their number, to 2e-6 of the largest. Norms
// may enlarge them. 2e-5 leaves a factor of 10.
constexpr Tolerance of_model{.absolute = 2e-6, .of_largest = 2e-5};

// Softmaxes in float, of scores up to 10 that are good to 1e-6.
constexpr Tolerance of_weights{.absolute = 2e-5};

using probes::DecoderAnswer;
using probes::DecoderQuestion;

std::size_t count(const Case& c, const char* key) {
    return static_cast<std::size_t>(c.number(key));
}

Tensor<3> forecast_of(const DecoderQuestion& question) {
    const Tensor<3> out = probes::encoder_decoder(question).out;
    expect_shape(out, {question.first.shape.at(0), question.options.horizon, question.options.variates}, "the answer");
    return out;
}

Tensor<3> only_window(const Tensor<3>& x, std::size_t b) {
    Tensor<3> result(std::array<std::size_t, 3>{1, x.shape(1), x.shape(2)});
    std::copy_n(x.data() + b * result.size(), result.size(), result.data());
    return result;
}

TEST(DecoderInput, IsTheLastLabelRowsAndThenEmptyOnes) {
    for (const Case& c : cases("6.7/input")) {
        const Tensor<3> past = c.in<3>("past");
        const std::size_t label = count(c, "label"), horizon = count(c, "horizon");
        expect_close(probes::decoder_input(numbers_of("past", past), label, horizon, {}).out, c, "out", {});
    }
}

TEST(DecoderInput, TheGradientReachesTheRowsThatWereTaken) {
    for (const Case& c : cases("6.7/input")) {
        const Tensor<3> past = c.in<3>("past"), d_out = c.in<3>("d_out");
        const auto answer =
            probes::decoder_input(numbers_of("past", past), count(c, "label"), count(c, "horizon"), d_out);
        Tensor<3> d_past = zeros<3>({past.shape(0), past.shape(1), past.shape(2)});
        // Where no row was taken nothing needs to lead back to past.
        if (!answer.d_past.values.empty() || count(c, "label") > 0) {
            const ModelWeights gradients{answer.d_past};
            const std::vector<float>& values = gradient_named(gradients, "past", past.size());
            std::copy(values.begin(), values.end(), d_past.begin());
        }
        expect_close(d_past, c, "d_past", {});
    }
}

TEST(DecoderBlock, LooksRoundAsksTheMemoryAndThinks) {
    for (const Case& c : cases("6.7/block")) {
        DecoderQuestion question = decoder_block_question(c);
        const Tensor<3> silent = probes::decoder_block(question).out;
        expect_close(silent, c, "out", of_model);
        question.want_weights = true;
        const DecoderAnswer answer = probes::decoder_block(question);
        expect_close(answer.weights, c, "weights", of_weights);
        expect_close(answer.out, silent, c.name() + ": the answer, whether weights are asked for or not", {});
    }
}

TEST(DecoderBlock, GradientsReachEveryParameterAndBothInputs) {
    for (const Case& c : cases("6.7/block")) {
        DecoderQuestion question = decoder_block_question(c);
        question.options.blocks.dropout = 0;
        question.training = true;
        question.d_out = c.in<3>("d_out");
        ParameterShapes shapes = decoder_block_shapes(question.options.blocks);
        shapes.push_back({"x", question.first.shape});
        shapes.push_back({"memory", question.second.shape});
        expect_slopes(probes::decoder_block(question).gradients, c, read_parameters(c, "direction", shapes));
    }
}

/// Ends the test when an answer in training is the one in Mode::infer.
template <std::size_t N>
void expect_another(const Tensor<N>& in_training, const Tensor<N>& still, const std::string& what) {
    if (in_training.shape() == still.shape() && std::equal(still.begin(), still.end(), in_training.begin()))
        stop_test(what + ": the answer is the one without training, so nothing was dropped");
}

/// Dropped channels of rows that are explained by one of answers [2^channels, batch, rows, width], in which way m lacks the channels of m's bits.
/// Ends the test when a row is not explained by any.
std::size_t dropped_channels(const Tensor<3>& out, const Tensor<4, double>& answers, const std::string& what) {
    const std::size_t ways = answers.shape(0), width = answers.shape(3);
    expect_shape(out, {answers.shape(1), answers.shape(2), width}, "the answer in training");
    std::size_t dropped = 0;
    for (std::size_t row = 0; row < out.shape(0) * out.shape(1); ++row) {
        std::size_t best = 0;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t way = 0; way < ways; ++way) {
            double distance = 0;
            for (std::size_t i = 0; i < width; ++i) {
                const double away = std::abs(static_cast<double>(out.data()[row * width + i]) -
                                             answers.data()[way * out.size() + row * width + i]);
                distance = std::isnan(away) ? std::numeric_limits<double>::infinity() : std::max(distance, away);
            }
            if (distance < least) {
                least = distance;
                best = way;
            }
        }
        if (!(least < 1e-3))
            stop_test("window " + std::to_string(row / out.shape(1)) + ", row " + std::to_string(row % out.shape(1)) +
                      ": " + what + ", of 4 channels that are each kept or dropped: none of the " +
                      std::to_string(ways) + " ways explains the answer");
        for (std::size_t bits = best; bits != 0; bits >>= 1) dropped += bits & 1;
    }
    return dropped;
}

TEST(DecoderBlock, DropsWhatEachSublayerAddsInTrainingAndOnlyThere) {
    for (const Case& c : cases("6.7/block_dropout")) {
        DecoderQuestion question = decoder_block_question(c);
        question.options.blocks.dropout = c.number("dropout");
        const std::string what = "a block in training, in which only " + c.text("adds") + " adds anything";
        const Tensor<3> still = probes::decoder_block(question).out;
        expect_close(still, c, "out", of_model);
        question.training = true;
        const Tensor<4, double> answers = c.expected<4>("answers");
        std::size_t dropped = 0;
        for (question.dropout_seed = 1; question.dropout_seed <= 4; ++question.dropout_seed) {
            const Tensor<3> out = probes::decoder_block(question).out;
            expect_another(out, still, what);
            dropped += dropped_channels(out, answers, what);
        }
        // Of 4 times 160 channels each with probability .25: .25 +- .017.
        EXPECT_NEAR(static_cast<double>(dropped) / 640, c.number("dropout"), 0.11)
            << c.name() << ": the share of channels dropped in Mode::train, of what " << c.text("adds")
            << " adds to its row. The sum itself is not dropped";
    }
}

TEST(EncoderDecoder, SaysTheWholeHorizonAtOnce) {
    for (const Case& c : cases("6.7/model")) expect_close(forecast_of(encoder_decoder_question(c)), c, "out", of_model);
}

/// The answers with row `row` of every window's calendar moved.
Tensor<3> with_row_moved(DecoderQuestion question, std::size_t row, const Tensor<1>& move) {
    const std::size_t batch = question.second.shape[0], rows = question.second.shape[1], features = move.size();
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t f = 0; f < features; ++f) question.second.values[(b * rows + row) * features + f] += move(f);
    }
    return forecast_of(question);
}

void expect_one_row_moved(const Case& c) {
    const DecoderQuestion question = encoder_decoder_question(c);
    const std::size_t lookback = question.options.lookback, horizon = question.options.horizon;
    const Tensor<1> move = c.in<1>("move");
    expect_close(forecast_of(question), c, "out", of_model);
    if (testing::Test::HasFailure()) return;  // each row would say so again
    const Tensor<3, double> out = c.expected<3>("out"), moved = c.expected<3>("moved");
    for (std::size_t row = 0; row < lookback + horizon; ++row) {
        Tensor<3, double> wanted = out;
        for (std::size_t b = 0; b < out.shape(0) && row >= lookback; ++b) {
            for (std::size_t v = 0; v < out.shape(2); ++v) wanted(b, row - lookback, v) = moved(b, row - lookback, v);
        }
        expect_close(with_row_moved(question, row, move), wanted,
                     c.name() + ": a model without blocks, with row " + std::to_string(row) +
                         " of the calendar moved: the answer, which should differ in " +
                         (row < lookback ? "no row" : "row " + std::to_string(row - lookback) + " alone"),
                     of_model);
    }
}

TEST(EncoderDecoder, AsksByTheCalendarOfTheRowsToBeForecast) {
    for (const Case& c : cases("6.7/no_blocks")) expect_one_row_moved(c);
    for (const Case& c : cases("6.7/model")) {  // through the blocks, each row's calendar has a say in every answer
        const DecoderQuestion question = encoder_decoder_question(c);
        const std::size_t lookback = question.options.lookback, horizon = question.options.horizon;
        const Tensor<1> move = full<1>({question.options.features}, 0.5F);
        const Tensor<3> out = forecast_of(question);
        for (std::size_t row = 0; row < lookback + horizon; ++row) {
            const Tensor<3> other = with_row_moved(question, row, move);
            for (std::size_t b = 0; b < out.shape(0); ++b) {
                for (std::size_t h = 0; h < horizon; ++h) {
                    double largest = 0;
                    for (std::size_t v = 0; v < out.shape(2); ++v)
                        largest = std::max(largest, std::abs(static_cast<double>(other(b, h, v) - out(b, h, v))));
                    if (!(largest > 0))
                        stop_test(c.name() + ": row " + std::to_string(row) + " of the calendar has been moved, " +
                                  (row < lookback ? "one of the past" : "one to be forecast") + ", and row " +
                                  std::to_string(h) + " of window " + std::to_string(b) +
                                  "'s answer is the same to the last bit. All rows of the decoder see each other and "
                                  "the memory");
                }
            }
        }
    }
}

TEST(EncoderDecoder, ShowsTheLastBlocksCrossAttentionWhenAsked) {
    for (const Case& c : cases("6.7/model")) {
        DecoderQuestion question = encoder_decoder_question(c);
        const Tensor<3> silent = forecast_of(question);
        question.want_weights = true;
        const DecoderAnswer answer = probes::encoder_decoder(question);
        expect_close(answer.weights, c, "weights", of_weights);
        expect_close(answer.out, silent, c.name() + ": the answer, whether weights are asked for or not", {});
    }
}

TEST(EncoderDecoder, GradientsReachEveryParameterPastAndCalendar) {
    for (const Case& c : cases("6.7/model")) {
        DecoderQuestion question = encoder_decoder_question(c);
        question.options.blocks.dropout = 0;
        question.training = true;
        question.d_out = c.in<3>("d_out");
        ParameterShapes shapes = encoder_decoder_shapes(question.options);
        shapes.push_back({"past", question.first.shape});
        shapes.push_back({"calendar", question.second.shape});
        expect_slopes(probes::encoder_decoder(question).gradients, c, read_parameters(c, "direction", shapes));
    }
}

void expect_rows_dropped() {
    for (const Case& c : cases("6.7/rows_dropout")) {
        DecoderQuestion question = encoder_decoder_question(c);
        question.options.blocks.dropout = c.number("dropout");
        const std::string what = "a decoder without blocks in training, whose embedded rows are dropped";
        const Tensor<3> still = forecast_of(question);
        expect_close(still, c, "out", of_model);
        question.training = true;
        const Tensor<4, double> answers = c.expected<4>("answers");
        std::size_t dropped = 0;
        for (question.dropout_seed = 1; question.dropout_seed <= 2; ++question.dropout_seed) {
            const Tensor<3> out = forecast_of(question);
            expect_another(out, still, what);
            dropped += dropped_channels(out, answers, what);
        }
        // Of 2 times 320 channels each with probability .25: .25 +- .017.
        EXPECT_NEAR(static_cast<double>(dropped) / 640, c.number("dropout"), 0.11)
            << "the share of channels dropped in Mode::train, of the rows that the decoder's embedding made";
    }
}

void expect_memory_dropped() {
    for (const Case& c : cases("6.7/memory_dropout")) {
        DecoderQuestion question = encoder_decoder_question(c);
        question.options.blocks.dropout = c.number("dropout");
        question.want_weights = true;
        const Tensor<4> still = probes::encoder_decoder(question).weights;
        expect_close(still, c, "weights", of_weights);
        question.training = true;
        question.dropout_seed = 1;
        const Tensor<4> weights = probes::encoder_decoder(question).weights;
        const Tensor<3, double> differences = c.expected<3>("differences");
        const std::size_t batch = differences.shape(1), channels = differences.shape(2);
        expect_shape(weights, {batch, channels, 3, 2}, "the weights in training");
        expect_another(weights, still, "a decoder that asks for channels of the encoder's embedded rows, in training");
        std::size_t dropped = 0;
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t h = 0; h < channels; ++h) {
                const double difference =
                    std::log(static_cast<double>(weights(b, h, 0, 0)) / static_cast<double>(weights(b, h, 0, 1)));
                std::size_t best = 0;
                for (std::size_t way = 0; way < 4; ++way) {
                    if (std::abs(differences(way, b, h) - difference) < std::abs(differences(best, b, h) - difference))
                        best = way;
                }
                if (!(std::abs(differences(best, b, h) - difference) < 1e-3))
                    stop_test("window " + std::to_string(b) + ", channel " + std::to_string(h) +
                              ": an encoder without blocks in training, whose two embedded rows each keep the channel "
                              "or drop it: none of the 4 ways explains the weights with which the decoder asks for it");
                dropped += (best & 1) + (best >> 1);
            }
        }
        // Of 320 channels each with probability .25: .25 +- .024.
        EXPECT_NEAR(static_cast<double>(dropped) / 320, c.number("dropout"), 0.14)
            << "the share of channels dropped in Mode::train, of the rows that the encoder's embedding made";
    }
}

TEST(EncoderDecoder, DropsChannelsOfBothEmbeddingsInTrainingAndOnlyThere) {
    expect_rows_dropped();
    expect_memory_dropped();
}

TEST(EncoderDecoder, WindowsOfABatchDoNotMeet) {
    for (const Case& c : cases("6.7/model")) {
        DecoderQuestion question = encoder_decoder_question(c);
        const Tensor<3> past = c.in<3>("past"), calendar = c.in<3>("calendar"), together = forecast_of(question);
        for (std::size_t b = 0; b < past.shape(0); ++b) {
            question.first = numbers_of("past", only_window(past, b));
            question.second = numbers_of("calendar", only_window(calendar, b));
            expect_close(forecast_of(question), only_window(together, b),
                         c.name() + ": window " + std::to_string(b) + " alone, and in its batch", of_model);
        }
    }
}

NamedWeights halves(const std::string& name, const std::vector<std::size_t>& shape) {
    std::size_t size = 1;
    for (const std::size_t extent : shape) size *= extent;
    return {name, shape, std::vector<float>(size, 0.5F)};
}

TEST(EncoderDecoder, WhatDoesNotFitIsRefused) {
    const auto past_is = [](const std::vector<std::size_t>& shape, std::size_t label) {
        SCOPED_TRACE("decoder_input: past " + shape_text(shape) + ", label " + std::to_string(label));
        EXPECT_THAT(probes::decoder_input.expect_error<ShapeError>(halves("past", shape), label, 4, {}),
                    testing::AllOf(testing::HasSubstr("past"), testing::HasSubstr(shape_text(shape)),
                                   testing::HasSubstr(std::to_string(label))))
            << "the message names past's shape and label";
    };
    past_is({2, 5, 3}, 6);
    past_is({2, 0, 3}, 17);
    past_is({2, 5, 3}, std::numeric_limits<std::size_t>::max());
    past_is({5, 3}, 2);
    past_is({1, 2, 5, 3}, 2);

    const Case c = cases("6.7/model").front();
    DecoderQuestion question = encoder_decoder_question(c);
    const EncoderDecoderOptions& size = question.options;
    const std::size_t lookback = size.lookback, rows = lookback + size.horizon;
    const auto refuses = [&](const std::vector<std::size_t>& past, const std::vector<std::size_t>& calendar) {
        SCOPED_TRACE("a model with a look-back of " + std::to_string(lookback) + ", a horizon of " +
                     std::to_string(size.horizon) + ", " + std::to_string(size.variates) + " variates, " +
                     std::to_string(size.features) + " features; past " + shape_text(past) + ", calendar " +
                     shape_text(calendar));
        question.first = halves("past", past);
        question.second = halves("calendar", calendar);
        EXPECT_THAT(probes::encoder_decoder.expect_error<ShapeError>(question),
                    testing::AllOf(testing::HasSubstr("past"), testing::HasSubstr(shape_text(past)),
                                   testing::HasSubstr("calendar"), testing::HasSubstr(shape_text(calendar))))
            << "the message names the shapes of past and calendar";
    };
    const std::vector<std::size_t> past{2, lookback, size.variates}, calendar{2, rows, size.features};
    refuses({2, lookback + 1, size.variates}, calendar);
    refuses({2, lookback - 1, size.variates}, {2, rows - 1, size.features});
    refuses({2, lookback, size.variates + 1}, calendar);
    refuses({lookback, size.variates}, calendar);
    refuses({1, 2, lookback, size.variates}, calendar);
    refuses(past, {2, lookback, size.features});  // the past's rows alone
    refuses(past, {2, size.horizon, size.features});
    refuses(past, {2, rows + 1, size.features});
    refuses(past, {2, rows, size.features + 1});
    refuses(past, {3, rows, size.features});
    refuses(past, {1, rows, size.features});
    refuses(past, {rows, size.features});
}

}  // namespace
}  // namespace wb
