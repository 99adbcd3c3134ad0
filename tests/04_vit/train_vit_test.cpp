/// @file
/// Judges the runs of exercise 4.9: what a run does, step by step. How well it does is in train_vit_best_test.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "fine_tuning_draw.hpp"
#include "judge/judge.hpp"
#include "train_question.hpp"

namespace wb {
namespace {

using probes::TrainAnswer;
using probes::TrainQuestion;
using testing::HasSubstr;

/// What small_run's model makes of its pictures as it begins; with a rate of 0, all along.
Case known() {
    return grader::one_case("4.9/rate_0/small_run");
}

// Rate 0: the parameters stay as they were, and so every number that the run should report is known.
TEST(TrainVit, ReportsMeansOverPictures) {
    Draw draw = fine_tuning_draw();
    TrainQuestion question = small_run(draw);
    question.options.rate = 0;
    const double train = known().number("train_loss"), validation = known().number("validation_loss");
    for (const TrainEpoch& epoch : ask(question).result.epochs) {
        ASSERT_NEAR(epoch.train_loss, train, loss_error(train))
            << "train_loss with a rate of 0, batches of 4, 4 and 3 pictures: the mean over the 11 pictures";
        ASSERT_NEAR(epoch.validation_loss, validation, loss_error(validation))
            << "validation_loss with a rate of 0: the mean over the 7 pictures";
        ASSERT_NEAR(epoch.validation_accuracy, known().number("validation_accuracy"), 1e-9)
            << "validation_accuracy with a rate of 0: the share of 7 pictures";
    }
}

TEST(TrainVit, OfEqualLogitsTheLowestClassCounts) {
    Draw draw = fine_tuning_draw();
    TrainQuestion question = small_run(draw);
    question.options.rate = 0;
    question.new_head = 3;
    question.validation.labels = {0, 1, 2, 0, 0, 2, 1};
    for (const TrainEpoch& epoch : ask(question).result.epochs) {
        EXPECT_NEAR(epoch.validation_accuracy, 3.0 / 7, 1e-9)
            << "a head of zeros makes all logits 0: 3 of 7 pictures are of class 0, the lowest of equals";
        EXPECT_NEAR(epoch.validation_loss, std::log(3.0), 1e-5) << "a head of zeros: every class is equally likely";
    }
}

// One batch, the same pictures for training and validation: the loss before step n + 1 is that after step n.
TEST(TrainVit, TrainLossesAreThoseBeforeEachStep) {
    Draw draw = fine_tuning_draw();
    TrainQuestion question = small_run(draw);
    question.validation = question.train;
    question.options.batch_size = 100;
    question.options.epochs = 8;
    const std::vector<TrainEpoch> epochs = ask(question).result.epochs;
    const double first = known().number("train_loss");
    EXPECT_NEAR(epochs[0].train_loss, first, loss_error(first))
        << "train_loss of epoch 0, whose one batch is everything";
    for (std::size_t epoch = 0; epoch + 1 < epochs.size(); ++epoch) {
        ASSERT_NEAR(epochs[epoch + 1].train_loss, epochs[epoch].validation_loss, loss_error(first))
            << "train_loss of epoch " << epoch + 1 << ", whose one batch is all pictures, against the validation loss "
            << "of the same pictures one epoch earlier: train_loss is taken before the step, validation_loss after it";
    }
    EXPECT_LT(epochs.back().validation_loss, 0.8 * first) << "eight steps with the same 11 pictures, and the loss did "
                                                             "not fall";
}

// Rate 0, and one Random for order and augmentation: which pixels each batch has is known.
TEST(TrainVit, AugmentsTheTrainingPicturesByTheContractsDraws) {
    Draw draw = fine_tuning_draw();
    TrainQuestion question = augmented_run(draw);
    const double plain = known().number("train_loss");
    const Tensor<1, double> augmented = known().expected<1>("augmented_losses");
    const std::vector<TrainEpoch> epochs = ask(question).result.epochs;
    for (std::size_t epoch = 0; epoch < epochs.size(); ++epoch) {
        const double expected = augmented(epoch);
        ASSERT_NEAR(epochs[epoch].train_loss, expected, loss_error(expected))
            << "train_loss of epoch " << epoch << " with a rate of 0: the order drawn first, then each batch's mirrors "
            << "and shifts"
            << (std::abs(epochs[epoch].train_loss - plain) < loss_error(plain) ? ". It is that of pictures as they are"
                                                                               : "");
    }
}

TEST(TrainVit, ValidationPicturesAreTakenAsTheyAre) {
    Draw draw = fine_tuning_draw();
    TrainQuestion question = small_run(draw);
    question.options.rate = 0;
    question.options.augment = {.flip = true, .shift = 4};
    const double validation = known().number("validation_loss");
    for (const TrainEpoch& epoch : ask(question).result.epochs) {
        ASSERT_NEAR(epoch.validation_loss, validation, loss_error(validation))
            << "nothing moved (rate 0), so the validation loss is that of the pictures as they are. Are they "
               "augmented?";
    }
}

// Other pictures in place of the validation pictures: nothing that a training step sees may change.
TEST(TrainVit, NeverTrainsOnValidationPictures) {
    Draw draw = fine_tuning_draw();
    TrainQuestion question = small_run(draw);
    question.options.augment = {.flip = true, .shift = 1};
    question.show_each = true;
    const TrainAnswer once = ask(question);
    question.validation = draw_pictures(7, 3, draw);
    const TrainAnswer other = ask(question);
    EXPECT_EQ(train_losses(other), train_losses(once))
        << "the losses in training changed when the validation pictures were exchanged";
    for (std::size_t epoch = 0; epoch < once.after_each.size(); ++epoch)
        EXPECT_TRUE(same_bits(once.after_each[epoch], other.after_each[epoch]))
            << "the parameters after epoch " << epoch << " are others when the validation pictures are: they are "
            << "trained on, or their gradients are, or they take numbers from the stream of the training pictures";
}

/// One class, so that the loss is 0 and has no gradient: a step only decays, by 1 - rate * weight_decay.
TrainQuestion decay_run(Draw& draw) {
    TrainQuestion question = small_run(draw);
    question.model.options.classes = 1;
    question.model.weights = draw_parameters(vit_shapes(question.model.options), draw);
    for (probes::Pictures* part : {&question.train, &question.validation})
        std::fill(part->labels.begin(), part->labels.end(), 0);
    question.options.rate = 0.1;
    question.options.weight_decay = 4;
    question.show_each = true;
    return question;
}

/// The largest share of a weight that is left after an epoch, and the smallest, over all matrices.
std::pair<double, double> shares_left(const ModelWeights& before, const ModelWeights& after) {
    double smallest = 1e9, largest = -1e9;
    for (std::size_t n = 0; n < before.size(); ++n) {
        if (before[n].shape.size() < 2) continue;
        for (std::size_t i = 0; i < before[n].values.size(); ++i) {
            if (std::abs(before[n].values[i]) < 1e-3) continue;  // of which a float's last bit is too large a share
            const double share = static_cast<double>(after[n].values[i]) / static_cast<double>(before[n].values[i]);
            smallest = std::min(smallest, share);
            largest = std::max(largest, share);
        }
    }
    return {smallest, largest};
}

TEST(TrainVit, TheRateRisesStepByStepThenFallsAlongACosine) {
    Draw draw = fine_tuning_draw();
    TrainQuestion question = decay_run(draw);
    question.options.epochs = 6;  // of 3 steps each
    question.options.warm_up_steps = 7;
    constexpr double steps = 18, warm_up = 7, pi = 3.14159265358979323846;
    const TrainAnswer answer = ask(question);
    const ModelWeights* before = &question.model.weights;
    for (std::size_t epoch = 0; epoch < 6; ++epoch) {
        double expected = 1;
        for (std::size_t s = 3 * epoch; s < 3 * epoch + 3; ++s) {
            const auto step = static_cast<double>(s);
            const double share =
                step < warm_up ? (step + 1) / warm_up : (1 + std::cos(pi * (step - warm_up) / (steps - warm_up))) / 2;
            expected *= 1 - 0.1 * share * 4;
        }
        const auto [smallest, largest] = shares_left(*before, answer.after_each[epoch]);
        ASSERT_NEAR(smallest, expected, 1e-4)
            << "one class, so the loss is 0 and only weight decay moves the matrices: "
               "in steps "
            << 3 * epoch << " to " << 3 * epoch + 2
            << " each number is to be multiplied by 1 - rate * weight_decay, with the "
               "rates of a warm-up of 7 steps out of 18, then a cosine";
        ASSERT_NEAR(largest, expected, 1e-4) << "the same, of another number: all matrices decay alike";
        before = &answer.after_each[epoch];
    }
}

TEST(TrainVit, OnlyMatricesDecay) {
    Draw draw = fine_tuning_draw();
    const TrainQuestion question = decay_run(draw);
    const ModelWeights after = ask(question).after_each.back();
    for (std::size_t n = 0; n < after.size(); ++n) {
        if (after[n].shape.size() < 2) {
            EXPECT_EQ(after[n].values, question.model.weights[n].values)
                << after[n].name << " is a bias or a norm's: weight decay spares it";
        } else {
            EXPECT_NE(after[n].values, question.model.weights[n].values)
                << after[n].name << " has not decayed: weight_decay is " << question.options.weight_decay;
        }
    }
}

// Adam divides by |g| + 1e-8: gradients far above that give steps of the rate's size, whatever their size. Clipped to the size of
// 1e-8, they can be read off: |step| / rate = |g| / (|g| + 1e-8).
TEST(TrainVit, ClipsTheNormOfAllGradientsTogether) {
    Draw draw = fine_tuning_draw();
    TrainQuestion question = small_run(draw);
    question.options.batch_size = 100;
    question.options.epochs = 1;
    question.options.weight_decay = 0;
    question.options.clip_norm = 1e-8;
    question.show_each = true;
    const ModelWeights after = ask(question).after_each.back();
    double squares = 0;
    for (std::size_t n = 0; n < after.size(); ++n) {
        for (std::size_t i = 0; i < after[n].values.size(); ++i) {
            const double moved =
                static_cast<double>(after[n].values[i]) - static_cast<double>(question.model.weights[n].values[i]);
            const double share = std::min(std::abs(moved) / question.options.rate, 1 - 1e-6);
            squares += std::pow(1e-8 * share / (1 - share), 2);
        }
    }
    EXPECT_NEAR(std::sqrt(squares), 1e-8, 5e-10)
        << "the norm of all gradients of the first step together, read off the step of AdamW, with a clip_norm of 1e-8";
    question.options.clip_norm = 1e5;
    const TrainAnswer wide = ask(question);
    question.options.clip_norm = 1e6;
    EXPECT_TRUE(same_bits(ask(question).after_each.back(), wide.after_each.back()))
        << "gradients that are far below clip_norm are left as they are, with 1e5 and with 1e6";
}

TEST(TrainVit, TheSameOptionsGiveTheSameRunToTheBit) {
    Draw draw = fine_tuning_draw();
    TrainQuestion question = small_run(draw);
    question.options.augment = {.flip = true, .shift = 1};
    question.options.batch_size = 5;
    const TrainAnswer once = ask(question);
    for (const int threads : {1, 2, 3}) {
        question.threads = threads;
        const TrainAnswer again = ask(question);
        EXPECT_EQ(train_losses(again), train_losses(once)) << "losses in training on 1 thread, and on " << threads;
        EXPECT_EQ(validation_losses(again), validation_losses(once)) << "validation on 1 thread, and on " << threads;
        EXPECT_TRUE(same_bits(again.result.best, once.result.best))
            << "the same run on 1 thread and on " << threads << " gave other parameters";
    }
    question.options.seed += 1;
    EXPECT_NE(train_losses(ask(question)), train_losses(once)) << "another seed gave the same run";
}

TEST(TrainVit, ALossThatIsNoNumberEndsTheRun) {
    Draw draw = fine_tuning_draw();
    TrainQuestion question = small_run(draw);
    question.options.rate = 1e38;
    question.options.epochs = 20;
    EXPECT_THAT(probes::train_vit.expect_error<Error>(question), HasSubstr("step")) << "the error names the step";
}

TEST(TrainVit, WhatCannotBeRunIsRefused) {
    Draw draw = fine_tuning_draw();
    const TrainQuestion good = small_run(draw);
    const auto expect_refusal = [&](const std::string& what, const std::function<void(TrainQuestion&)>& spoil) {
        TrainQuestion question = good;
        spoil(question);
        SCOPED_TRACE(what);
        probes::train_vit.expect_error<std::invalid_argument>(question);
    };
    const probes::Pictures none{zeros<4, std::uint8_t>({0, 8, 8, 2}), {}};
    expect_refusal("no pictures to train on", [&](TrainQuestion& q) { q.train = none; });
    expect_refusal("no pictures for validation", [&](TrainQuestion& q) { q.validation = none; });
    expect_refusal("a label less than pictures", [](TrainQuestion& q) { q.train.labels.pop_back(); });
    expect_refusal("pictures of another size", [&](TrainQuestion& q) {
        q.validation.pictures = draw_bytes({7, 8, 12, 2}, draw);
    });
    expect_refusal("pictures of 3 channels", [&](TrainQuestion& q) {
        q.train.pictures = draw_bytes({11, 8, 8, 3}, draw);
    });
    expect_refusal("label 3 of classes 0 to 2", [](TrainQuestion& q) { q.train.labels.back() = 3; });
    expect_refusal("label -1", [](TrainQuestion& q) { q.validation.labels.back() = -1; });
    expect_refusal("batch_size 0", [](TrainQuestion& q) { q.options.batch_size = 0; });
    expect_refusal("epochs 0", [](TrainQuestion& q) { q.options.epochs = 0; });
    expect_refusal("10 warm_up_steps of 9", [](TrainQuestion& q) { q.options.warm_up_steps = 10; });
    expect_refusal("-1 warm_up_steps", [](TrainQuestion& q) { q.options.warm_up_steps = -1; });
    expect_refusal("a negative rate", [](TrainQuestion& q) { q.options.rate = -1e-3; });
    expect_refusal("a rate that is NaN", [](TrainQuestion& q) { q.options.rate = std::nan(""); });
    expect_refusal("a negative weight_decay", [](TrainQuestion& q) { q.options.weight_decay = -1; });
    expect_refusal("clip_norm 0", [](TrainQuestion& q) { q.options.clip_norm = 0; });
    expect_refusal("one mean for two channels", [](TrainQuestion& q) { q.options.mean = {0.5F}; });
    expect_refusal("three stds for two channels", [](TrainQuestion& q) { q.options.std = {1, 1, 1}; });
    expect_refusal("a std of 0", [](TrainQuestion& q) { q.options.std = {1, 0}; });
}

}  // namespace
}  // namespace wb
