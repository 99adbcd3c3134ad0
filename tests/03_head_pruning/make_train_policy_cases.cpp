/// @file
/// Writes the cases of exercise 3.9's training. Families:
///
///     3.9/train   a few steps, followed in float64
///     3.9/target  inputs that need different heads: training must find out which, and inputs for the exam
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "policy_case.hpp"
#include "trusted_policy.hpp"

namespace wb {
namespace {

using trusted::PolicyFlaws;
using trusted::PolicyInDouble;

/// Uniform in [low, high).
double between(Draw& draw, double low, double high) {
    return (low + high) / 2 + static_cast<double>(draw.uniform<1>({1}, (high - low) / 2)(0));
}

Tensor<3, double> tensor_of(const std::vector<trusted::Rows>& tables) {
    Tensor<3, double> result(
        std::array<std::size_t, 3>{tables.size(), tables.front().size(), tables.front().front().size()});
    double* next = result.data();
    for (const trusted::Rows& table : tables) {
        for (const std::vector<double>& row : table) next = std::copy(row.begin(), row.end(), next);
    }
    return result;
}

/// A task, and the policy to begin with.
struct Beginning {
    probes::QualityTask task;
    probes::PolicyNumbers policy;
};

/// One that a float can follow: no coin falls on its edge, and no gradient of step 0 is next to nothing (with two rollouts one is exactly
/// 0 where a head's gates are the same in both, for every sample; what rounding makes of it, Adam makes a whole step of).
Beginning draw_beginning(Draw& draw, std::size_t samples, std::size_t width, std::size_t heads,
                         const PolicyTraining& training) {
    for (;;) {
        Beginning drawn{{draw.uniform<2>({samples, width}, 1), {}, zeros<2>({samples, heads})},
                        {draw.uniform<2>({heads, width}, 1), draw.uniform<1>({heads}, 1)}};
        for (std::size_t n = 0; n < samples; ++n) drawn.task.level.push_back(between(draw, -3, 3));
        for (float& need : drawn.task.need) need = static_cast<float>(between(draw, 0, 1));
        const PolicyInDouble run = trusted::train_policy(drawn.task, drawn.policy, training);
        if (run.closest_coin > 1e-5 && run.smallest_gradient > 1e-3) return drawn;
    }
}

void write_train(Draw& draw, std::size_t samples, std::size_t width, std::size_t heads,
                 const PolicyTraining& training) {
    const Beginning drawn = draw_beginning(draw, samples, width, heads, training);
    const probes::QualityTask& task = drawn.task;
    const probes::PolicyNumbers& start = drawn.policy;
    CaseWriter writer("3.9/train",
                      shape_name({{"samples", samples}, {"batch", training.batch}, {"rollouts", training.rollouts}}) +
                          (training.baseline == Baseline::none ? "_no_baseline" : ""));
    write_quality_task(writer, task);
    write_policy(writer, start);
    write_policy_training(writer, training);
    const PolicyInDouble right = trusted::train_policy(task, start, training);
    writer.expected("parameters", row_of(right.parameters)).expected("rewards", row_of(right.rewards));
    writer.expected("open", row_of(right.open)).expected("first_gates", tensor_of(right.first_gates));
    const auto mistake = [&](const char* words, const PolicyFlaws& flaws) {
        const PolicyInDouble wrong = trusted::train_policy(task, start, training, flaws);
        writer.mistake(words, "parameters", row_of(wrong.parameters));
        writer.mistake(words, "rewards", row_of(wrong.rewards));
    };
    if (training.baseline == Baseline::others) {
        mistake("those of training without the baseline", {.no_baseline = true});
        mistake("those of training with the mean of all rollouts as baseline", {.own_reward = true});
        mistake("those of training with the batch's mean as baseline", {.batch_baseline = true});
    }
    mistake("those of training that makes what was good less likely: the sign is lost", {.uphill = true});
    if (training.rollouts > 1) mistake("those of training with the same coins in each rollout", {.same_coins = true});
    mistake("those of training where heads cost nothing", {.free_heads = true});
    mistake("those of training where each head costs what all should", {.cost_a_head = true});
    if (training.batch < samples) mistake("those of training with the first batch at each step", {.first_batch = true});
    mistake("those of training by plain descent; wb::Adam moves the policy", {.plain_descent = true});
}

/// Features and needs of one kind: of six heads one is needed always, one never, and of two pairs the one or the other, by the sign of
/// a feature. Which is which is drawn; the third feature says nothing.
struct Contextual {
    std::vector<std::size_t> heads;

    [[nodiscard]] probes::QualityTask task(Draw& draw, std::size_t samples) const {
        probes::QualityTask task{Tensor<2>(std::array<std::size_t, 2>{samples, 3}), {}, zeros<2>({samples, 6})};
        for (std::size_t n = 0; n < samples; ++n) {
            for (std::size_t f = 0; f < 3; ++f)
                task.features(n, f) = static_cast<float>(between(draw, 0.1, 1) * (draw.below(2) == 0 ? 1 : -1));
            task.level.push_back(between(draw, -5, 5));
            task.need(n, heads[0]) = 1;
            task.need(n, heads[task.features(n, 0) > 0 ? 2 : 3]) = 1;
            task.need(n, heads[task.features(n, 1) > 0 ? 4 : 5]) = 1;
        }
        return task;
    }
};

void write_target(Draw& draw) {
    Contextual kind;
    std::vector<std::size_t> left{0, 1, 2, 3, 4, 5};
    while (!left.empty()) {
        const std::size_t at = draw.below(left.size());
        kind.heads.push_back(left[at]);
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
    }
    const probes::QualityTask exam = kind.task(draw, 400);
    CaseWriter writer("3.9/target", "6_heads");
    write_quality_task(writer, kind.task(draw, 200));
    write_policy(writer, {zeros<2>({6, 3}), zeros<1>({6})});
    write_policy_training(writer, {.cost = 2.4, .seed = draw.below(1000000)});
    writer.in("exam.features", exam.features).in("exam.need", exam.need);
}

WB_CASES(train_policy) {
    Draw draw(seed + 392);
    write_train(draw, 10, 2, 3, {.cost = 1, .steps = 9, .batch = 4, .rollouts = 3, .rate = 0.2, .seed = 7});
    write_train(draw, 6, 3, 4, {.cost = 0.5, .steps = 12, .batch = 3, .rollouts = 2, .rate = 0.1, .seed = 11});
    write_train(draw, 5, 1, 2,
                {.cost = 2,
                 .steps = 8,
                 .batch = 64,
                 .rollouts = 1,
                 .rate = 0.15,
                 .baseline = Baseline::none,
                 .seed = draw.below(1000)});
    write_target(draw);
}

}  // namespace
}  // namespace wb
