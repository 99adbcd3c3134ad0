/// @file
/// Exercise 3.8: gates that close by themselves. A penalty on the number of open gates has no gradient, so each gate becomes a random
/// number that is *exactly* 0 or 1 most of the time and still moves smoothly with its parameter log_alpha: the Hard-Concrete distribution.
///
///     s = sigmoid((ln u - ln(1 - u) + log_alpha) / beta)          u uniform in (0, 1): a softened coin          equation 10
///     z = min(1, max(0, s (zeta - gamma) + gamma))                stretched past both ends, and cut off         equations 11, 12
///     P(z > 0) = sigmoid(log_alpha - beta ln(-gamma / zeta))      how likely the gate is open: in closed form   equation 12
///
///     log_alpha   -4     -2     0      2      4          with beta 2/3, gamma -0.1, zeta 1.1
///     P(z > 0)    .083   .401   .832   .973   .996
///     at test     0      .043   .5     .957   1          min(1, max(0, sigmoid(log_alpha) (zeta - gamma) + gamma)): equation 13
///
/// Trained is log_alpha alone, one number a head; the model stays as it is. Loss: what the task says, plus a price for each open head.
/// Source: Louizos, Welling and Kingma, ICLR 2018 (equation numbers are theirs); on heads: Voita et al. 2019, section 5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "gated_model.hpp"
#include "wb/autograd/tape.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// The distribution's shape; the defaults are the paper's.
/// Every function below throws std::invalid_argument, which gives all three by name and number, unless beta > 0, gamma < 0 and zeta > 1, all finite.
struct HardConcrete {
    double beta = 2.0 / 3;  ///< temperature: the smaller, the rarer is a gate between 0 and 1
    double gamma = -0.1;    ///< where the stretched interval begins: all below 0 becomes exactly 0
    double zeta = 1.1;      ///< where it ends: all above 1 becomes exactly 1
};

/// The members, in wire order.
inline auto fields(HardConcrete& shape) {
    return std::tie(shape.beta, shape.gamma, shape.zeta);
}

/// Draws gates; an operation on the tape, with a gradient to log_alpha.
///
///     gates[b, h] = z for u[b, h] and log_alpha[h]        d z / d log_alpha = s (1 - s) (zeta - gamma) / beta; 0 where z was cut off
///
/// @param log_alpha  [heads]
/// @param u          [batch, heads], each in [0, 1]; u = 0 gives the gate 0 and u = 1 the gate 1, their limits, with gradient 0
/// @return           [batch, heads], each 0 to 1; never NaN for a finite log_alpha, however large
/// @throws ShapeError naming both shapes, when log_alpha is not [heads] for u [batch, heads], or there are no heads
/// @throws std::invalid_argument naming entry, head and number, when a u is not in [0, 1] (or NaN)
Var<float> sample_gates(Var<float> log_alpha, const Tensor<2, double>& u, const HardConcrete& shape = {});

/// How likely each gate is open: P(z > 0).
/// @param log_alpha  [heads]
/// @return           [heads]
Tensor<1, double> open_probabilities(const Tensor<1>& log_alpha, const HardConcrete& shape = {});

/// How many gates are open on average: sum_h P(z_h > 0), the penalty. An operation on the tape, with a gradient to log_alpha.
/// @param log_alpha  [heads]
/// @return           []
/// @throws ShapeError when log_alpha has not 1 axis
Var<float> expected_open(Var<float> log_alpha, const HardConcrete& shape = {});

/// The gates to use once training is over: no chance is involved, and beta has no part in it.
/// @param log_alpha  [heads]
/// @return           [heads]: min(1, max(0, sigmoid(log_alpha) (zeta - gamma) + gamma))
Tensor<1> test_gates(const Tensor<1>& log_alpha, const HardConcrete& shape = {});

/// How to train gates.
struct GateTraining {
    double penalty = 0.05;    ///< what an open head costs, in the loss's unit (nats), 0 or more
    std::size_t steps = 300;  ///< of Adam; 0 leaves every log_alpha at `start`
    std::size_t batch = 32;   ///< samples a step, at least 1
    double rate = 0.1;        ///< of Adam, 0 or more
    double start = 2;         ///< log_alpha of every head to begin with: open, and not so far that it cannot come back
    std::uint64_t seed = 1;   ///< of the draws
    HardConcrete shape = {};  ///< of the gates' distribution
};

/// The members, in wire order.
inline auto fields(GateTraining& training) {
    return std::tie(training.penalty, training.steps, training.batch, training.rate, training.start, training.seed,
                    training.shape);
}

/// A step of training, as it was before log_alpha moved.
struct GateStep {
    double loss = 0;           ///< the task's: mean over the batch, without the penalty
    double expected_open = 0;  ///< heads
};

/// The members, in wire order.
inline auto fields(GateStep& step) {
    return std::tie(step.loss, step.expected_open);
}

/// Gates that were trained.
struct TrainedGates {
    Tensor<1> log_alpha;          ///< [heads]
    std::vector<GateStep> steps;  ///< one a step
};

/// The members, in wire order.
inline auto fields(TrainedGates& trained) {
    return std::tie(trained.log_alpha, trained.steps);
}

/// Trains one log_alpha a head on a model that stays as it is.
///
///     each step:  loss = mean_b losses_b(gates) + penalty * expected_open(log_alpha);  wb::Adam, default options, moves log_alpha
///
/// Batches go through the samples in order and begin again: 10 samples in batches of 4 are 0..3, 4..7, 8..9, 0..3, .. Each sample of a
/// batch has gates of its own. They are drawn from one Random(seed): for each step, each sample of its batch, each head, one uniform().
/// Tapes are in Mode::evaluate: gradients, but no dropout; the noise is in the gates. The model's parameters neither move nor get a
/// gradient (Tape::redirect_gradients), so that whoever trains them next finds no leftovers.
/// @param losses   asked once a step, with gates [batch, heads]
/// @param samples  how many there are, at least 1
/// @param heads    at least 1
/// @throws std::invalid_argument naming what is out of its range: samples, heads, batch, penalty, rate or start (NaN and infinity are)
/// @throws ShapeError when losses answers another shape than [batch]
/// @throws Error naming the step, counted from 0, when its loss is not finite
TrainedGates train_gates(const GatedLosses& losses, std::size_t samples, std::size_t heads,
                         const GateTraining& training = {});

}  // namespace wb
