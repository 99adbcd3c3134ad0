/// @file
/// Judges the runs of exercise 4.9: which epoch comes out of a run, and how well a fine-tuned model does on pictures that it never
/// saw. A run's own word counts for nothing: the weights that it returns are measured (trained_worth.hpp).
#include <fmt/format.h>

#include "fine_tuning_draw.hpp"
#include "judge/judge.hpp"
#include "target_fine_tuning.hpp"
#include "train_question.hpp"
#include "trained_worth.hpp"

namespace wb {
namespace {

using grader::one_case;
using probes::TrainAnswer;
using probes::TrainQuestion;

/// What the pictures of a case are.
probes::Pictures pictures_of(const Case& c, const std::string& part) {
    const Tensor<1, std::int32_t> labels = c.in<1, std::int32_t>(part + ".labels");
    return {c.in<4, std::uint8_t>(part + ".pictures"), {labels.begin(), labels.end()}};
}

// One thread: that makes no difference to a right answer, and graders' machines are busy.
TEST(TrainVit, FineTunesToClassesOfWhichItHasSeenAHundredPictures) {
    const Case c = one_case("4.9/fashion/five_classes");
    TrainQuestion question{.model = {target::model(), {}},
                           .new_head = 5,
                           .train = pictures_of(c, "train"),
                           .validation = pictures_of(c, "validation"),
                           .options = target::options()};
    for (const auto& [name, shape] : vit_shapes(question.model.options)) {
        const Tensor<1> values = c.in<1>("weights." + name);
        question.model.weights.push_back({name, shape, {values.begin(), values.end()}});
    }
    const TrainAnswer answer = ask(question);
    probes::VitWeights tuned{question.model.options, answer.result.best};
    tuned.options.classes = 5;
    const Worth unseen = worth_of(tuned, pictures_of(c, "unseen"), question.options);
    metric("fine_tuned_accuracy", unseen.accuracy);
    EXPECT_GE(unseen.accuracy, target::accuracy)
        << "the share of 3,000 pictures, never shown to the run, whose class the weights it returned find. Its own "
           "accuracy in validation was "
        << answer.result.epochs[answer.result.best_epoch].validation_accuracy;
}

/// 40 steps that learn noise by heart: what they do to other noise goes up and down.
TrainQuestion restless_run(Draw& draw) {
    TrainQuestion question = small_run(draw);
    question.options.batch_size = 100;
    question.options.epochs = 40;
    question.options.rate = 0.02;
    question.options.seed = draw.below(1000);
    return question;
}

std::string text_of(const std::vector<TrainEpoch>& epochs) {
    std::string text;
    for (const TrainEpoch& epoch : epochs)
        text += fmt::format(" {:.3f} ({:.4f})", epoch.validation_accuracy, epoch.validation_loss);
    return text;
}

/// By the run's own numbers.
std::size_t best_of(const std::vector<TrainEpoch>& epochs) {
    std::size_t best = 0;
    for (std::size_t n = 1; n < epochs.size(); ++n) {
        const TrainEpoch &one = epochs[n], &other = epochs[best];
        if (one.validation_accuracy > other.validation_accuracy ||
            (one.validation_accuracy == other.validation_accuracy && one.validation_loss < other.validation_loss))
            best = n;
    }
    return best;
}

TEST(TrainVit, BestIsTheMostAccurateEpochThenThatOfLowerLoss) {
    Draw draw = fine_tuning_draw();
    for (int run = 0; run < 12; ++run) {
        const TrainAnswer answer = ask(restless_run(draw));
        const std::vector<TrainEpoch>& epochs = answer.result.epochs;
        ASSERT_EQ(answer.result.best_epoch, best_of(epochs))
            << "accuracies in validation (and losses), epochs count from 0:" << text_of(epochs);
    }
}

TEST(TrainVit, OfEqualEpochsTheFirstIsTheBest) {
    Draw draw = fine_tuning_draw();
    TrainQuestion question = small_run(draw);
    question.options.rate = 0;
    EXPECT_EQ(ask(question).result.best_epoch, 0U) << "a rate of 0: all epochs are equally good, and the first counts";
}

TEST(TrainVit, ReturnsTheBestEpochsWeights) {
    Draw draw = fine_tuning_draw();
    for (int run = 0; run < 3; ++run) {
        TrainQuestion question = restless_run(draw);
        question.show_each = true;
        const TrainAnswer answer = ask(question);
        const TrainEpoch& reported = answer.result.epochs[answer.result.best_epoch];
        const Worth best =
            worth_of({question.model.options, answer.result.best}, question.validation, question.options);
        ASSERT_NEAR(best.loss, reported.validation_loss, loss_error(reported.validation_loss))
            << "validation loss of the weights in `best`, against the run's own of epoch " << answer.result.best_epoch
            << (same_bits(answer.result.best, answer.after_each.back())
                    ? ". They are those of the last epoch: a copy of the model shares its parameters, so copy their "
                      "numbers"
                    : "");
        ASSERT_NEAR(best.accuracy, reported.validation_accuracy, 1e-9) << "accuracy of the weights in `best`";
    }
}

TEST(TrainVit, TellsOfEachEpochAsItEnds) {
    Draw draw = fine_tuning_draw();
    TrainQuestion question = small_run(draw);
    question.show_each = true;
    const TrainAnswer answer = ask(question);
    EXPECT_EQ(answer.told_epochs, (std::vector<std::size_t>{0, 1, 2})) << "numbers that on_epoch was called with";
    ASSERT_EQ(answer.told.size(), 3U);
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
        const TrainEpoch& told = answer.told[epoch];
        EXPECT_EQ(told.train_loss, answer.result.epochs[epoch].train_loss) << "epoch " << epoch;
        EXPECT_EQ(told.validation_loss, answer.result.epochs[epoch].validation_loss) << "epoch " << epoch;
        EXPECT_EQ(told.validation_accuracy, answer.result.epochs[epoch].validation_accuracy) << "epoch " << epoch;
        const Worth then =
            worth_of({question.model.options, answer.after_each[epoch]}, question.validation, question.options);
        EXPECT_NEAR(told.validation_loss, then.loss, loss_error(then.loss))
            << "the model when on_epoch was called for epoch " << epoch
            << ": it is trained in place, and on_epoch comes before the next epoch";
    }
}

}  // namespace
}  // namespace wb
