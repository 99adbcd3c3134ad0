/// @file
/// Binds the probes of exercise 3.9 to the submission's functions.
#include <algorithm>
#include <stdexcept>

#include "policy_probes.hpp"
#include "probe/worker.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"

namespace wb {
namespace {

template <std::size_t N>
Var<float> variable(Tape<float>& tape, const Tensor<N>& x) {
    return tape.variable(Shape(std::span<const std::size_t>(x.shape())), {x.data(), x.size()});
}

/// A result, and the gradient of a loss by the logits; zeros where none arrived.
probes::PolicyAnswer answer_of(Var<float> result, Var<float> loss, Var<float> logits) {
    probes::PolicyAnswer answer{{result.value().begin(), result.value().end()}, Tensor<2>()};
    loss.tape().backward(loss);
    answer.gradient = zeros<2>({logits.shape()[0], logits.shape()[1]});
    std::copy(logits.grad().begin(), logits.grad().end(), answer.gradient.data());
    return answer;
}

probes::PolicyAnswer ask_log_probability(const Tensor<2>& numbers, const Tensor<2>& gates,
                                         const std::vector<float>& d_out) {
    Tape<float> tape;
    const Var<float> logits = variable(tape, numbers), result = log_probability(logits, gates);
    const Var<float> again = sum_all(logits);  // after the result, so before it on the way back
    return answer_of(result, again + sum_all(result * tape.constant(result.shape(), d_out)), logits);
}

probes::PolicyAnswer ask_policy_loss(const Tensor<2>& numbers, const std::vector<Tensor<2>>& gates,
                                     const Tensor<2, double>& worth) {
    Tape<float> tape;
    const Var<float> logits = variable(tape, numbers), loss = policy_loss(logits, gates, worth);
    return answer_of(loss, loss, logits);
}

/// The task as a function that notes what it is asked for.
GatedQuality function_of(const probes::QualityTask& task, std::vector<probes::PolicyAsk>& asked) {
    return [&task, &asked](const Shard& samples, const Tensor<2>& gates) {
        const std::size_t heads = task.need.shape(1);
        if (samples.begin >= samples.end || samples.end > task.level.size() || gates.shape(0) != samples.size() ||
            gates.shape(1) != heads)
            throw std::logic_error("asked for the quality of samples " + std::to_string(samples.begin) + " to " +
                                   std::to_string(samples.end) + " (exclusive) of " +
                                   std::to_string(task.level.size()) + " with gates " + shape_text(gates) +
                                   "; there are " + std::to_string(heads) + " heads");
        asked.push_back({samples.begin, samples.end, gates});
        std::vector<double> quality;
        for (std::size_t n = 0; n < samples.size(); ++n) {
            quality.push_back(task.level[samples.begin + n]);
            for (std::size_t h = 0; h < heads; ++h) {
                const float gate = gates(n, h);
                if (gate != 0 && gate != 1)
                    throw std::logic_error("asked for the quality with a gate of " + std::to_string(gate) +
                                           "; a policy's gates are 0 or 1");
                quality.back() -= static_cast<double>(task.need(samples.begin + n, h) * (1 - gate));
            }
        }
        if (task.one_short) quality.pop_back();
        return quality;
    };
}

probes::PolicyRun run_training(const probes::QualityTask& task, const probes::PolicyNumbers& start,
                               const PolicyTraining& training) {
    const HeadPolicy policy(start.weight.shape(1), start.weight.shape(0));
    std::copy(start.weight.begin(), start.weight.end(), policy.weight->value.begin());
    std::copy(start.bias.begin(), start.bias.end(), policy.bias->value.begin());
    probes::PolicyRun run;
    run.steps = train_policy(policy, task.features, function_of(task, run.asked), training);
    run.policy = start;
    std::copy(policy.weight->value.begin(), policy.weight->value.end(), run.policy.weight.begin());
    std::copy(policy.bias->value.begin(), policy.bias->value.end(), run.policy.bias.begin());
    return run;
}

}  // namespace

WB_BIND(policy) {
    worker.bind(probes::draw_gates, &draw_gates);
    worker.bind(probes::greedy_gates, &greedy_gates);
    worker.bind(probes::log_probability, &ask_log_probability);
    worker.bind(probes::rewards_of, [](const std::vector<double>& quality, const Tensor<2>& gates, double cost) {
        return rewards_of(quality, gates, cost);
    });
    worker.bind(probes::advantages, &advantages);
    worker.bind(probes::policy_loss, &ask_policy_loss);
    worker.bind(probes::train_policy, &run_training);
}

}  // namespace wb
