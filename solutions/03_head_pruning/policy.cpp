/// @file
/// Exercise 3.9: a policy that chooses heads by the input. The contract is chapters/03_head_pruning/policy.hpp.
#include "policy.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"
#include "wb/errors.hpp"
#include "wb/random.hpp"
#include "wb/training/adam.hpp"

namespace wb {

// SOLUTION BEGIN 3.9 removed
namespace {

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}

/// -ln(1 + e^-x), without an exponential that overflows.
double log_sigmoid(double x) {
    return std::min(x, 0.0) - std::log1p(std::exp(-std::abs(x)));
}

[[noreturn]] void refuse(const char* where, const char* what, std::size_t entry, std::size_t head, double number,
                         const char* wanted) {
    throw std::invalid_argument(std::string(where) + ": " + what + " of entry " + std::to_string(entry) + ", head " +
                                std::to_string(head) + " is " + std::to_string(number) + wanted);
}

void require_numbers(const char* where, const Tensor<2>& logits) {
    for (std::size_t b = 0; b < logits.shape(0); ++b) {
        for (std::size_t h = 0; h < logits.shape(1); ++h) {
            const auto logit = static_cast<double>(logits(b, h));
            if (std::isnan(logit)) refuse(where, "the logit", b, h, logit, "");
        }
    }
}

}  // namespace
// SOLUTION END

// TODO(3.9): a coin for each head.
//   Equation: gate = 1 where u < sigmoid(logit).
//   Ask:      u is uniform in [0, 1). With which probability is it below p? And with <= in place of <, what becomes of p = 0?
//   Traps:    comparisons with NaN are false: a NaN logit would look like a head that is shut.
Tensor<2> draw_gates(const Tensor<2>& logits, const Tensor<2, double>& u) {
    // SOLUTION BEGIN 3.9
    if (logits.shape() != u.shape())
        throw ShapeError("draw_gates: logits " + shape_text(logits) + " and u " + shape_text(u) + " differ");
    require_numbers("draw_gates", logits);
    Tensor<2> gates(logits.shape());
    for (std::size_t b = 0; b < u.shape(0); ++b) {
        for (std::size_t h = 0; h < u.shape(1); ++h) {
            if (!(u(b, h) >= 0 && u(b, h) < 1)) refuse("draw_gates", "u", b, h, u(b, h), "; it must be in [0, 1)");
            gates(b, h) = u(b, h) < sigmoid(static_cast<double>(logits(b, h))) ? 1 : 0;
        }
    }
    return gates;
    // SOLUTION END
}

// TODO(3.9): no coin any more.
//   Ask:      p > 1/2: what does that say of the logit?
Tensor<2> greedy_gates(const Tensor<2>& logits) {
    // SOLUTION BEGIN 3.9
    require_numbers("greedy_gates", logits);
    Tensor<2> gates(logits.shape());
    for (std::size_t n = 0; n < gates.size(); ++n) gates.data()[n] = logits.data()[n] > 0 ? 1 : 0;
    return gates;
    // SOLUTION END
}

// TODO(3.9): the log probability of all heads' gates together.
//   Equation: sum_h log p_h where the gate is 1, log (1 - p_h) where it is 0; 1 - sigmoid(x) = sigmoid(-x). d / d logit_h = gate_h - p_h.
//   Start:    an operation as in 3.1 and 3.8: make({batch}), record. One function log_sigmoid serves open and shut heads.
//   Ask:      the derivative is positive for an open head and negative for one that is shut, whatever p is. What does adding it to the
//             logits do to what has just happened?
//   Traps:    log(sigmoid(-1000)) is log 0. ln(1 + e^-x) = -x + ln(1 + e^x): choose the form whose exponent is negative.
Var<float> log_probability(Var<float> logits, const Tensor<2>& gates) {
    // SOLUTION BEGIN 3.9
    if (logits.shape() != Shape(std::span<const std::size_t>(gates.shape())))
        throw ShapeError("log_probability: logits " + shape_text(logits.shape()) + " and gates " + shape_text(gates) +
                         " differ");
    const std::size_t batch = gates.shape(0), heads = gates.shape(1);
    Tape<float>& tape = logits.tape();
    const Var<float> result = tape.make({batch});
    float* slope = tape.keep<float>(batch * heads);
    for (std::size_t b = 0; b < batch; ++b) {
        double total = 0;
        for (std::size_t h = 0; h < heads; ++h) {
            const float gate = gates(b, h);
            if (gate != 0 && gate != 1)
                refuse("log_probability", "the gate", b, h, static_cast<double>(gate), "; it must be 0 or 1");
            const auto logit = static_cast<double>(tape.data(logits)[b * heads + h]);
            total += log_sigmoid(gate == 1 ? logit : -logit);
            slope[b * heads + h] = static_cast<float>(static_cast<double>(gate) - sigmoid(logit));
        }
        tape.data(result)[b] = static_cast<float>(total);
    }
    return tape.record(result, {logits}, [=, &tape] {
        const auto [into, fresh] = tape.slot(logits);
        if (into == nullptr) return;
        if (fresh) std::fill_n(into, batch * heads, 0.0F);
        for (std::size_t n = 0; n < batch * heads; ++n) into[n] += tape.gradient(result)[n / heads] * slope[n];
    });
    // SOLUTION END
}

// TODO(3.9): quality has its price.
//   Ask:      with cost 0.6 and 3 of 12 heads open, what is taken off?
std::vector<double> rewards_of(std::span<const double> quality, const Tensor<2>& gates, double cost) {
    // SOLUTION BEGIN 3.9
    if (gates.shape(0) != quality.size() || gates.shape(1) == 0)
        throw ShapeError("rewards_of: " + std::to_string(quality.size()) + " qualities for gates " + shape_text(gates));
    std::vector<double> rewards;
    for (std::size_t b = 0; b < quality.size(); ++b) {
        double open = 0;
        for (std::size_t h = 0; h < gates.shape(1); ++h) open += static_cast<double>(gates(b, h));
        rewards.push_back(quality[b] - cost * open / static_cast<double>(gates.shape(1)));
    }
    return rewards;
    // SOLUTION END
}

// TODO(3.9): better or worse than what?
//   Equation: A_k = R_k - (sum of the others) / (rollouts - 1).
//   Ask:      one input is easy (rewards 10 11), another hard (0 1). Whose second rollout was the better choice? What would rewards
//             as they are teach? And if R_k were part of its own baseline, by which factor would A_k become smaller?
Tensor<2, double> advantages(const Tensor<2, double>& rewards, Baseline baseline) {
    // SOLUTION BEGIN 3.9
    if (baseline == Baseline::none) return rewards;
    const std::size_t rollouts = rewards.shape(1);
    if (rollouts < 2)
        throw std::invalid_argument("advantages: the baseline is the mean of the other rollouts, and there are " +
                                    std::to_string(rollouts) + " in all; draw at least 2, or take Baseline::none");
    Tensor<2, double> result(rewards.shape());
    for (std::size_t b = 0; b < rewards.shape(0); ++b) {
        for (std::size_t k = 0; k < rollouts; ++k) {
            double others = 0;
            for (std::size_t other = 0; other < rollouts; ++other) others += other == k ? 0 : rewards(b, other);
            result(b, k) = rewards(b, k) - others / static_cast<double>(rollouts - 1);
        }
    }
    return result;
    // SOLUTION END
}

// TODO(3.9): something that goes backward.
//   Start:    log_probability of each rollout, times its column of advantages as tape.constant, added up; then the sign and the mean.
//   Ask:      Adam goes downhill, and rewards should go up. Where does the sign belong?
//   Traps:    a mean over batch *and* rollouts: twice as many draws must not be twice as long a step.
Var<float> policy_loss(Var<float> logits, std::span<const Tensor<2>> gates, const Tensor<2, double>& advantages) {
    // SOLUTION BEGIN 3.9
    const std::size_t batch = advantages.shape(0), rollouts = gates.size();
    if (rollouts == 0 || advantages.shape(1) != rollouts || logits.shape().rank() != 2 || logits.shape()[0] != batch)
        throw ShapeError("policy_loss: advantages " + shape_text(advantages) +
                         " must be [batch, rollouts] for logits " + shape_text(logits.shape()) + " and gates of " +
                         std::to_string(rollouts) + " rollouts");
    Var<float> total;
    for (std::size_t k = 0; k < rollouts; ++k) {
        std::vector<float> column;
        for (std::size_t b = 0; b < batch; ++b) column.push_back(static_cast<float>(advantages(b, k)));
        const Var<float> part = log_probability(logits, gates[k]) * logits.tape().constant(Shape{batch}, column);
        total = k == 0 ? part : total + part;
    }
    return mean_all(total) * static_cast<float>(-1 / static_cast<double>(rollouts));
    // SOLUTION END
}

// SOLUTION BEGIN 3.9 removed
namespace {

void require_training(std::size_t samples, const PolicyTraining& training) {
    const auto require = [](bool right, const char* name, double number, const char* wanted) {
        if (!right)
            throw std::invalid_argument("train_policy: " + std::string(name) + " is " + std::to_string(number) +
                                        ", but must be " + wanted);
    };
    const std::size_t rollouts = training.rollouts;
    require(samples > 0, "samples", 0, "at least 1");
    require(training.batch > 0, "batch", 0, "at least 1");
    require(rollouts > 0, "rollouts", 0, "at least 1");
    require(rollouts > 1 || training.baseline == Baseline::none, "rollouts", 1,
            "at least 2 for others to compare with");
    require(training.cost >= 0 && std::isfinite(training.cost), "cost", training.cost, "0 or more, and finite");
    require(training.rate >= 0 && std::isfinite(training.rate), "rate", training.rate, "0 or more, and finite");
}

/// Draws of one step, and what they were worth.
struct Rollouts {
    std::vector<Tensor<2>> gates;
    Tensor<2, double> rewards;
    PolicyStep step;
};

Rollouts roll_out(const Tensor<2>& logits, const Shard& shard, const GatedQuality& quality,
                  const PolicyTraining& training, Random& random) {
    Rollouts drawn{{}, Tensor<2, double>(std::array<std::size_t, 2>{shard.size(), training.rollouts}), {}};
    const double share = 1 / static_cast<double>(shard.size() * training.rollouts);
    for (std::size_t k = 0; k < training.rollouts; ++k) {
        const Tensor<2, double> u = uniform_tensor<2, double>(random, logits.shape());
        const Tensor<2>& gates = drawn.gates.emplace_back(draw_gates(logits, u));
        const std::vector<double> qualities = quality(shard, gates);
        if (qualities.size() != shard.size())
            throw ShapeError("train_policy: " + std::to_string(qualities.size()) + " qualities of " +
                             std::to_string(shard.size()) + " samples");
        const std::vector<double> rewards = rewards_of(qualities, gates, training.cost);
        for (std::size_t b = 0; b < shard.size(); ++b) {
            drawn.rewards(b, k) = rewards[b];
            drawn.step.reward += rewards[b] * share;
            drawn.step.quality += qualities[b] * share;
        }
        for (const float gate : gates)
            drawn.step.open += static_cast<double>(gate) * share / static_cast<double>(gates.shape(1));
    }
    return drawn;
}

}  // namespace
// SOLUTION END

// TODO(3.9): training.
//   Start:    an Adam of the policy's ParameterList. Each step: a Tape, the batch's rows of features as a constant, the policy's logits on
//             it; their numbers (tensor<2>()) for the draws, and the Var itself for the loss.
//   Ask:      the model is asked rollouts times a step, and never goes backward. What is that worth when the model is a service that
//             only answers?
//   Traps:    new coins for each rollout. The last batch may be short. What is reported is from before the step.
std::vector<PolicyStep> train_policy(const HeadPolicy& policy, const Tensor<2>& features, const GatedQuality& quality,
                                     const PolicyTraining& training) {
    // SOLUTION BEGIN 3.9
    const std::size_t samples = features.shape(0), width = features.shape(1);
    require_training(samples, training);
    Adam<float> optimizer{ParameterList<float>(policy)};
    Random random(training.seed);
    Tape<float> tape;
    std::vector<PolicyStep> steps;
    std::size_t begin = 0;
    for (std::size_t step = 0; step < training.steps; ++step) {
        const Shard shard{0, begin, begin + std::min(samples - begin, training.batch)};
        begin = shard.end == samples ? 0 : shard.end;
        tape.reset();
        const Var<float> logits =
            policy(tape.constant({shard.size(), width}, {features.data() + shard.begin * width, shard.size() * width}));
        const Rollouts drawn = roll_out(logits.tensor<2>(), shard, quality, training, random);
        if (!std::isfinite(drawn.step.quality))
            throw Error("train_policy: a quality of step " + std::to_string(step) + " is not finite");
        steps.push_back(drawn.step);
        tape.backward(policy_loss(logits, drawn.gates, advantages(drawn.rewards, training.baseline)));
        optimizer.step(training.rate);
    }
    return steps;
    // SOLUTION END
}

}  // namespace wb
