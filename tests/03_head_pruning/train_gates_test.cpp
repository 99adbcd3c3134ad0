/// @file
/// Judges exercise 3.8's training, on losses that the judge knows by their formula.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gate_task_case.hpp"
#include "hard_concrete_probes.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

using grader::one_case;
using probes::GateAsk;
using probes::GateRun;
using probes::GateTask;

GateRun ask(const GateTask& task, const GateTraining& training) {
    const std::size_t samples = task.need.shape(0), heads = task.need.shape(1);
    GateRun run = probes::train_gates(task, samples, heads, training);
    expect_shape(run.trained.log_alpha, {heads}, "log_alpha");
    if (run.trained.steps.size() != training.steps)
        stop_test("training of " + std::to_string(training.steps) + " steps reports " +
                  std::to_string(run.trained.steps.size()));
    return run;
}

/// Whether training did anything at all; otherwise says why it often does not.
void expect_moved(const GateRun& run, const GateTraining& training) {
    const Tensor<1>& now = run.trained.log_alpha;
    const auto start = static_cast<float>(training.start);
    if (std::any_of(now.begin(), now.end(), [start](float one) { return one != start; })) return;
    stop_test("log_alpha has not moved in " + std::to_string(training.steps) +
              " steps: no gradient has reached it. The table for redirect_gradients holds a null pointer until "
              "need_gradient() or Adam's constructor has run");
}

Tensor<1, double> numbers_of(const std::vector<GateStep>& steps, double GateStep::*member) {
    Tensor<1, double> result(std::array<std::size_t, 1>{steps.size()});
    for (std::size_t n = 0; n < steps.size(); ++n) result(n) = steps[n].*member;
    return result;
}

// A dozen steps in float; 1e-6 is seen. Were a gate cut off in float and not in double, a step would differ by far more: that takes one
// within 1e-7 of 0 or 1, for about one seed in 10^4.
constexpr Tolerance of_training{.absolute = 1e-4};

TEST(TrainGates, MovesLogAlphaAsTheContractSays) {
    for (const Case& c : cases("3.8/train")) {
        const GateRun run = ask(task_of(c), training_of(c));
        expect_moved(run, training_of(c));
        expect_close(run.trained.log_alpha, c, "log_alpha", of_training);
    }
}

TEST(TrainGates, ReportsTheTasksLossAndTheOpenHeadsOfEachStep) {
    for (const Case& c : cases("3.8/train")) {
        const std::vector<GateStep> steps = ask(task_of(c), training_of(c)).trained.steps;
        expect_close(numbers_of(steps, &GateStep::loss), c, "losses", of_training);
        expect_close(numbers_of(steps, &GateStep::expected_open), c, "open", of_training);
    }
}

TEST(TrainGates, GoesThroughTheSamplesInOrderAndBeginsAgain) {
    const Case c = one_case("3.8/train/samples10_heads5_batch4");
    const std::vector<GateAsk> asked = ask(task_of(c), training_of(c)).asked;
    const std::vector<std::pair<std::size_t, std::size_t>> round{{0, 4}, {4, 8}, {8, 10}};
    ASSERT_EQ(asked.size(), 9U) << "nine steps: one question each";
    for (std::size_t n = 0; n < asked.size(); ++n) {
        EXPECT_EQ(std::pair(asked[n].begin, asked[n].end), round[n % 3])
            << "samples of step " << n
            << ": 10 of them in batches of 4 are 0..3, 4..7, 8..9, 0..3, ..; they do not wrap around, as "
               "(begin + batch) % samples would";
        EXPECT_EQ(asked[n].mode, "evaluate") << "of step " << n << "'s tape: gradients, but no dropout";
    }
}

// At step 0 every log_alpha is `start`, so each gate tells its u.
TEST(TrainGates, EachSampleHasGatesOfItsOwn) {
    const Case c = one_case("3.8/train/samples10_heads5_batch4");
    const GateTraining training = training_of(c);
    const Tensor<2> gates = ask(task_of(c), training).asked.at(0).gates;
    bool all_alike = true;
    for (std::size_t n = 0; n < gates.size(); ++n) all_alike = all_alike && gates.data()[n] == gates(0, n % 5);
    EXPECT_FALSE(all_alike) << "all samples of the batch have the same gates: one draw for the whole batch";
    expect_close(gates, c.expected<2>("first_gates"),
                 "the gates of step 0, one uniform() of Random(seed) for each sample of the batch and each head",
                 {.absolute = 1e-5});
}

TEST(TrainGates, TheSameSeedGivesTheSameGates) {
    const Case c = one_case("3.8/train/samples6_heads8_batch3");
    GateTraining training = training_of(c);
    const GateRun once = ask(task_of(c), training), again = ask(task_of(c), training);
    expect_moved(once, training);
    EXPECT_EQ(once.trained.log_alpha, again.trained.log_alpha) << "the same task, training and seed";
    training.seed += 1;
    EXPECT_NE(once.trained.log_alpha, ask(task_of(c), training).trained.log_alpha) << "another seed";
    training.steps = 0;
    EXPECT_EQ(ask(task_of(c), training).trained.log_alpha, full<1>({8}, static_cast<float>(training.start)))
        << "no steps: every log_alpha is where it starts";
    training.steps = 1;
    training.rate = 0;
    training.start = 7.5;
    EXPECT_EQ(ask(task_of(c), training).trained.log_alpha, full<1>({8}, 7.5F))
        << "a step with rate 0 from a start of 7.5: log_alpha has no bounds";
}

TEST(TrainGates, LeavesTheModelAsItIs) {
    const Case c = one_case("3.8/train/samples6_heads8_batch3");
    const GateRun run = ask(task_of(c), training_of(c));
    EXPECT_EQ(run.weight, 1) << "the model's own parameter moved; log_alpha alone is trained";
    EXPECT_EQ(run.weight_gradient, 0)
        << "the model's own parameter has a gradient left, which whoever trains it next will add to";
}

TEST(TrainGates, KeepsTheHeadsThatAreNeededAndClosesTheRest) {
    const Case c = one_case("3.8/target/12_heads");
    const Tensor<1> wanted = c.in<1>("wanted");
    const GateRun run = ask(task_of(c), training_of(c));
    expect_moved(run, training_of(c));
    const Tensor<1> log_alpha = run.trained.log_alpha;
    double least_needed = std::numeric_limits<double>::infinity(), most_useless = -least_needed;
    for (std::size_t h = 0; h < 12; ++h) {
        const auto one = static_cast<double>(log_alpha(h));
        ASSERT_TRUE(std::isfinite(one)) << "log_alpha of head " << h;
        if (wanted(h) != 0) least_needed = std::min(least_needed, one);
        if (wanted(h) == 0) most_useless = std::max(most_useless, one);
    }
    metric("needed_log_alpha", least_needed);
    metric("useless_log_alpha", most_useless);
    EXPECT_GE(least_needed, c.number("log_alpha_of_0.8"))
        << "the smallest log_alpha of the five heads that are needed: from here up the gate at test is .8 or more";
    EXPECT_LE(most_useless, c.number("log_alpha_of_0"))
        << "the largest log_alpha of the seven heads without which the loss is no higher: from here down the gate at "
           "test is exactly 0";
}

TEST(TrainGates, AHigherPriceLeavesFewerHeadsOpen) {
    const Case c = one_case("3.8/price/10_heads");
    GateTraining training = training_of(c);
    const double half_open = c.number("log_alpha_of_0.5");  // the gate at test is above 1/2 from here up
    std::vector<std::size_t> open;
    for (const double penalty : {0.0, 0.02, 0.2}) {
        training.penalty = penalty;
        const GateRun run = ask(task_of(c), training);
        expect_moved(run, training);
        const Tensor<1>& log_alpha = run.trained.log_alpha;
        open.push_back(0);
        for (const float one : log_alpha) open.back() += static_cast<double>(one) > half_open ? 1 : 0;
        metric("open_at_" + std::to_string(penalty).substr(0, 4), static_cast<double>(open.back()));
    }
    EXPECT_EQ(open[0], 10U) << "heads open at a penalty of 0: none of them is in the way";
    EXPECT_LT(open[1], open[0]) << "heads open at a penalty of 0.02, and of 0";
    EXPECT_LT(open[2], open[1]) << "heads open at a penalty of 0.2, and of 0.02";
    EXPECT_GE(open[2], 1U) << "heads open at a penalty of 0.2: the last is worth 1";
}

TEST(TrainGates, WhatCannotBeTrainedIsRefused) {
    const Case c = one_case("3.8/train/samples6_heads8_batch3");
    const GateTask task = task_of(c);
    const GateTraining right = training_of(c);
    const double infinity = std::numeric_limits<double>::infinity(), nan = std::nan("");
    const auto refused = [&](const char* name, std::size_t samples, std::size_t heads, const GateTraining& training) {
        SCOPED_TRACE("samples " + std::to_string(samples) + ", heads " + std::to_string(heads) + ", batch " +
                     std::to_string(training.batch) + ", penalty " + std::to_string(training.penalty) + ", rate " +
                     std::to_string(training.rate) + ", start " + std::to_string(training.start) + ", zeta " +
                     std::to_string(training.shape.zeta));
        EXPECT_THAT(probes::train_gates.expect_error<std::invalid_argument>(task, samples, heads, training),
                    testing::HasSubstr(name))
            << "the message names what is out of range";
    };
    refused("samples", 0, 8, right);
    refused("heads", 6, 0, right);
    GateTraining wrong = right;
    wrong.batch = 0;
    refused("batch", 6, 8, wrong);
    for (const double number : {-1.0, infinity, nan}) {
        wrong = right;
        wrong.penalty = number;
        refused("penalty", 6, 8, wrong);
        wrong = right;
        wrong.rate = number;
        refused("rate", 6, 8, wrong);
        wrong = right;
        wrong.start = number < 0 ? -infinity : number;
        refused("start", 6, 8, wrong);
    }
    wrong = right;
    for (const double number : {0.5, infinity}) {
        wrong.shape.zeta = number;
        refused("zeta", 6, 8, wrong);
    }
    GateTask broken = task;
    broken.one_loss = true;
    {
        SCOPED_TRACE("losses that answer [], the mean of a batch, in place of [batch]");
        probes::train_gates.expect_error<ShapeError>(broken, 6, 8, right);
        wrong = right;
        wrong.batch = 1;
        SCOPED_TRACE("batches of 1, whose losses are [1] and not []");
        probes::train_gates.expect_error<ShapeError>(broken, 6, 8, wrong);
    }
    broken = task;
    broken.base(4) = std::nanf("");
    SCOPED_TRACE("6 samples in batches of 3, of which number 4 has a loss of NaN");
    EXPECT_THAT(probes::train_gates.expect_error<Error>(broken, 6, 8, right), testing::HasSubstr("step 1"))
        << "the message names step 1, counted from 0: samples 3 to 5, one of whose losses is NaN";
}

}  // namespace
}  // namespace wb
