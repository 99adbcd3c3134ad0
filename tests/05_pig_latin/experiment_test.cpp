/// @file
/// Judges the runs of exercise 5.11. A run's own word counts for nothing: of the weights that it returns losses are taken, and
/// translations of words that the submission never saw (trained_words.hpp).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <sstream>

#include "experiment_probes.hpp"
#include "judge/judge.hpp"
#include "target_accuracy.hpp"
#include "trained_words.hpp"
#include "translator_case.hpp"
#include "word_draw.hpp"

namespace wb {
namespace {

using grader::one_case;
using probes::RunAnswer;
using probes::WordLists;
using testing::HasSubstr;

WordLists words_of(const Case& c, const std::string& part) {
    const auto split_at_blanks = [](const std::string& text) {
        std::istringstream stream(text);
        return std::vector<std::string>(std::istream_iterator<std::string>(stream), {});
    };
    return {split_at_blanks(c.text(part + ".sources")), split_at_blanks(c.text(part + ".targets"))};
}

/// The first `count` words of a list.
WordLists first_words(const WordLists& words, std::size_t count) {
    const auto end = static_cast<std::ptrdiff_t>(count);
    return {{words.sources.begin(), words.sources.begin() + end}, {words.targets.begin(), words.targets.begin() + end}};
}

/// What short runs train on: 90 words for training, 60 others for validation.
struct FewWords {
    WordLists train, validation;
};
FewWords few_words() {
    const Case c = one_case("5.11/words/pig_latin");
    return {first_words(words_of(c, "train"), 90), first_words(words_of(c, "validation"), 60)};
}

/// Options of short runs: no bucket is larger than a batch.
RunOptions short_run() {
    return {.model = {.hidden = 8, .layers = 1}, .batch_size = 64, .epochs = 3, .rate = 0.01, .seed = 5};
}

/// Asks for a run, and ends the test when the answer is none.
RunAnswer ask(const WordLists& train, const WordLists& validation, const RunOptions& options, int threads = 1) {
    RunAnswer answer = probes::train_translator(train, validation, options, threads);
    const RunResult& result = answer.result;
    if (result.epochs.size() != static_cast<std::size_t>(options.epochs))
        stop_test(fmt::format("a run of {} epochs has {} results", options.epochs, result.epochs.size()));
    if (result.best_epoch >= result.epochs.size())
        stop_test(fmt::format("best_epoch is {}, of {} epochs counted from 0", result.best_epoch, options.epochs));
    return answer;
}
RunAnswer ask(const FewWords& words, const RunOptions& options, int threads = 1) {
    return ask(words.train, words.validation, options, threads);
}

bool same_bits(const ModelWeights& a, const ModelWeights& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const NamedWeights& one, const NamedWeights& other) {
        return one.name == other.name && one.values.size() == other.values.size() &&
               std::memcmp(one.values.data(), other.values.data(), one.values.size() * sizeof(float)) == 0;
    });
}

std::vector<double> train_losses(const RunAnswer& answer) {
    std::vector<double> losses;
    for (const EpochResult& epoch : answer.result.epochs) losses.push_back(epoch.train_loss);
    return losses;
}
std::vector<double> validation_losses(const RunAnswer& answer) {
    std::vector<double> losses;
    for (const EpochResult& epoch : answer.result.epochs) losses.push_back(epoch.validation_loss);
    return losses;
}

/// What a loss says of a model that has hardly begun.
std::string knows_nothing(double loss) {
    constexpr double even = 3.3672958;  // log 29
    if (std::isnan(loss)) return "\n  The loss is NaN: some weights are.";
    if (loss < even - 0.1) return {};
    return fmt::format(
        "\n  A loss of {:.2f} is that of a model that knows nothing, or less: log 29 = 3.37 for letters that are all "
        "equally likely. Do steps move the model that is returned, at options.rate?",
        loss);
}

/// The epoch of the least loss, the first of equals.
std::size_t least(const std::vector<double>& losses) {
    return static_cast<std::size_t>(std::min_element(losses.begin(), losses.end()) - losses.begin());
}

// One thread: that makes no difference to a right answer, and graders' machines are busy.
TEST(TrainTranslator, TranslatesWordsThatItNeverSaw) {
    const Case c = one_case("5.11/words/pig_latin");
    const RunOptions options = target::options();
    const RunAnswer answer = ask(words_of(c, "train"), words_of(c, "validation"), options);
    const WordLists unseen = words_of(c, "unseen");
    const std::vector<std::string> written = trained::translations({options.model, answer.result.best}, unseen.sources);
    const double share = trained::exact_share(written, unseen.targets);
    metric("val_loss", answer.result.epochs[answer.result.best_epoch].validation_loss);
    metric("exact_match", share);
    EXPECT_GE(share, target::exact_match)
        << "the share of 600 words, never shown to the run, that the weights it returned translate to the letter. \""
        << unseen.sources[0] << "\" became \"" << written[0] << "\""
        << knows_nothing(trained::token_loss({options.model, answer.result.best}, unseen));
}

// The letters are exchanged for others, by the grader's seed: weights from another time cannot know which.
TEST(TrainTranslator, LearnsFromItsWordsAlone) {
    const Case c = one_case("5.11/words/rewritten");
    const RunOptions options = target::short_options();
    const WordLists validation = first_words(words_of(c, "validation"), 300);
    const RunAnswer answer = ask(first_words(words_of(c, "train"), 2000), validation, options);
    const double loss = trained::epoch_loss({options.model, answer.result.best}, validation, options.batch_size);
    EXPECT_LE(loss, target::short_validation_loss)
        << "validation loss of the weights returned, after 15 epochs with 2,000 words whose letters were exchanged (a "
           "is always written as one other letter, and so on). A model that knows nothing has log 29 = 3.4"
        << knows_nothing(loss);
}

// Rate 0: the parameters stay as they were drawn, and so every number that the run should report is known.
TEST(TrainTranslator, ReportsPlainMeansOverBatches) {
    const FewWords words = few_words();
    RunOptions options = short_run();
    options.rate = 0;
    const RunAnswer answer = ask(words, options);
    const auto expect_mean =
        [&](double got, const WordLists& lists, const char* name) {
            const probes::TranslatorWeights model{options.model, answer.result.best};
            const double expected = trained::epoch_loss(model, lists, options.batch_size);
            EXPECT_NEAR(got, expected, 1e-4)
                << name
                << " with a rate of 0, where each bucket is one batch: the mean of the batches' losses, whatever "
                << "their size"
                << known_mistake(got, expected, {.absolute = 1e-4},
                                 {{"the mean over tokens: here every batch counts alike, however many tokens it has",
                                   trained::token_loss(model, lists)}});
        };
    for (const EpochResult& epoch : answer.result.epochs) {
        expect_mean(epoch.train_loss, words.train, "train_loss");
        expect_mean(epoch.validation_loss, words.validation, "validation_loss");
        if (HasFailure()) return;
    }
}

// One bucket that is one batch, the same for training and validation: the loss before step n + 1 is that after step n.
TEST(TrainTranslator, TrainLossesAreThoseBeforeEachStep) {
    Draw draw = draw_of(one_case("5.11/seeds/first"));
    WordLists words;
    for (int i = 0; i < 40; ++i) {
        words.sources.push_back(random_word(draw, 4));
        words.targets.push_back(random_word(draw, 6));
    }
    RunOptions options = short_run();
    options.epochs = 6;
    const RunAnswer answer = ask(words, words, options);
    const std::vector<double> train = train_losses(answer), validation = validation_losses(answer);
    for (std::size_t epoch = 0; epoch + 1 < train.size(); ++epoch) {
        ASSERT_NEAR(train[epoch + 1], validation[epoch], 1e-4)
            << "train_loss of epoch " << epoch + 1 << ", whose one batch is all words, against the validation loss of "
            << "the same words one epoch earlier: train_loss is taken before the step, validation_loss after it"
            << known_mistake(train[epoch + 1], validation[epoch], {.absolute = 1e-4},
                             {{"the validation loss of the same epoch: train_loss was taken after the step",
                               validation[epoch + 1]}});
    }
    EXPECT_LT(validation.back(), train.front() - 0.05) << "six steps with the same 40 words, and the loss did not fall";
}

/// A run that learns 90 words by heart, and soon gets worse at all others.
RunOptions too_long_a_run() {
    RunOptions options = short_run();
    options.model = {.hidden = 16, .layers = 1};
    options.rate = 0.02;
    options.rate_factor = 1;
    options.epochs = 40;
    return options;
}

TEST(TrainTranslator, BestIsTheFirstEpochOfLowestValidationLoss) {
    const FewWords words = few_words();
    const RunAnswer answer = ask(words, too_long_a_run());
    const std::vector<double> losses = validation_losses(answer);
    const std::size_t lowest = least(losses);
    const auto highest = static_cast<std::size_t>(std::max_element(losses.begin(), losses.end()) - losses.begin());
    EXPECT_EQ(answer.result.best_epoch, lowest)
        << "the validation losses are " << testing::PrintToString(losses) << ", epochs count from 0"
        << known_mistake(
               answer.result.best_epoch, lowest,
               {{"the epoch of the lowest loss in training: how good a model is, words tell that it has not seen",
                 least(train_losses(answer))},
                {"the epoch of the highest validation loss: a loss is better when it is lower", highest},
                {"the last epoch: it is the most trained one, and no longer the best", losses.size() - 1},
                {"that epoch counted from 1", lowest + 1}});
    RunOptions idle = short_run();
    idle.rate = 0;
    const std::size_t of_equals = ask(words, idle).result.best_epoch;
    EXPECT_EQ(of_equals, 0U) << "a rate of 0: all epochs are equally good, and the first counts"
                             << known_mistake<std::size_t>(
                                    of_equals, 0, {{"the last of equals: only what is better takes the place", 2}});
}

TEST(TrainTranslator, ReturnsTheBestEpochsWeights) {
    const FewWords words = few_words();
    const RunOptions options = too_long_a_run();
    const RunAnswer answer = ask(words, options);
    const std::vector<double> losses = validation_losses(answer);
    const double reported = losses[answer.result.best_epoch];
    const double best = trained::epoch_loss({options.model, answer.result.best}, words.validation, options.batch_size);
    EXPECT_NEAR(best, reported, 1e-4 * (1 + reported))
        << "validation loss of the weights in `best`, against the run's own of epoch " << answer.result.best_epoch
        << (std::abs(best - losses.back()) < 1e-4 * (1 + best)
                ? ". It equals that of the last epoch: a copy of the model shares its parameters, so copy their numbers"
                : "");
}

TEST(TrainTranslator, TellsOfEachEpochAsItEnds) {
    const RunAnswer answer = ask(few_words(), short_run());
    EXPECT_EQ(answer.told_epochs, (std::vector<std::size_t>{0, 1, 2})) << "numbers that on_epoch was called with";
    ASSERT_EQ(answer.told_results.size(), 3U);
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
        EXPECT_EQ(answer.told_results[epoch].train_loss, answer.result.epochs[epoch].train_loss);
        EXPECT_EQ(answer.told_results[epoch].validation_loss, answer.result.epochs[epoch].validation_loss);
    }
}

// Words of the same lengths in place of the validation words: a shuffle draws the same numbers for both.
TEST(TrainTranslator, NeverTrainsOnValidationWords) {
    const FewWords words = few_words();
    Draw draw = draw_of(one_case("5.11/seeds/first"));
    FewWords others = words;
    for (std::string& word : others.validation.sources) word = random_word(draw, word.size());
    for (std::string& word : others.validation.targets) word = random_word(draw, word.size());
    RunOptions options = short_run();
    EXPECT_EQ(train_losses(ask(words, options)), train_losses(ask(others, options)))
        << "the losses in training changed when the validation words were exchanged for nonsense of the same lengths";
    options.epochs = 1;
    EXPECT_TRUE(same_bits(ask(words, options).result.best, ask(others, options).result.best))
        << "the parameters after one epoch are others when the validation words are: they are trained on, or their "
           "gradients are";
}

TEST(TrainTranslator, TheSameOptionsGiveTheSameRunToTheBit) {
    const FewWords words = few_words();
    RunOptions options = short_run();
    options.batch_size = 5;
    const RunAnswer once = ask(words, options, 1);
    for (const int threads : {1, 2, 3}) {
        const RunAnswer again = ask(words, options, threads);
        EXPECT_EQ(train_losses(again), train_losses(once)) << "losses in training on 1 thread, and on " << threads;
        EXPECT_EQ(validation_losses(again), validation_losses(once)) << "validation on 1 thread, and on " << threads;
        EXPECT_TRUE(same_bits(again.result.best, once.result.best))
            << "the same run on 1 thread and on " << threads << " gave other parameters";
    }
    options.seed = 6;
    EXPECT_NE(train_losses(ask(words, options)), train_losses(once)) << "another seed gave the same run";
    options.rate = 0;
    options.epochs = 1;
    const ModelWeights sixth = ask(words, options).result.best;
    options.seed = 7;
    EXPECT_FALSE(same_bits(ask(words, options).result.best, sixth)) << "the parameters at the start, of seeds 6 and 7";
}

TEST(TrainTranslator, TheRateFallsFromEpochToEpoch) {
    const FewWords words = few_words();
    RunOptions options = short_run();
    options.batch_size = 8;
    options.rate_factor = 1;
    const std::vector<double> constant = validation_losses(ask(words, options));
    options.rate_factor = 0;
    const std::vector<double> stopped = validation_losses(ask(words, options));
    options.rate = 0;
    const double unmoved = validation_losses(ask(words, options))[0];
    options.rate = short_run().rate;
    EXPECT_EQ(stopped[0], constant[0])
        << "epoch 0 has the rate itself, at each of its steps, whatever rate_factor is"
        << known_mistake(
               stopped[0], constant[0],
               {{"those of a model that no step has moved: rate_factor comes in one epoch too early, in epoch 0",
                 unmoved}});
    EXPECT_EQ(stopped[1], stopped[0]) << "rate_factor 0: from epoch 1 on the rate is 0, and nothing may move"
                                      << known_mistake(
                                             stopped, std::vector<double>(3, stopped[0]),
                                             {{"those of a constant rate: rate_factor is not used", constant}});
    EXPECT_EQ(stopped[2], stopped[0]) << "rate_factor 0: from epoch 1 on the rate is 0, and nothing may move";
    options.rate_factor = 0.5;
    const std::vector<double> halved = validation_losses(ask(words, options));
    EXPECT_EQ(halved[0], constant[0]) << "epoch 0 has the rate itself, at each of its steps, whatever rate_factor is";
    EXPECT_NE(halved[1], constant[1]) << "rate_factor 0.5 and 1 make no difference in epoch 1";
    EXPECT_NE(halved[1], stopped[1]) << "rate_factor 0.5 and 0 make no difference in epoch 1";
}

// rate * weight_decay = 1: before each step every matrix is multiplied by 0, so all it has is what one step adds: at most 4 rates.
TEST(TrainTranslator, WeightDecayShrinksTheMatrices) {
    RunOptions options = short_run();
    options.epochs = 1;
    options.rate = 1e-3;
    options.weight_decay = 1000;
    double largest_matrix = 0, largest_bias = 0;
    for (const NamedWeights& one : ask(few_words(), options).result.best) {
        double& largest = one.shape.size() == 2 ? largest_matrix : largest_bias;
        for (const float value : one.values) largest = std::max(largest, static_cast<double>(std::abs(value)));
    }
    EXPECT_LT(largest_matrix, 0.02) << "the largest number of a matrix, with a weight decay of 1 / rate: before each "
                                       "step every matrix is multiplied "
                                       "by 0. Does the optimizer get options.weight_decay?";
    EXPECT_GT(largest_bias, 0.1) << "the largest number of a bias, which does not decay";
}

TEST(TrainTranslator, ValidationBatchesAreDrawnOnce) {
    Draw draw = draw_of(one_case("5.11/seeds/first"));
    FewWords words = few_words();
    words.validation = {};
    for (int i = 0; i < 9; ++i) {  // two batches: eight words, and one that weighs as much as they do
        words.validation.sources.push_back(random_word(draw, 5));
        words.validation.targets.push_back(random_word(draw, 7));
    }
    RunOptions options = short_run();
    options.rate = 0;
    options.batch_size = 8;
    options.epochs = 8;
    const std::vector<double> losses = validation_losses(ask(words, options));
    EXPECT_EQ(losses, std::vector<double>(8, losses[0]))
        << "nothing moved (rate 0), and the validation loss did: by which word is alone in its batch this time";
}

TEST(TrainTranslator, WhatCannotBeRunIsRefused) {
    const FewWords words = few_words();
    const auto expect_refusal = [&](const WordLists& train, const WordLists& validation, const RunOptions& options) {
        probes::train_translator.expect_error<std::invalid_argument>(train, validation, options, 1);
    };
    expect_refusal({}, words.validation, short_run());
    expect_refusal(words.train, {}, short_run());
    RunOptions options = short_run();
    options.batch_size = 0;
    expect_refusal(words.train, words.validation, options);
    for (const std::int64_t epochs : {0, -1}) {
        options = short_run();
        options.epochs = epochs;
        expect_refusal(words.train, words.validation, options);
    }
}

TEST(TrainTranslator, ALossThatIsNoNumberEndsTheRun) {
    RunOptions options = short_run();
    options.rate = 1e30;  // after one step the parameters are about 1e30, and products of them infinite
    const FewWords words = few_words();
    EXPECT_THAT(probes::train_translator.expect_error<Error>(words.train, words.validation, options, 1),
                HasSubstr("step"))
        << "the error names the step";
}

}  // namespace
}  // namespace wb
