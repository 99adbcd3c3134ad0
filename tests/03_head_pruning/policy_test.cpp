/// @file
/// Judges the parts of exercise 3.9: coins, probabilities, rewards, and a gradient that is right on average.
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "policy_case.hpp"
#include "policy_probes.hpp"

namespace wb {
namespace {

using testing::HasSubstr;

// A log probability is a sum of up to 12 logarithms, each up to 3.1, in float: 40 * 1.2e-7.
constexpr Tolerance of_log{.absolute = 2e-5};
// A slope between -1 and 1, times d_out below 1, and the driver's 1; the oracle's difference quotient is good to 1e-9.
constexpr Tolerance of_gradient{.absolute = 1e-5};
// Rewards come and go as double.
constexpr Tolerance of_rewards{.absolute = 1e-9, .relative = 1e-12};

Tensor<1> tensor_of(const std::vector<float>& numbers) {
    Tensor<1> result(std::array<std::size_t, 1>{numbers.size()});
    std::copy(numbers.begin(), numbers.end(), result.begin());
    return result;
}

probes::PolicyAnswer ask_log(const Case& c) {
    const Tensor<1> d_out = c.in<1>("d_out");
    return probes::log_probability(c.in<2>("logits"), c.in<2>("gates"), {d_out.begin(), d_out.end()});
}

TEST(DrawGates, OpensWhereUIsBelowTheProbability) {
    for (const Case& c : cases("3.9/draw"))
        expect_close(probes::draw_gates(c.in<2>("logits"), c.in<2, double>("u")), c, "gates", {});
    Tensor<2> logits(std::array<std::size_t, 2>{1, 4});
    Tensor<2, double> u(std::array<std::size_t, 2>{1, 4});
    const std::array<float, 4> some{0, 0, -1000, 1000};
    const std::array<double, 4> coins{0.5, 0.5 - 0x1p-53, 0, 1 - 0x1p-53};
    std::copy(some.begin(), some.end(), logits.begin());
    std::copy(coins.begin(), coins.end(), u.begin());
    const Tensor<2> gates = probes::draw_gates(logits, u);
    expect_shape(gates, {1, 4}, "gates");
    EXPECT_EQ(gates(0, 0), 0) << "u = p = 1/2: below p is open, p itself is not";
    EXPECT_EQ(gates(0, 1), 1) << "the largest u below p = 1/2";
    EXPECT_EQ(gates(0, 2), 0) << "a probability of 0 and u = 0: such a head is never open";
    EXPECT_EQ(gates(0, 3), 1) << "a probability of 1 and the largest u: such a head is always open";
}

TEST(GreedyGates, OpenWhatIsLikelierOpenThanShut) {
    for (const Case& c : cases("3.9/draw")) expect_close(probes::greedy_gates(c.in<2>("logits")), c, "greedy", {});
    const Tensor<2> tie = probes::greedy_gates(zeros<2>({2, 3}));
    EXPECT_EQ(tie, zeros<2>({2, 3})) << "logits of 0: as likely open as shut, and shut is cheaper";
}

TEST(LogProbability, IsThatOfAllHeadsTogether) {
    for (const Case& c : cases("3.9/log")) expect_close(tensor_of(ask_log(c).value), c, "value", of_log);
}

TEST(LogProbability, GradientsReachTheLogits) {
    for (const Case& c : cases("3.9/log")) expect_close(ask_log(c).gradient, c, "gradient", of_gradient);
}

TEST(LogProbability, StaysFiniteAndExactFarOut) {
    Tensor<2> logits = full<2>({4, 1}, 1000), gates = full<2>({4, 1}, 1);
    logits(1, 0) = logits(3, 0) = -1000;
    gates(2, 0) = gates(3, 0) = 0;
    const probes::PolicyAnswer answer = probes::log_probability(logits, gates, {1, 1, 1, 1});
    const std::array<float, 4> wanted{0, -1000, -1000, 0}, slopes{1, 2, 0, 1};  // gate - p, and 1 from the driver
    ASSERT_EQ(answer.value.size(), 4U);
    expect_shape(answer.gradient, {4, 1}, "gradient");
    for (std::size_t b = 0; b < 4; ++b) {
        EXPECT_EQ(answer.value[b], wanted[b]) << "logit " << logits(b, 0) << ", gate " << gates(b, 0);
        EXPECT_EQ(answer.gradient(b, 0), slopes[b])
            << "gradient, logit " << logits(b, 0) << ", gate " << gates(b, 0) << ": gate - p and the driver's 1";
    }
}

TEST(Rewards, PayForOpenHeads) {
    for (const Case& c : cases("3.9/rewards"))
        expect_close(
            row_of(probes::rewards_of(numbers_of(c.in<1, double>("quality")), c.in<2>("gates"), c.number("cost"))), c,
            "rewards", of_rewards);
}

TEST(Advantages, CompareARolloutWithTheOthersOfItsInput) {
    for (const Case& c : cases("3.9/advantages")) {
        const Tensor<2, double> rewards = c.in<2, double>("rewards");
        expect_close(probes::advantages(rewards, Baseline::others), c, "advantages", of_rewards);
        expect_close(probes::advantages(rewards, Baseline::none), rewards, "advantages without a baseline: rewards",
                     of_rewards);
    }
}

TEST(PolicyLoss, IsAMeanOverDraws) {
    for (const Case& c : cases("3.9/loss")) {
        std::vector<Tensor<2>> gates;
        for (std::size_t k = 0; c.has_in("gates" + std::to_string(k)); ++k)
            gates.push_back(c.in<2>("gates" + std::to_string(k)));
        const probes::PolicyAnswer answer =
            probes::policy_loss(c.in<2>("logits"), gates, c.in<2, double>("advantages"));
        expect_close(tensor_of(answer.value), c, "loss", of_log);
        expect_close(answer.gradient, c, "gradient", of_gradient);
    }
}

/// Two heads and one input: everything that can be drawn can be counted.
struct TwoHeads {
    Case c = grader::one_case("3.9/two_heads/all_draws");
    Tensor<2> logits = c.in<2>("logits");  // [1, 2]
    Tensor<1, double> reward = c.in<1, double>("reward"),
                      likely = c.in<1, double>("likely");  // of gates 00, 01, 10, 11

    static Tensor<2> gates(std::size_t outcome) {
        Tensor<2> open = zeros<2>({1, 2});
        open(0, 0) = outcome >= 2 ? 1 : 0;
        open(0, 1) = outcome % 2 == 1 ? 1 : 0;
        return open;
    }
};

/// The submission's gradient over all that `rollouts` draws can be, each as often as it is likely: its mean, and how far it scatters.
struct Scatter {
    std::vector<double> mean{0, 0};
    double variance = 0;
};

Scatter scatter_of(const TwoHeads& two, std::size_t rollouts, Baseline baseline) {
    Scatter scatter;
    std::size_t outcomes = 1;
    for (std::size_t k = 0; k < rollouts; ++k) outcomes *= 4;
    double squares = 0;
    for (std::size_t n = 0; n < outcomes; ++n) {
        std::vector<Tensor<2>> gates;
        Tensor<2, double> rewards(std::array<std::size_t, 2>{1, rollouts});
        double likely = 1;
        for (std::size_t k = 0, rest = n; k < rollouts; ++k, rest /= 4) {
            gates.push_back(TwoHeads::gates(rest % 4));
            rewards(0, k) = two.reward(rest % 4);
            likely *= two.likely(rest % 4);
        }
        const Tensor<2, double> worth = probes::advantages(rewards, baseline);
        const Tensor<2> gradient = probes::policy_loss(two.logits, gates, worth).gradient;
        expect_shape(gradient, {1, 2}, "gradient");
        for (std::size_t h = 0; h < 2; ++h) {
            const auto slope = static_cast<double>(gradient(0, h));
            scatter.mean[h] += likely * slope;
            squares += likely * slope * slope;
        }
    }
    scatter.variance = squares - scatter.mean[0] * scatter.mean[0] - scatter.mean[1] * scatter.mean[1];
    return scatter;
}

// Rewards of 11 in float: 1e-6 a gradient, of which a mean is made.
TEST(PolicyGradient, IsRightOnAverage) {
    const TwoHeads two;
    const Tensor<1, double> exact = two.c.expected<1>("gradient");
    for (const auto& [rollouts, baseline] : {std::pair<std::size_t, Baseline>{1, Baseline::none},
                                             {2, Baseline::none},
                                             {2, Baseline::others},
                                             {3, Baseline::others}}) {
        const Scatter scatter = scatter_of(two, rollouts, baseline);
        for (std::size_t h = 0; h < 2; ++h)
            EXPECT_NEAR(scatter.mean[h], exact(h), 1e-5)
                << "two heads, " << rollouts << " rollouts, "
                << (baseline == Baseline::none ? "no baseline" : "the others as baseline") << ": the gradient by logit "
                << h
                << " over all that can be drawn, each as often as it is likely, against the slope of -E[R]. Had every "
                   "rollout its own reward in its baseline, the factor would be (rollouts - 1) / rollouts";
    }
}

TEST(PolicyGradient, ScattersLessWithTheBaseline) {
    const TwoHeads two;
    const double without = scatter_of(two, 2, Baseline::none).variance;
    const double with = scatter_of(two, 2, Baseline::others).variance;
    EXPECT_GT(without, 10) << "without a baseline, rewards of about 10 make a gradient that scatters widely";
    EXPECT_LT(with, without / 50) << "the others as baseline: only differences between rewards are left";
}

TEST(Policy, WhatDoesNotFitIsRefused) {
    const Tensor<2> logits = zeros<2>({14, 13}), gates = full<2>({14, 13}, 1);
    const Tensor<2, double> u = full<2, double>({14, 13}, 0.5);
    const std::vector<float> d_out(14, 1);
    const auto names_the_place = [](const std::string& message) {
        EXPECT_THAT(message, testing::AllOf(HasSubstr("11"), HasSubstr("12")))
            << "the message names entry 11 and head 12";
    };
    Tensor<2> wrong = logits;
    wrong(11, 12) = std::nanf("");
    names_the_place(probes::draw_gates.expect_error<std::invalid_argument>(wrong, u));
    names_the_place(probes::greedy_gates.expect_error<std::invalid_argument>(wrong));
    for (const double coin : {-0.5, 1.0, std::nan("")}) {
        Tensor<2, double> coins = u;
        coins(11, 12) = coin;
        names_the_place(probes::draw_gates.expect_error<std::invalid_argument>(logits, coins));
    }
    for (const float gate : {0.5F, 2.0F, -1.0F, std::nanf("")}) {
        wrong = gates;
        wrong(11, 12) = gate;
        names_the_place(probes::log_probability.expect_error<std::invalid_argument>(logits, wrong, d_out));
    }
    EXPECT_THAT(probes::draw_gates.expect_error<ShapeError>(zeros<2>({14, 12}), u),
                testing::AllOf(HasSubstr("[14, 12]"), HasSubstr("[14, 13]")));
    EXPECT_THAT(probes::log_probability.expect_error<ShapeError>(logits, zeros<2>({13, 14}), d_out),
                testing::AllOf(HasSubstr("[14, 13]"), HasSubstr("[13, 14]")));
    probes::rewards_of.expect_error<ShapeError>({1, 2}, zeros<2>({3, 2}), 1);
    probes::rewards_of.expect_error<ShapeError>({1, 2}, zeros<2>({2, 0}), 1);
    probes::advantages.expect_error<std::invalid_argument>(zeros<2, double>({3, 1}), Baseline::others);
    probes::policy_loss.expect_error<ShapeError>(logits, {}, zeros<2, double>({14, 0}));
    probes::policy_loss.expect_error<ShapeError>(logits, {gates, gates}, zeros<2, double>({14, 3}));
    probes::policy_loss.expect_error<ShapeError>(logits, {gates}, zeros<2, double>({13, 1}));
    probes::policy_loss.expect_error<ShapeError>(logits, {zeros<2>({14, 12})}, zeros<2, double>({14, 1}));
}

}  // namespace
}  // namespace wb
