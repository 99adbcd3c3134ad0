/// @file
/// What the judge of exercise 3.9 knows by itself: a policy's probabilities and its training on a QualityTask, in float64 and by plain
/// loops; every derivative by central differences.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "policy_probes.hpp"
#include "policy_task.hpp"
#include "wb/random.hpp"
#include "wb/tensor.hpp"

namespace wb::trusted {

/// A table of numbers, row by row.
using Rows = std::vector<std::vector<double>>;

inline double probability(double logit) {
    return 1 / (1 + std::exp(-logit));
}

/// log pi(gates), of logits small enough that no probability is 0.
inline double log_pi(const std::vector<double>& logits, const std::vector<double>& gates) {
    double total = 0;
    for (std::size_t h = 0; h < logits.size(); ++h)
        total += std::log(gates[h] != 0 ? probability(logits[h]) : 1 - probability(logits[h]));
    return total;
}

/// Mistakes that students make, one at a time.
struct PolicyFlaws {
    bool no_baseline = false;     ///< rewards as they are
    bool own_reward = false;      ///< the baseline is the mean of all rollouts, this one among them
    bool batch_baseline = false;  ///< the baseline is the mean of the whole batch
    bool uphill = false;          ///< the sign is lost
    bool summed = false;          ///< a sum over batch and rollouts in place of a mean
    bool same_coins = false;      ///< the first rollout's u for all
    bool free_heads = false;      ///< the cost is not taken off
    bool cost_a_head = false;     ///< the cost is each head's
    bool first_batch = false;     ///< the same samples each step
    bool plain_descent = false;   ///< no Adam
};

/// rewards [batch][rollouts] -> what they are compared to, subtracted
inline Rows advantages(const Rows& rewards, Baseline baseline, const PolicyFlaws& flaws = {}) {
    Rows result = rewards;
    if (baseline == Baseline::none || flaws.no_baseline) return result;
    double of_batch = 0;
    for (const std::vector<double>& row : rewards) {
        for (const double reward : row) of_batch += reward / static_cast<double>(rewards.size() * row.size());
    }
    for (std::size_t b = 0; b < rewards.size(); ++b) {
        double all = 0;
        for (const double reward : rewards[b]) all += reward;
        const auto rollouts = static_cast<double>(rewards[b].size());
        for (std::size_t k = 0; k < rewards[b].size(); ++k) {
            const double others = (all - rewards[b][k]) / (rollouts - 1);
            result[b][k] -= flaws.batch_baseline ? of_batch : flaws.own_reward ? all / rollouts : others;
        }
    }
    return result;
}

/// A run of training. Parameters: weight [heads, features] row by row, then bias [heads].
struct PolicyInDouble {
    std::vector<double> parameters, rewards, open;
    std::vector<Rows> first_gates = {};  ///< of step 0: [rollouts][batch][heads]
    double closest_coin = 1;             ///< the least |u - p|: where it is tiny, float and double draw different gates
    double smallest_gradient =
        1;  ///< of step 0: Adam divides by it, and makes a whole step of what should be 0 and was rounded
};

inline PolicyInDouble train_policy(const probes::QualityTask& task, const probes::PolicyNumbers& start,
                                   const PolicyTraining& training, const PolicyFlaws& flaws = {}) {
    const std::size_t samples = task.level.size(), heads = task.need.shape(1), rollouts = training.rollouts;
    PolicyInDouble run{{start.weight.begin(), start.weight.end()}, {}, {}};
    run.parameters.insert(run.parameters.end(), start.bias.begin(), start.bias.end());
    std::vector<double> first(run.parameters.size()), second(run.parameters.size());
    Random random(training.seed);
    std::size_t begin = 0;
    for (std::size_t step = 0; step < training.steps; ++step) {
        if (flaws.first_batch) begin = 0;
        const std::size_t end = std::min(samples, begin + training.batch), batch = end - begin;
        std::vector<Rows> gates(rollouts, Rows(batch, std::vector<double>(heads)));  // [rollouts][batch][heads]
        Rows rewards(batch, std::vector<double>(rollouts)), coins(batch, std::vector<double>(heads));
        run.rewards.push_back(0);
        run.open.push_back(0);
        const auto draws = static_cast<double>(batch * rollouts);
        for (std::size_t k = 0; k < rollouts; ++k) {
            for (std::size_t b = 0; b < batch; ++b) {
                const std::vector<double> logits = logits_of(run.parameters, task.features, begin + b, heads);
                for (std::size_t h = 0; h < heads; ++h) {
                    if (k == 0 || !flaws.same_coins) coins[b][h] = random.uniform();
                    gates[k][b][h] = coins[b][h] < probability(logits[h]) ? 1 : 0;
                    run.closest_coin = std::min(run.closest_coin, std::abs(coins[b][h] - probability(logits[h])));
                }
                const double price = flaws.free_heads    ? 0
                                     : flaws.cost_a_head ? training.cost * static_cast<double>(heads)
                                                         : training.cost;
                rewards[b][k] = quality_of(task, begin + b, gates[k][b]) - price * share_of(gates[k][b]);
                run.rewards.back() += rewards[b][k] / draws;
                run.open.back() += share_of(gates[k][b]) / draws;
            }
        }
        if (step == 0) run.first_gates = gates;
        const Rows worth = advantages(rewards, training.baseline, flaws);
        const auto loss = [&](const std::vector<double>& parameters) {
            double total = 0;
            for (std::size_t b = 0; b < batch; ++b) {
                const std::vector<double> logits = logits_of(parameters, task.features, begin + b, heads);
                for (std::size_t k = 0; k < rollouts; ++k) total += worth[b][k] * log_pi(logits, gates[k][b]);
            }
            return (flaws.uphill ? total : -total) / (flaws.summed ? 1 : draws);
        };
        std::vector<double> gradient;
        for (std::size_t p = 0; p < run.parameters.size(); ++p) {
            std::vector<double> up = run.parameters, down = run.parameters;
            up[p] += 1e-5;
            down[p] -= 1e-5;
            gradient.push_back((loss(up) - loss(down)) / 2e-5);
            if (step == 0) run.smallest_gradient = std::min(run.smallest_gradient, std::abs(gradient.back()));
        }
        const auto steps = static_cast<double>(step + 1);
        for (std::size_t p = 0; p < gradient.size(); ++p) {  // Kingma and Ba 2015, algorithm 1
            first[p] = 0.9 * first[p] + 0.1 * gradient[p];
            second[p] = 0.999 * second[p] + 0.001 * gradient[p] * gradient[p];
            const double root = std::sqrt(second[p] / (1 - std::pow(0.999, steps)));
            run.parameters[p] -=
                training.rate *
                (flaws.plain_descent ? gradient[p] : first[p] / (1 - std::pow(0.9, steps)) / (root + 1e-8));
        }
        begin = end == samples ? 0 : end;
    }
    return run;
}

}  // namespace wb::trusted
