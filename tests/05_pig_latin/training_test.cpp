/// @file
/// Judges the loss and the training step of exercise 5.6, of random models.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <string>

#include "batch_case.hpp"
#include "trained_translator.hpp"
#include "training_probes.hpp"
#include "translator_case.hpp"
#include "translator_draw.hpp"
#include "word_draw.hpp"

namespace wb {
namespace {

using grader::one_case;
using probes::StepAnswer;
using probes::StepQuestion;
using testing::HasSubstr;

constexpr TranslatorOptions small{.hidden = 8, .layers = 2};

// float32 through some hundred sums and a logarithm: a few 1e-6 of numbers of about 5.
constexpr Tolerance of_loss{.absolute = 1e-5, .relative = 1e-5};

template <class Real>
Tensor<1, Real> as_tensor(const std::vector<Real>& values) {
    Tensor<1, Real> tensor(std::array<std::size_t, 1>{values.size()});
    std::copy(values.begin(), values.end(), tensor.data());
    return tensor;
}

/// Names and shapes of the small model's parameters.
ParameterShapes shapes() {
    return translator_shapes(small.hidden, small.layers);
}

/// @param mistakes  by a parameter's name
void expect_numbers(const ModelWeights& got, const ParameterNumbers& wanted, const std::string& what,
                    const Tolerance& tolerance,
                    const std::function<KnownMistakes(const std::string&)>& mistakes = nullptr) {
    ASSERT_EQ(got.size(), wanted.size()) << "the driver answered with other parameters";
    for (const NamedWeights& one : got) {
        ASSERT_TRUE(wanted.contains(one.name)) << "the driver answered with a parameter " << one.name;
        expect_close(as_tensor(one.values), as_tensor(wanted.at(one.name)), what + " " + one.name, tolerance,
                     mistakes ? mistakes(one.name) : KnownMistakes{});
        if (testing::Test::HasFailure()) return;  // the others mostly say the same
    }
}

/// The same, of a case's numbers: expected.<prefix><name>, and what mistakes make of them.
void expect_numbers(const ModelWeights& got, const Case& c, const std::string& prefix, const std::string& what,
                    const Tolerance& tolerance) {
    expect_numbers(got, expected_numbers(c, prefix, shapes()), what, tolerance,
                   [&](const std::string& name) { return c.mistakes(prefix + name); });
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

TEST(TranslationLoss, IsTheMeanOverAllTargetTokens) {
    for (const Case& c : cases("5.6/loss")) {
        const probes::LossAnswer got = probes::translation_loss(small, model_of(c).weights, batch_of(c));
        ASSERT_EQ(got.numbers, 1U) << "numbers in the loss, where it should be one";
        expect_close(as_tensor<double>({got.loss}), c, "loss", of_loss);
    }
}

// A gradient sums some hundred products of float32 numbers of about 1, and may cancel to 0 (a key's bias moves all scores of a row
// alike): a few 1e-6 of the summands, and of the largest of its parameter.
constexpr Tolerance gradient_tolerance{.absolute = 2e-5, .of_largest = 2e-5};

TEST(TranslationLoss, HasTheRightGradientByEveryParameter) {
    for (const Case& c : cases("5.6/gradient")) {
        if (testing::Test::HasFailure()) return;
        expect_numbers(probes::translation_loss(small, model_of(c).weights, batch_of(c)).gradients, c, "gradient.",
                       "the loss's gradient by", gradient_tolerance);
    }
}

TEST(TrainingStep, ReturnsTheLossBeforeTheStepAndItsTokens) {
    for (const Case& c : cases("5.6/first_step")) {
        const StepAnswer got = ask_steps(model_of(c).weights, {{batch_of(c), c.number("rate")}}).at(0);
        ASSERT_EQ(got.error, "");
        expect_close(as_tensor<double>({got.loss.mean}), c, "loss", of_loss);
        EXPECT_EQ(got.loss.num_tokens, 42U)
            << "target tokens of 7 words with 5 letters and EOS each"
            << known_mistake<std::size_t>(got.loss.num_tokens, 42,
                                          {{"the number of words: each token of the target counts", 7},
                                           {"the number of letters: EOS is a token that is asked for", 35},
                                           {"the length of a word: the batch has 7 of them", 6},
                                           {"the numbers of the logits: each place asks for one token", 42 * 29}});
    }
}

TEST(TrainingStep, MovesEveryParameterAsAdamDoes) {
    for (const Case& c : cases("5.6/adam")) {
        if (testing::Test::HasFailure()) return;
        std::vector<StepQuestion> questions;
        for (const char* number : {".0", ".1", ".2"}) questions.push_back({batch_of(c, number), c.number("rate")});
        const std::vector<StepAnswer> got = ask_steps(
            model_of(c).weights, questions, {.epsilon = c.number("epsilon"), .weight_decay = c.number("weight_decay")});
        for (std::size_t n = 0; n < got.size(); ++n) {
            ASSERT_EQ(got[n].error, "");
            EXPECT_EQ(got[n].steps, static_cast<std::int64_t>(n + 1)) << "steps that the optimizer has taken";
            expect_numbers(got[n].weights, c, "after." + std::to_string(n) + ".",
                           "after step " + std::to_string(n + 1) + ",", {.absolute = 1e-5});
        }
    }
}

constexpr double rate = 0.01;

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
        EXPECT_LT(trained::loss({options, got.back().weights}, batch), 0.1)
            << "the loss after 200 steps with the same six words; before them it is "
            << trained::loss({options, weights}, batch);
    });
}

TEST(Evaluate, GivesEachBatchItsLossAndItsTokens) {
    for (const Case& c : cases("5.6/evaluate")) {
        const std::vector<Batch> batches{batch_of(c, ".0"), batch_of(c, ".1"), batch_of(c, ".2")};
        const probes::EvaluateAnswer got = probes::evaluate(small, model_of(c).weights, batches, 0);
        ASSERT_EQ(got.losses.size(), batches.size()) << "one loss for each batch";
        for (std::size_t n = 0; n < batches.size(); ++n) {
            expect_close(as_tensor<double>({got.losses[n].mean}), c, "loss." + std::to_string(n), of_loss);
            EXPECT_EQ(got.losses[n].num_tokens, batches[n].target.size()) << "target tokens of batch " << n;
        }
    }
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
        ParameterNumbers wanted;
        for (const NamedWeights& one : weights) wanted[one.name] = {one.values.begin(), one.values.end()};
        expect_numbers(got.weights, wanted, "after an evaluation, the parameter", {});
        EXPECT_TRUE(same_bits(got.gradients, half))
            << "every gradient was 0.5 before the evaluation, and no longer is: nothing should go backward here";
    });
}

ModelWeights golden_weights(const Case& c) {
    return read_parameters(c, "parameter", shapes());
}

TEST(TranslationLoss, AgreesWithPyTorch) {
    const Case c = one_case("5.6/pytorch/steps");
    const probes::LossAnswer got = probes::translation_loss(small, golden_weights(c), batch_of(c, ".0"));
    const double expected = c.expected<1>("losses")(0);
    EXPECT_NEAR(got.loss, expected, 1e-5 * (1 + std::abs(expected)));
    expect_numbers(got.gradients, c, "gradient.", "the loss's gradient by", gradient_tolerance);
}

TEST(TrainingStep, AgreesWithPyTorch) {
    const Case c = one_case("5.6/pytorch/steps");
    std::vector<StepQuestion> questions;
    for (const char* number : {".0", ".1", ".2"}) questions.push_back({batch_of(c, number), c.number("rate")});
    const std::vector<StepAnswer> got = ask_steps(
        golden_weights(c), questions, {.epsilon = c.number("epsilon"), .weight_decay = c.number("weight_decay")});
    std::vector<double> losses;
    for (const StepAnswer& step : got) losses.push_back(step.loss.mean);
    expect_close(as_tensor(losses), c, "losses", {.absolute = 1e-5, .relative = 1e-5});
    expect_numbers(got.back().weights, c, "parameter.", "after three steps,", {.absolute = 1e-5});
}

}  // namespace
}  // namespace wb
