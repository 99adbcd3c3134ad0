/// @file
/// Judges the loss and the training step of exercise 5.6. Models are random, with weights that the judge draws; what a loss, a
/// gradient and a step should be, it computes itself, in float64.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <tuple>

#include "training_probes.hpp"
#include "translation_gradient.hpp"
#include "translator_draw.hpp"
#include "translator_oracle.hpp"
#include "word_draw.hpp"

namespace wb {
namespace {

using grader::one_case;
using probes::StepAnswer;
using probes::StepQuestion;
using testing::HasSubstr;

constexpr TranslatorOptions small{.hidden = 8, .layers = 2};

// float32 through some hundred sums and a logarithm: a few 1e-6 of numbers of about 5.
double loss_tolerance(double expected) {
    return 1e-5 * (1 + std::abs(expected));
}

template <class Real>
Tensor<1, Real> as_tensor(const std::vector<Real>& values) {
    Tensor<1, Real> tensor(std::array<std::size_t, 1>{values.size()});
    std::copy(values.begin(), values.end(), tensor.data());
    return tensor;
}

void expect_numbers(const ModelWeights& got, const oracle::Numbers& wanted, const std::string& what,
                    const Tolerance& tolerance) {
    ASSERT_EQ(got.size(), wanted.size()) << "the driver answered with other parameters";
    for (const NamedWeights& one : got) {
        ASSERT_TRUE(wanted.contains(one.name)) << "the driver answered with a parameter " << one.name;
        expect_close(as_tensor(one.values), as_tensor(wanted.at(one.name)), what + " " + one.name, tolerance);
        if (testing::Test::HasFailure()) return;  // the others mostly say the same
    }
}

/// To the bit, NaN included.
bool same_bits(const ModelWeights& a, const ModelWeights& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t n = 0; n < a.size(); ++n) {
        if (a[n].values.size() != b[n].values.size() ||
            std::memcmp(a[n].values.data(), b[n].values.data(), a[n].values.size() * sizeof(float)) != 0)
            return false;
    }
    return true;
}

std::vector<StepAnswer> ask_steps(const ModelWeights& weights, const std::vector<StepQuestion>& questions,
                                  const probes::AdamSettings& settings = {}, const TranslatorOptions& options = small) {
    std::vector<StepAnswer> answers = probes::training_steps(options, weights, settings, questions);
    if (answers.size() != questions.size()) stop_test("the driver answered with another number of steps");
    return answers;
}

/// Calls `check(draw)` for the seed of each case.
template <class Check>
void for_seeds(Check check) {
    for (const Case& c : cases("5.6/seeds")) {
        if (testing::Test::HasFailure()) return;
        Draw draw = draw_of(c);
        check(draw);
    }
}

/// What a wrong loss might be.
std::string known_mistake(double got, const ModelWeights& weights, const Batch& batch) {
    const oracle::Translator model(weights, small);
    const double right = model.loss(batch);
    const std::vector<std::pair<const char*, double>> mistakes{
        {"the sum over all tokens, not their mean", right * static_cast<double>(batch.target.size())},
        {"the mean over words of the sum over their letters", right * static_cast<double>(batch.target.shape(1))},
        {"the sum over words of the mean over their letters", right * static_cast<double>(batch.target.shape(0))},
        {"the loss of answering decoder_input: a model that repeats the letter it reads",
         model.loss({batch.source, batch.decoder_input, batch.decoder_input})},
        {"the loss of a decoder that reads `target`, the letters that it is asked for",
         model.loss({batch.source, batch.target, batch.target})},
        {"the loss without the softmax", 0},
        {"the loss with source and target exchanged",
         batch.source.shape(1) == batch.target.shape(1) ? model.loss({batch.target, batch.decoder_input, batch.source})
                                                        : right}};
    for (const auto& [words, value] : mistakes) {
        if (value != right && std::abs(got - value) <= loss_tolerance(value))
            return std::string(". It equals ") + words;
    }
    return "";
}

TEST(TranslationLoss, IsTheMeanOverAllTargetTokens) {
    for_seeds([](Draw& draw) {
        const ModelWeights weights = draw_weights(small, draw, 0.6);
        const oracle::Translator model(weights, small);
        for (const auto& [rows, source_size, target_size] :
             {std::tuple<std::size_t, std::size_t, std::size_t>{3, 4, 6}, {1, 1, 2}, {40, 2, 5}, {2, 15, 22}}) {
            const Batch batch = draw_batch(draw, rows, source_size, target_size);
            const double expected = model.loss(batch);
            const probes::LossAnswer got = probes::translation_loss(small, weights, batch);
            ASSERT_EQ(got.numbers, 1U) << "numbers in the loss, where it should be one";
            ASSERT_NEAR(got.loss, expected, loss_tolerance(expected))
                << "loss of " << rows << " words of " << source_size << " letters, " << target_size << " in the target"
                << known_mistake(got.loss, weights, batch);
        }
    });
}

// A gradient sums some hundred products of float32 numbers of about 1, and may cancel to 0 (a key's bias moves all scores of a row
// alike): a few 1e-6 of the summands, and of the largest of its parameter.
constexpr Tolerance gradient_tolerance{.absolute = 2e-5, .of_largest = 2e-5};

TEST(TranslationLoss, HasTheRightGradientByEveryParameter) {
    for_seeds([](Draw& draw) {
        const ModelWeights weights = draw_weights(small, draw, 0.6);
        const Batch batch = draw_batch(draw, 5, 6, 8);
        const oracle::TrainedTranslator trusted(weights, small, {});
        expect_numbers(probes::translation_loss(small, weights, batch).gradients, trusted.loss(batch).gradient,
                       "the loss's gradient by", gradient_tolerance);
    });
}

TEST(TrainingStep, ReturnsTheLossBeforeTheStepAndItsTokens) {
    for_seeds([](Draw& draw) {
        const ModelWeights weights = draw_weights(small, draw, 0.6);
        const Batch batch = draw_batch(draw, 7, 3, 5);
        const StepAnswer got = ask_steps(weights, {{batch, 0.05}}).at(0);
        ASSERT_EQ(got.error, "");
        const double before = oracle::Translator(weights, small).loss(batch),
                     after = oracle::Translator(got.weights, small).loss(batch);
        EXPECT_NEAR(got.loss.mean, before, loss_tolerance(before))
            << "the loss that a step returns, which is " << before << " before the step and " << after << " after it";
        EXPECT_EQ(got.loss.num_tokens, 42U) << "target tokens of 7 words with 5 letters and EOS each";
    });
}

// epsilon 0.01: with Adam's usual 1e-8 the step of a parameter whose gradient is 0 would be the sign of a rounding error. So a
// gradient's error of 1e-6 moves a step by 1e-6 * rate / epsilon.
constexpr double rate = 0.01, epsilon = 0.01;

TEST(TrainingStep, MovesEveryParameterAsAdamDoes) {
    for_seeds([](Draw& draw) {
        const ModelWeights weights = draw_weights(small, draw, 0.6);
        oracle::TrainedTranslator trusted(weights, small, {.epsilon = epsilon, .weight_decay = 0.1});
        std::vector<StepQuestion> questions;
        for (const std::size_t size : {6, 3, 9}) questions.push_back({draw_batch(draw, 6, size, size + 2), rate});
        const std::vector<StepAnswer> got = ask_steps(weights, questions, {.epsilon = epsilon, .weight_decay = 0.1});
        for (std::size_t n = 0; n < got.size(); ++n) {
            ASSERT_EQ(got[n].error, "");
            trusted.step(questions[n].batch, rate);
            EXPECT_EQ(got[n].steps, static_cast<std::int64_t>(n + 1)) << "steps that the optimizer has taken";
            expect_numbers(got[n].weights, trusted.parameters(), "after step " + std::to_string(n + 1) + ",",
                           {.absolute = 1e-5});
        }
    });
}

TEST(TrainingStep, GradientsLeftByOthersDoNotCount) {
    for_seeds([](Draw& draw) {
        const ModelWeights weights = draw_weights(small, draw, 0.6);
        const Batch first = draw_batch(draw, 4, 5, 7), second = draw_batch(draw, 4, 5, 7);
        const std::vector<StepAnswer> clean = ask_steps(weights, {{first, rate}, {second, rate}});
        const std::vector<StepAnswer> left = ask_steps(weights, {{.batch = first, .rate = rate, .left_over = 0.5},
                                                                 {.batch = second, .rate = rate, .left_over = -1}});
        for (std::size_t n = 0; n < 2; ++n) {
            EXPECT_TRUE(same_bits(left[n].weights, clean[n].weights))
                << "step " << n + 1
                << " is another when some gradients lay in the parameters before. backward() adds to what is there";
        }
    });
}

/// `weights` with one number of decoder.out.bias replaced.
ModelWeights spoilt(ModelWeights weights, int token, float number) {
    for (NamedWeights& one : weights) {
        if (one.name == "decoder.out.bias") one.values.at(static_cast<std::size_t>(token)) = number;
    }
    return weights;
}

TEST(TrainingStep, ALossThatIsNoNumberIsAnErrorAndChangesNothing) {
    for_seeds([](Draw& draw) {
        const ModelWeights weights = draw_weights(small, draw, 0.6);
        const Batch batch = draw_batch(draw, 4, 5, 7);
        const std::vector<StepAnswer> clean = ask_steps(weights, {{batch, rate}, {batch, rate}});
        for (const auto& [number, word] : {std::pair{std::numeric_limits<float>::quiet_NaN(), "nan"},
                                           std::pair{-std::numeric_limits<float>::infinity(), "inf"}}) {
            // A logit of minus infinity gives EOS probability 0; the loss of a word that ends is then infinite.
            const ModelWeights bad = spoilt(clean[0].weights, eos_token, number);
            const std::vector<StepAnswer> got =
                ask_steps(weights, {{batch, rate},
                                    {.batch = batch, .rate = rate, .set_before = bad},
                                    {.batch = batch, .rate = rate, .set_before = clean[0].weights}});
            ASSERT_NE(got[1].error, "") << "the loss of step 2 is " << word << ", and no wb::Error was thrown";
            EXPECT_THAT(got[1].error, HasSubstr("step 2")) << "the error names the step, from 1";
            EXPECT_THAT(got[1].error, HasSubstr(word)) << "the error says what the loss is";
            EXPECT_TRUE(same_bits(got[1].weights, bad)) << "the loss was " << word << ", and parameters were changed";
            EXPECT_EQ(got[1].steps, 1) << "the loss was " << word << ", and the optimizer took a step all the same";
            EXPECT_TRUE(same_bits(got[2].weights, clean[1].weights))
                << "after a step whose loss was " << word
                << ", the next good one is not what it would have been without it: a trace is left in the gradients or "
                   "the moments";
        }
    });
}

TEST(TrainingStep, UsesTheTapesMemoryAgain) {
    for_seeds([](Draw& draw) {
        const ModelWeights weights = draw_weights(small, draw, 0.6);
        const Batch batch = draw_batch(draw, 16, 5, 7);
        const std::vector<StepAnswer> got = ask_steps(weights, std::vector<StepQuestion>(8, {batch, rate}));
        EXPECT_GT(got[0].tape_bytes, 0U) << "bytes that the given tape holds after a step: is another tape in use?";
        EXPECT_EQ(got[7].tape_requests, got[2].tape_requests)
            << "eight steps of one shape, and the tape still takes memory: it wants a reset before each";
    });
}

// 200 steps at a rate of 0.01 with 6 words: a loss of 0.001 to 0.004, from about 5 (ten seeds, measured with the reference).
TEST(TrainingStep, LearnsAFewWordsByHeart) {
    for_seeds([](Draw& draw) {
        const TranslatorOptions options{.hidden = 16, .layers = 1};
        const ModelWeights weights = draw_weights(options, draw, 0.4);
        const Batch batch = draw_batch(draw, 6, 5, 7);
        std::vector<StepQuestion> questions(200, {.batch = batch, .rate = 0.01, .show = false});
        questions.back().show = true;
        const std::vector<StepAnswer> got = ask_steps(weights, questions, {}, options);
        EXPECT_LT(oracle::Translator(got.back().weights, options).loss(batch), 0.1)
            << "the loss after 200 steps with the same six words; before them it is "
            << oracle::Translator(weights, options).loss(batch);
    });
}

TEST(Evaluate, GivesEachBatchItsLossAndItsTokens) {
    for_seeds([](Draw& draw) {
        const ModelWeights weights = draw_weights(small, draw, 0.6);
        const oracle::Translator model(weights, small);
        const std::vector<Batch> batches{draw_batch(draw, 3, 4, 6), draw_batch(draw, 1, 12, 15),
                                         draw_batch(draw, 9, 2, 4)};
        const probes::EvaluateAnswer got = probes::evaluate(small, weights, batches, 0);
        ASSERT_EQ(got.losses.size(), batches.size()) << "one loss for each batch";
        for (std::size_t n = 0; n < batches.size(); ++n) {
            const double expected = model.loss(batches[n]);
            EXPECT_NEAR(got.losses[n].mean, expected, loss_tolerance(expected))
                << "batch " << n << known_mistake(got.losses[n].mean, weights, batches[n]);
            EXPECT_EQ(got.losses[n].num_tokens, batches[n].target.size()) << "target tokens of batch " << n;
        }
    });
    Draw draw(1);
    EXPECT_TRUE(probes::evaluate(small, draw_weights(small, draw, 0.6), {}, 0).losses.empty())
        << "no batches, no losses";
}

TEST(Evaluate, ChangesNoParameterAndNoGradient) {
    for_seeds([](Draw& draw) {
        const ModelWeights weights = draw_weights(small, draw, 0.6);
        const probes::EvaluateAnswer got =
            probes::evaluate(small, weights, {draw_batch(draw, 3, 4, 6), draw_batch(draw, 2, 3, 5)}, 0.5F);
        ModelWeights half = got.weights;
        for (NamedWeights& one : half) one.values.assign(one.values.size(), 0.5F);
        oracle::Numbers wanted;
        for (const NamedWeights& one : weights) wanted[one.name] = {one.values.begin(), one.values.end()};
        expect_numbers(got.weights, wanted, "after an evaluation, the parameter", {});
        EXPECT_TRUE(same_bits(got.gradients, half))
            << "every gradient was 0.5 before the evaluation, and no longer is: nothing should go backward here";
    });
}

/// Numbers of a golden, one entry for each parameter of a translator of this shape.
/// @param number  reads one: of a name and a rank
template <class Read>
oracle::Numbers golden_numbers(Read number) {
    Draw draw(1);
    oracle::Numbers numbers;
    for (const NamedWeights& one : draw_weights(small, draw, 1)) {  // for the names and shapes
        if (one.shape.size() == 1) {
            const auto values = number(one.name, std::integral_constant<std::size_t, 1>());
            numbers[one.name] = {values.begin(), values.end()};
        } else {
            const auto values = number(one.name, std::integral_constant<std::size_t, 2>());
            numbers[one.name] = {values.begin(), values.end()};
        }
    }
    return numbers;
}

oracle::Numbers expected_numbers(const Case& c, const std::string& prefix) {
    return golden_numbers([&]<std::size_t N>(const std::string& name, std::integral_constant<std::size_t, N>) {
        return c.expected<N>(prefix + name);
    });
}

ModelWeights golden_weights(const Case& c) {
    const oracle::Numbers numbers =
        golden_numbers([&]<std::size_t N>(const std::string& name, std::integral_constant<std::size_t, N>) {
            return c.in<N>("parameter." + name);
        });
    Draw draw(1);
    ModelWeights weights = draw_weights(small, draw, 1);
    for (NamedWeights& one : weights) {
        for (std::size_t i = 0; i < one.values.size(); ++i) one.values[i] = static_cast<float>(numbers.at(one.name)[i]);
    }
    return weights;
}

Batch golden_batch(const Case& c, const std::string& number) {
    return {c.in<2, int>("source" + number), c.in<2, int>("decoder_input" + number), c.in<2, int>("target" + number)};
}

TEST(TranslationLoss, AgreesWithPyTorch) {
    const Case c = one_case("5.6/pytorch/steps");
    const probes::LossAnswer got = probes::translation_loss(small, golden_weights(c), golden_batch(c, ".0"));
    const double expected = c.expected<1>("losses")(0);
    EXPECT_NEAR(got.loss, expected, loss_tolerance(expected));
    expect_numbers(got.gradients, expected_numbers(c, "gradient."), "the loss's gradient by", gradient_tolerance);
}

TEST(TrainingStep, AgreesWithPyTorch) {
    const Case c = one_case("5.6/pytorch/steps");
    std::vector<StepQuestion> questions;
    for (const char* number : {".0", ".1", ".2"}) questions.push_back({golden_batch(c, number), c.number("rate")});
    const std::vector<StepAnswer> got = ask_steps(
        golden_weights(c), questions, {.epsilon = c.number("epsilon"), .weight_decay = c.number("weight_decay")});
    std::vector<double> losses;
    for (const StepAnswer& step : got) losses.push_back(step.loss.mean);
    expect_close(as_tensor(losses), c, "losses", {.absolute = 1e-5, .relative = 1e-5});
    expect_numbers(got.back().weights, expected_numbers(c, "parameter."), "after three steps,", {.absolute = 1e-5});
}

}  // namespace
}  // namespace wb
