/// @file
/// Judges exercise 3.9's training, on qualities that the judge knows by their formula.
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "policy_case.hpp"
#include "policy_probes.hpp"
#include "policy_task.hpp"

namespace wb {
namespace {

using grader::one_case;
using probes::PolicyAsk;
using probes::PolicyNumbers;
using probes::PolicyRun;
using probes::QualityTask;
using testing::HasSubstr;

PolicyRun ask(const QualityTask& task, const PolicyNumbers& start, const PolicyTraining& training) {
    PolicyRun run = probes::train_policy(task, start, training);
    if (run.steps.size() != training.steps)
        stop_test("training of " + std::to_string(training.steps) + " steps reports " +
                  std::to_string(run.steps.size()));
    return run;
}

PolicyRun ask(const Case& c) {
    return ask(quality_task_of(c), policy_of(c), policy_training_of(c));
}

std::vector<double> parameters_of(const PolicyNumbers& policy) {
    std::vector<double> parameters(policy.weight.begin(), policy.weight.end());
    parameters.insert(parameters.end(), policy.bias.begin(), policy.bias.end());
    return parameters;
}

// A dozen steps in float, of at most 0.2 each: rounding makes some 1e-7 of a gradient above 1e-3, so 1e-4 of Adam's first step at worst; what is seen
// is less.
constexpr Tolerance of_training{.absolute = 1e-4};

TEST(TrainPolicy, MovesThePolicyAsTheContractSays) {
    for (const Case& c : cases("3.9/train"))
        expect_close(row_of(parameters_of(ask(c).policy)), c, "parameters", of_training);
}

TEST(TrainPolicy, ReportsWhatEachStepDrew) {
    for (const Case& c : cases("3.9/train")) {
        std::vector<double> rewards, open;
        const double cost = c.number("cost");
        for (const PolicyStep& step : ask(c).steps) {
            rewards.push_back(step.reward);
            open.push_back(step.open);
            EXPECT_NEAR(step.quality - cost * step.open, step.reward, 1e-6)
                << "reward = quality - cost * share of open heads, for means too";
        }
        expect_close(row_of(rewards), c, "rewards", {.absolute = 1e-5});
        expect_close(row_of(open), c, "open", {.absolute = 1e-6});
    }
}

TEST(TrainPolicy, AsksOnceForEachRolloutWithCoinsOfItsOwn) {
    const Case c = one_case("3.9/train/samples10_batch4_rollouts3");
    const std::vector<PolicyAsk> asked = ask(c).asked;
    const std::vector<std::pair<std::size_t, std::size_t>> round{{0, 4}, {4, 8}, {8, 10}};
    ASSERT_EQ(asked.size(), 27U) << "nine steps of three rollouts: one question each";
    for (std::size_t n = 0; n < asked.size(); ++n)
        EXPECT_EQ(std::pair(asked[n].begin, asked[n].end), round[n / 3 % 3])
            << "samples of step " << n / 3 << ", rollout " << n % 3
            << ": 10 of them in batches of 4 are 0..3, 4..7, 8..9, 0..3, ..";
    const Tensor<3, double> gates = c.expected<3>("first_gates");
    for (std::size_t k = 0; k < 3; ++k) {
        expect_shape(asked[k].gates, {4, 3}, "gates of step 0");
        for (std::size_t b = 0; b < 4; ++b) {
            for (std::size_t h = 0; h < 3; ++h)
                EXPECT_EQ(asked[k].gates(b, h), gates(k, b, h))
                    << "step 0, rollout " << k << ", sample " << b << ", head " << h
                    << ": one uniform() of Random(seed) for each, in this order";
        }
    }
}

TEST(TrainPolicy, TheSameSeedGivesTheSamePolicy) {
    const Case c = one_case("3.9/train/samples6_batch3_rollouts2");
    PolicyTraining training = policy_training_of(c);
    const auto trained = [&] { return parameters_of(ask(quality_task_of(c), policy_of(c), training).policy); };
    const std::vector<double> once = trained();
    EXPECT_EQ(trained(), once) << "the same task, policy, training and seed";
    training.seed += 1;
    EXPECT_NE(trained(), once) << "another seed";
    training.steps = 0;
    EXPECT_EQ(trained(), parameters_of(policy_of(c))) << "no steps: the policy is as it was";
}

/// Mean of -(what was missed) - cost * share over the exam. @param gates_of  sample -> gates
template <class GatesOf>
double worth_of(const QualityTask& exam, double cost, const GatesOf& gates_of) {
    double total = 0;
    for (std::size_t n = 0; n < exam.level.size(); ++n) {
        const std::vector<double> gates = gates_of(n);
        total += quality_of(exam, n, gates) - cost * share_of(gates);
    }
    return total / static_cast<double>(exam.level.size());
}

TEST(TrainPolicy, LearnsWhichHeadsAnInputNeeds) {
    const Case c = one_case("3.9/target/6_heads");
    const double cost = c.number("cost");
    const std::vector<double> parameters = parameters_of(ask(c).policy);
    const QualityTask exam{c.in<2>("exam.features"), std::vector<double>(400), c.in<2>("exam.need")};
    for (const double parameter : parameters) ASSERT_TRUE(std::isfinite(parameter)) << "a parameter of the policy";
    double open = 0;
    const double reward = worth_of(exam, cost, [&](std::size_t n) {
        std::vector<double> gates = logits_of(parameters, exam.features, n, 6);
        for (double& gate : gates) gate = gate > 0 ? 1 : 0;
        open += share_of(gates) / 400;
        return gates;
    });
    double best_fixed = -std::numeric_limits<double>::infinity();
    for (std::size_t set = 0; set < 64; ++set) {
        std::vector<double> gates;
        for (std::size_t h = 0; h < 6; ++h) gates.push_back(static_cast<double>(set >> h & 1U));
        best_fixed = std::max(best_fixed, worth_of(exam, cost, [&](std::size_t) { return gates; }));
    }
    metric("policy_gain", reward - best_fixed);
    metric("policy_open", open);
    EXPECT_GE(reward - best_fixed, 0.5) << "the mean reward of 400 inputs, never seen, with the policy's greedy gates ("
                                        << reward
                                        << "), minus that of the best choice of heads that is the same for all inputs ("
                                        << best_fixed << ")";
    EXPECT_LE(open, 0.6)
        << "the share of heads that the policy opens; three of six are needed, and which, the input says";
}

TEST(TrainPolicy, WhatCannotBeTrainedIsRefused) {
    const Case c = one_case("3.9/train/samples6_batch3_rollouts2");
    const QualityTask task = quality_task_of(c);
    const PolicyNumbers start = policy_of(c);
    const PolicyTraining right = policy_training_of(c);
    const auto refused = [&](const char* name, const PolicyTraining& training) {
        EXPECT_THAT(probes::train_policy.expect_error<std::invalid_argument>(task, start, training), HasSubstr(name))
            << "the message names what is out of range";
    };
    PolicyTraining wrong = right;
    wrong.batch = 0;
    refused("batch", wrong);
    wrong = right;
    wrong.rollouts = 1;
    refused("rollouts", wrong);
    wrong.rollouts = 0;
    wrong.baseline = Baseline::none;
    refused("rollouts", wrong);
    for (const double number : {-1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
        wrong = right;
        wrong.cost = number;
        refused("cost", wrong);
        wrong = right;
        wrong.rate = number;
        refused("rate", wrong);
    }
    QualityTask broken{zeros<2>({0, 3}), {}, zeros<2>({0, 4})};
    EXPECT_THAT(probes::train_policy.expect_error<std::invalid_argument>(broken, start, right), HasSubstr("samples"));
    broken = task;
    broken.features = zeros<2>({6, 5});
    probes::train_policy.expect_error<ShapeError>(broken, start, right);
    broken = task;
    broken.one_short = true;
    probes::train_policy.expect_error<ShapeError>(broken, start, right);
    broken = task;
    broken.level[4] = std::nan("");
    EXPECT_THAT(probes::train_policy.expect_error<Error>(broken, start, right), HasSubstr("step 1"))
        << "the message names step 1, counted from 0: samples 3 to 5, one of whose qualities is NaN";
}

}  // namespace
}  // namespace wb
