/// @file
/// What the judge of exercise 3.8 knows by itself: the Hard-Concrete distribution and training on a GateTask, in float64 and by plain
/// loops; every derivative by central differences.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "hard_concrete_probes.hpp"
#include "wb/random.hpp"
#include "wb/tensor.hpp"

namespace wb::trusted {

/// s (zeta - gamma) + gamma, before it is cut off.
inline double stretched_gate(double log_alpha, double u, const HardConcrete& shape) {
    const double s = 1 / (1 + std::exp(-(std::log(u / (1 - u)) + log_alpha) / shape.beta));
    return s * (shape.zeta - shape.gamma) + shape.gamma;
}

inline double gate(double log_alpha, double u, const HardConcrete& shape) {
    return std::min(1.0, std::max(0.0, stretched_gate(log_alpha, u, shape)));
}

/// P(z > 0): the share of u above the one that gives exactly 0.
inline double open_probability(double log_alpha, const HardConcrete& shape) {
    const double s = -shape.gamma / (shape.zeta - shape.gamma);                        // where z is 0
    return 1 - 1 / (1 + std::exp(-(shape.beta * std::log(s / (1 - s)) - log_alpha)));  // 1 - the u that gives it
}

inline double test_gate(double log_alpha, const HardConcrete& shape) {
    return std::min(1.0, std::max(0.0, (shape.zeta - shape.gamma) / (1 + std::exp(-log_alpha)) + shape.gamma));
}

/// The log_alpha whose gate at test is that. @param gate  between 0 and 1; of 0 the largest log_alpha is meant
inline double log_alpha_of(double gate, const HardConcrete& shape) {
    const double s = (gate - shape.gamma) / (shape.zeta - shape.gamma);
    return std::log(s / (1 - s));
}

/// A task's loss of one sample. @param gates  [heads]
inline double task_loss(const probes::GateTask& task, std::size_t sample, const std::vector<double>& gates) {
    auto loss = static_cast<double>(task.base(sample));
    for (std::size_t h = 0; h < gates.size(); ++h)
        loss += static_cast<double>(task.need(sample, h)) * (1 - gates[h]) * (1 - gates[h]) +
                static_cast<double>(task.harm(sample, h)) * gates[h];
    return loss;
}

/// Mistakes that students make in train_gates, one at a time.
struct TrainingFlaws {
    bool no_penalty = false;       ///< the penalty is reported, and does not go backward
    bool mean_penalty = false;     ///< a mean over heads in place of a sum
    bool summed_losses = false;    ///< a sum over the batch in place of a mean
    bool one_draw = false;         ///< the first sample's gates for the whole batch
    bool draws_once = false;       ///< the same, and no uniform() is spent on the other samples
    bool wraps = false;            ///< the next round begins where a batch of full size would have ended
    bool no_noise = false;         ///< u = 1/2
    bool first_batch = false;      ///< the same samples each step
    bool drops_short = false;      ///< the last batch, when it is short, is left out
    bool plain_descent = false;    ///< no Adam
    bool reports_penalty = false;  ///< with the loss
};

/// A run of training.
struct TrainedInDouble {
    std::vector<double> log_alpha, losses, open;
};

inline TrainedInDouble train(const probes::GateTask& task, const GateTraining& training,
                             const TrainingFlaws& flaws = {}) {
    const std::size_t samples = task.need.shape(0), heads = task.need.shape(1);
    TrainedInDouble run{std::vector<double>(heads, training.start), {}, {}};
    std::vector<double> first(heads), second(heads);
    Random random(training.seed);
    std::size_t begin = 0;
    for (std::size_t step = 0; step < training.steps; ++step) {
        if (flaws.first_batch || (flaws.drops_short && begin + training.batch > samples)) begin = 0;
        const std::size_t end = std::min(samples, begin + training.batch);
        std::vector<std::vector<double>> u;
        for (std::size_t n = begin; n < end; ++n) {
            std::vector<double>& row = u.emplace_back();
            if (flaws.draws_once && n > begin) {
                row = u.front();
                continue;
            }
            for (std::size_t h = 0; h < heads; ++h) row.push_back(flaws.no_noise ? 0.5 : random.uniform());
            if (flaws.one_draw) row = u.front();
        }
        const auto task_loss_with = [&](const std::vector<double>& log_alpha) {
            double loss = 0;
            for (std::size_t n = begin; n < end; ++n) {
                std::vector<double> gates;
                for (std::size_t h = 0; h < heads; ++h)
                    gates.push_back(gate(log_alpha[h], u[n - begin][h], training.shape));
                loss += task_loss(task, n, gates);
            }
            return flaws.summed_losses ? loss : loss / static_cast<double>(end - begin);
        };
        const auto open_with = [&](const std::vector<double>& log_alpha) {
            double open = 0;
            for (const double one : log_alpha) open += open_probability(one, training.shape);
            return open;
        };
        const double weight = flaws.no_penalty     ? 0
                              : flaws.mean_penalty ? training.penalty / static_cast<double>(heads)
                                                   : training.penalty;
        const auto objective = [&](const std::vector<double>& log_alpha) {
            return task_loss_with(log_alpha) + weight * open_with(log_alpha);
        };
        run.losses.push_back(flaws.reports_penalty ? objective(run.log_alpha) : task_loss_with(run.log_alpha));
        run.open.push_back(open_with(run.log_alpha));
        std::vector<double> gradient;
        constexpr double h = 1e-5;
        for (std::size_t k = 0; k < heads; ++k) {
            std::vector<double> up = run.log_alpha, down = run.log_alpha;
            up[k] += h;
            down[k] -= h;
            gradient.push_back((objective(up) - objective(down)) / (2 * h));
        }
        const auto steps = static_cast<double>(step + 1);
        for (std::size_t k = 0; k < heads; ++k) {  // Kingma and Ba 2015, algorithm 1
            first[k] = 0.9 * first[k] + 0.1 * gradient[k];
            second[k] = 0.999 * second[k] + 0.001 * gradient[k] * gradient[k];
            const double root = std::sqrt(second[k] / (1 - std::pow(0.999, steps)));
            run.log_alpha[k] -=
                training.rate *
                (flaws.plain_descent ? gradient[k] : first[k] / (1 - std::pow(0.9, steps)) / (root + 1e-8));
        }
        begin = flaws.wraps ? (begin + training.batch) % samples : end == samples ? 0 : end;
    }
    return run;
}

}  // namespace wb::trusted
