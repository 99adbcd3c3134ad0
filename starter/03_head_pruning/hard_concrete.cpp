/// @file
/// Exercise 3.8: Hard-Concrete gates. The contract is chapters/03_head_pruning/hard_concrete.hpp.
#include "hard_concrete.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"
#include "wb/errors.hpp"
#include "wb/random.hpp"
#include "wb/training/adam.hpp"

namespace wb {

// TODO(3.8): an operation whose result is random, and whose gradient is not.
//   Equation: s = sigmoid((ln u - ln(1 - u) + log_alpha) / beta), z = clamp(s (zeta - gamma) + gamma, 0, 1). Where 0 < z < 1:
//             dz / d log_alpha = s (1 - s) / beta * (zeta - gamma).
//   Start:    gate_heads of exercise 3.1: tape.make, a loop, tape.record with a lambda that adds to tape.slot(log_alpha). Compute in
//             double. What backward needs of s, tape.keep<float>(count) keeps: it is simplest to keep the derivative itself.
//   Ask:      all the chance is in u, which comes in from outside. What then is there left to be differentiated? And what is the
//             derivative of a number that was cut off?
//   Traps:    one log_alpha serves every entry of the batch: its gradient is a sum. u may be 0: ln 0 is -inf, of which sigmoid makes 0,
//             and nothing is NaN as long as -inf meets no other infinity. 1 - u of a float u near 1 is coarse: keep the double.
Var<float> sample_gates(Var<float> log_alpha, const Tensor<2, double>& u, const HardConcrete& shape) {
    throw wb::NotImplemented("3.8");
}

// TODO(3.8): how likely is a gate open?
//   Equation: z > 0 where s > -gamma / (zeta - gamma). s grows with u; solved for u: P(z > 0) = sigmoid(log_alpha - beta ln(-gamma / zeta)).
//   Ask:      with log_alpha 0 and the default shape the answer is .832, not .5. Why are more gates open than closed?
//   Traps:    ln(-gamma / zeta) is negative, so it is the probability that grows by it.
Tensor<1, double> open_probabilities(const Tensor<1>& log_alpha, const HardConcrete& shape) {
    throw wb::NotImplemented("3.8");
}

// TODO(3.8): the penalty, as an operation on the tape.
//   Equation: sum_h p_h; d p_h / d log_alpha_h = p_h (1 - p_h).
//   Start:    as above: make({}), record. The p_h of the forward pass are worth keeping.
//   Ask:      a gate that is shut for good (log_alpha -20): what does the penalty still do to it?
Var<float> expected_open(Var<float> log_alpha, const HardConcrete& shape) {
    throw wb::NotImplemented("3.8");
}

// TODO(3.8): the gates once training is over.
//   Equation: min(1, max(0, sigmoid(log_alpha) (zeta - gamma) + gamma)): equation 13.
//   Ask:      which log_alpha is the largest that gives exactly 0? Is P(z > 0) then small?
Tensor<1> test_gates(const Tensor<1>& log_alpha, const HardConcrete& shape) {
    throw wb::NotImplemented("3.8");
}

// TODO(3.8): training.
//   Start:    log_alpha is a Parameter<float> in a ParameterList by itself, which is what Adam gets; std::make_shared makes one. Each step:
//             tape.reset(Mode::evaluate), tape.use(log_alpha), u from Random, sample_gates, the losses, mean_all, the penalty,
//             tape.backward, Adam::step.
//   Ask:      the losses use the model's parameters. Where do their gradients go if you do nothing about it, and who finds them there?
//             Tape::redirect_gradients, with log_alpha as the only entry, sends them nowhere, and the tape need not even compute them.
//   Traps:    that table holds log_alpha->gradient.data(), a null pointer until need_gradient() or Adam's constructor has run: log_alpha
//             would never move. The last batch may be short. The penalty belongs to the loss that goes backward, not to the one that is reported. What is
//             reported is from before the step.
TrainedGates train_gates(const GatedLosses& losses, std::size_t samples, std::size_t heads,
                         const GateTraining& training) {
    throw wb::NotImplemented("3.8");
}

}  // namespace wb
