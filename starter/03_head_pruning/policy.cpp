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

// TODO(3.9): a coin for each head.
//   Equation: gate = 1 where u < sigmoid(logit).
//   Ask:      u is uniform in [0, 1). With which probability is it below p? And with <= in place of <, what becomes of p = 0?
//   Traps:    comparisons with NaN are false: a NaN logit would look like a head that is shut.
Tensor<2> draw_gates(const Tensor<2>& logits, const Tensor<2, double>& u) {
    throw wb::NotImplemented("3.9");
}

// TODO(3.9): no coin any more.
//   Ask:      p > 1/2: what does that say of the logit?
Tensor<2> greedy_gates(const Tensor<2>& logits) {
    throw wb::NotImplemented("3.9");
}

// TODO(3.9): the log probability of all heads' gates together.
//   Equation: sum_h log p_h where the gate is 1, log (1 - p_h) where it is 0; 1 - sigmoid(x) = sigmoid(-x). d / d logit_h = gate_h - p_h.
//   Start:    an operation as in 3.1 and 3.8: make({batch}), record. One function log_sigmoid serves open and shut heads.
//   Ask:      the derivative is positive for an open head and negative for one that is shut, whatever p is. What does adding it to the
//             logits do to what has just happened?
//   Traps:    log(sigmoid(-1000)) is log 0. ln(1 + e^-x) = -x + ln(1 + e^x): choose the form whose exponent is negative.
Var<float> log_probability(Var<float> logits, const Tensor<2>& gates) {
    throw wb::NotImplemented("3.9");
}

// TODO(3.9): quality has its price.
//   Ask:      with cost 0.6 and 3 of 12 heads open, what is taken off?
std::vector<double> rewards_of(std::span<const double> quality, const Tensor<2>& gates, double cost) {
    throw wb::NotImplemented("3.9");
}

// TODO(3.9): better or worse than what?
//   Equation: A_k = R_k - (sum of the others) / (rollouts - 1).
//   Ask:      one input is easy (rewards 10 11), another hard (0 1). Whose second rollout was the better choice? What would rewards
//             as they are teach? And if R_k were part of its own baseline, by which factor would A_k become smaller?
Tensor<2, double> advantages(const Tensor<2, double>& rewards, Baseline baseline) {
    throw wb::NotImplemented("3.9");
}

// TODO(3.9): something that goes backward.
//   Start:    log_probability of each rollout, times its column of advantages as tape.constant, added up; then the sign and the mean.
//   Ask:      Adam goes downhill, and rewards should go up. Where does the sign belong?
//   Traps:    a mean over batch *and* rollouts: twice as many draws must not be twice as long a step.
Var<float> policy_loss(Var<float> logits, std::span<const Tensor<2>> gates, const Tensor<2, double>& advantages) {
    throw wb::NotImplemented("3.9");
}

// TODO(3.9): training.
//   Start:    an Adam of the policy's ParameterList. Each step: a Tape, the batch's rows of features as a constant, the policy's logits on
//             it; their numbers (tensor<2>()) for the draws, and the Var itself for the loss.
//   Ask:      the model is asked rollouts times a step, and never goes backward. What is that worth when the model is a service that
//             only answers?
//   Traps:    new coins for each rollout. The last batch may be short. What is reported is from before the step.
std::vector<PolicyStep> train_policy(const HeadPolicy& policy, const Tensor<2>& features, const GatedQuality& quality,
                                     const PolicyTraining& training) {
    throw wb::NotImplemented("3.9");
}

}  // namespace wb
