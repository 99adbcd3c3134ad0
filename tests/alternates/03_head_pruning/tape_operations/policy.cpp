/// @file
/// Exercise 3.9 another way: the log probability is put together from the library's operations, softplus(-x) being the cross-entropy of the
/// two logits x and 0; all rollouts are one long batch; advantages by (R - mean of all) * rollouts / (rollouts - 1), which is the same.
#include "policy.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/autograd/losses.hpp"
#include "wb/errors.hpp"
#include "wb/random.hpp"
#include "wb/training/adam.hpp"

namespace wb {
namespace {

std::string place(std::size_t n, std::size_t heads) {
    return "[" + std::to_string(n / heads) + "][" + std::to_string(n % heads) + "]";
}

}  // namespace

Tensor<2> draw_gates(const Tensor<2>& logits, const Tensor<2, double>& u) {
    if (logits.shape() != u.shape()) throw ShapeError("logits " + shape_text(logits) + " and u " + shape_text(u));
    Tensor<2> gates = zeros<2>(logits.shape());
    for (std::size_t n = 0; n < u.size(); ++n) {
        const auto logit = static_cast<double>(logits.data()[n]);
        const double coin = u.data()[n];
        if (std::isnan(logit) || !(coin >= 0) || coin >= 1)
            throw std::invalid_argument("no coin can be tossed at " + place(n, u.shape(1)));
        if (coin < 1 / (1 + std::exp(-logit))) gates.data()[n] = 1;
    }
    return gates;
}

Tensor<2> greedy_gates(const Tensor<2>& logits) {
    Tensor<2> gates = zeros<2>(logits.shape());
    for (std::size_t n = 0; n < gates.size(); ++n) {
        if (std::isnan(logits.data()[n])) throw std::invalid_argument("NaN at " + place(n, gates.shape(1)));
        if (logits.data()[n] > 0) gates.data()[n] = 1;
    }
    return gates;
}

Var<float> log_probability(Var<float> logits, const Tensor<2>& gates) {
    if (logits.shape() != Shape(std::span<const std::size_t>(gates.shape())))
        throw ShapeError("logits " + shape_text(logits.shape()) + " and gates " + shape_text(gates));
    Tape<float>& tape = logits.tape();
    const std::size_t batch = gates.shape(0), heads = gates.shape(1);
    Tensor<2> signs(gates.shape());
    for (std::size_t n = 0; n < gates.size(); ++n) {
        const float gate = gates.data()[n];
        if (gate != 0 && gate != 1) throw std::invalid_argument("a gate is half open at " + place(n, heads));
        signs.data()[n] = 2 * gate - 1;
    }
    const Var<float> x = logits * tape.constant(signs);
    const Var<float> pair =
        concat<float>({reshape(x, {batch * heads, 1}), tape.constant(zeros<2>({batch * heads, 1}))}, 1);
    // The cross-entropy of class 0 is softplus(-x); cross_entropy makes a mean, so a sample at a time.
    std::vector<Var<float>> rows;
    const std::vector<int> first(heads, 0);
    for (std::size_t b = 0; b < batch; ++b)
        rows.push_back(reshape(cross_entropy(slice(pair, 0, b * heads, (b + 1) * heads), std::span<const int>(first)) *
                                   -static_cast<float>(heads),
                               {1}));
    return concat(rows, 0);
}

std::vector<double> rewards_of(std::span<const double> quality, const Tensor<2>& gates, double cost) {
    const std::size_t heads = gates.shape(1);
    if (quality.size() != gates.shape(0) || heads == 0) throw ShapeError("no quality for each of " + shape_text(gates));
    std::vector<double> rewards(quality.begin(), quality.end());
    for (std::size_t n = 0; n < gates.size(); ++n)
        rewards[n / heads] -= cost / static_cast<double>(heads) * static_cast<double>(gates.data()[n]);
    return rewards;
}

Tensor<2, double> advantages(const Tensor<2, double>& rewards, Baseline baseline) {
    Tensor<2, double> result = rewards;
    if (baseline == Baseline::none) return result;
    if (rewards.shape(1) < 2) throw std::invalid_argument("no other rollouts");
    const Tensor<2, double> means = mean(rewards, 1);
    const auto rollouts = static_cast<double>(rewards.shape(1));
    for (std::size_t b = 0; b < rewards.shape(0); ++b) {
        for (std::size_t k = 0; k < rewards.shape(1); ++k)
            result(b, k) = (rewards(b, k) - means(b, 0)) * rollouts / (rollouts - 1);
    }
    return result;
}

Var<float> policy_loss(Var<float> logits, std::span<const Tensor<2>> gates, const Tensor<2, double>& advantages) {
    const std::size_t rollouts = gates.size(), batch = advantages.shape(0);
    if (rollouts == 0 || rollouts != advantages.shape(1) || logits.shape()[0] != batch)
        throw ShapeError("advantages " + shape_text(advantages) + " and logits " + shape_text(logits.shape()));
    std::vector<Var<float>> parts;
    Tensor<1> weights(std::array<std::size_t, 1>{rollouts * batch});
    for (std::size_t n = 0; n < weights.size(); ++n) weights(n) = static_cast<float>(-advantages(n % batch, n / batch));
    for (const Tensor<2>& one : gates) parts.push_back(log_probability(logits, one));
    return mean_all(concat(parts, 0) * logits.tape().constant(weights));
}

std::vector<PolicyStep> train_policy(const HeadPolicy& policy, const Tensor<2>& features, const GatedQuality& quality,
                                     const PolicyTraining& training) {
    const std::size_t samples = features.shape(0), needed = training.baseline == Baseline::others ? 2 : 1;
    const auto check = [](bool right, const char* name) {
        if (!right) throw std::invalid_argument(std::string(name) + " is out of its range");
    };
    check(samples != 0, "samples");
    check(training.batch != 0, "batch");
    check(training.rollouts >= needed, "rollouts");
    check(std::isfinite(training.cost) && training.cost >= 0, "cost");
    check(std::isfinite(training.rate) && training.rate >= 0, "rate");
    const ParameterList<float> parameters(policy);
    Adam<float> adam(parameters);
    Random random(training.seed);
    std::vector<PolicyStep> result;
    for (std::size_t step = 0, first = 0; step < training.steps; ++step) {
        const std::size_t size = std::min(samples - first, training.batch);
        Tape<float> tape;
        const Var<float> logits = policy(slice(tape.constant(features), 0, first, first + size));
        const Tensor<2> numbers = logits.tensor<2>();
        PolicyStep now;
        std::vector<Tensor<2>> gates;
        Tensor<2, double> rewards = zeros<2, double>({size, training.rollouts});
        for (std::size_t k = 0; k < training.rollouts; ++k) {
            gates.push_back(draw_gates(numbers, uniform_tensor<2, double>(random, numbers.shape())));
            const std::vector<double> got = quality({.index = 0, .begin = first, .end = first + size}, gates.back());
            if (got.size() != size) throw ShapeError("not a quality for each sample");
            const std::vector<double> worth = rewards_of(got, gates.back(), training.cost);
            for (std::size_t b = 0; b < size; ++b) {
                if (!std::isfinite(got[b])) throw Error("no finite quality at step " + std::to_string(step));
                rewards(b, k) = worth[b];
                now.quality += got[b];
                now.reward += worth[b];
            }
            for (const float gate : gates.back()) now.open += static_cast<double>(gate);
        }
        const auto draws = static_cast<double>(size * training.rollouts);
        result.push_back(
            {now.reward / draws, now.quality / draws, now.open / draws / static_cast<double>(numbers.shape(1))});
        tape.backward(policy_loss(logits, gates, advantages(rewards, training.baseline)));
        adam.step(training.rate);
        first = (first + size) % samples;
    }
    return result;
}

}  // namespace wb
