/// @file
/// What the tests may ask of exercise 3.9: each function by its numbers, and training on qualities whose formula both sides know.
#pragma once

#include <cstddef>
#include <tuple>
#include <vector>

#include "policy.hpp"
#include "probe/probe.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// logits, u -> gates
inline const Probe<Tensor<2>(Tensor<2>, Tensor<2, double>)> draw_gates{"3.9/draw_gates"};

/// logits -> gates
inline const Probe<Tensor<2>(Tensor<2>)> greedy_gates{"3.9/greedy_gates"};

/// A result, and the gradient by the logits.
struct PolicyAnswer {
    std::vector<float> value;  ///< [batch], or one number
    Tensor<2> gradient;        ///< [batch, heads]
};
inline auto fields(PolicyAnswer& answer) {
    return std::tie(answer.value, answer.gradient);
}

/// logits, gates, d_out [batch] -> log probabilities, and the gradient of sum(result * d_out) + sum(logits): the driver uses the logits
/// a second time, so 1 is there before the operation goes backward.
inline const Probe<PolicyAnswer(Tensor<2>, Tensor<2>, std::vector<float>)> log_probability{"3.9/log_probability"};

/// quality, gates, cost -> rewards
inline const Probe<std::vector<double>(std::vector<double>, Tensor<2>, double)> rewards_of{"3.9/rewards_of"};

/// rewards, baseline -> advantages
inline const Probe<Tensor<2, double>(Tensor<2, double>, Baseline)> advantages{"3.9/advantages"};

/// logits, gates of each rollout, advantages -> the loss and its gradient
inline const Probe<PolicyAnswer(Tensor<2>, std::vector<Tensor<2>>, Tensor<2, double>)> policy_loss{"3.9/policy_loss"};

/// Qualities of gates: quality_n(g) = level_n - sum_h need_nh (1 - g_h). Gates that are neither 0 nor 1 are an error of the driver's.
struct QualityTask {
    Tensor<2> features;         ///< [samples, features]
    std::vector<double> level;  ///< [samples]
    Tensor<2> need;             ///< [samples, heads]
    bool one_short = false;     ///< one quality too few: there to be refused
};
inline auto fields(QualityTask& task) {
    return std::tie(task.features, task.level, task.need, task.one_short);
}

/// A policy's parameters.
struct PolicyNumbers {
    Tensor<2> weight;  ///< [heads, features]
    Tensor<1> bias;    ///< [heads]
};
inline auto fields(PolicyNumbers& numbers) {
    return std::tie(numbers.weight, numbers.bias);
}

/// What the task was asked.
struct PolicyAsk {
    std::size_t begin = 0, end = 0;
    Tensor<2> gates;  ///< [end - begin, heads]
};
inline auto fields(PolicyAsk& ask) {
    return std::tie(ask.begin, ask.end, ask.gates);
}

/// What training did.
struct PolicyRun {
    PolicyNumbers policy;  ///< afterwards
    std::vector<PolicyStep> steps;
    std::vector<PolicyAsk> asked;
};
inline auto fields(PolicyRun& run) {
    return std::tie(run.policy, run.steps, run.asked);
}

/// task, the policy to begin with, training -> run
inline const Probe<PolicyRun(QualityTask, PolicyNumbers, PolicyTraining)> train_policy{"3.9/train_policy"};

}  // namespace wb::probes
