/// @file
/// Exercise 3.9: which heads does *this* input need? A policy looks at features of an input and opens each head with a probability of its
/// own. It is trained by REINFORCE: gates of 0 and 1 are drawn, the model answers with them, and what went better than expected becomes
/// more likely. So nothing has to be differentiated through the gates, and the model may be anything that can be asked.
///
///     pi(gates | x) = prod_h p_h^gate_h (1 - p_h)^(1 - gate_h),   p = sigmoid(logits(x))
///     R = quality - cost * open heads / heads                     the more heads are open, the less it is worth
///     d E[R] = E[(R - b) d log pi(gates | x)]                     for every b that the gates had no part in: Williams 1992
///
/// The baseline b is what the *other* rollouts of the same input were worth: R - b then says whether these gates were better than others
/// for this input, and not whether the input was an easy one.
/// Source: Williams 1992; with the other rollouts as baseline Kool, van Hoof and Welling 2019; gates by input: Bengio et al. 2016.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "wb/autograd/products.hpp"
#include "wb/autograd/tape.hpp"
#include "wb/tensor.hpp"
#include "wb/training/data_parallel.hpp"

namespace wb {

/// The policy's logits, a linear function of the features. Given code. A copy shares its parameters.
struct HeadPolicy {
    /// Weights are 0 and every bias is `start` to begin with: each head as likely as the other, whatever the input.
    HeadPolicy(std::size_t features, std::size_t heads, float start = 0)
        : weight(std::make_shared<Parameter<float>>(Shape{heads, features})),
          bias(std::make_shared<Parameter<float>>(Shape{heads}, false)) {
        std::fill(bias->value.begin(), bias->value.end(), start);
    }
    /// @param features  [batch, features]
    /// @return          [batch, heads]
    /// @throws ShapeError as wb::linear does
    Var<float> operator()(Var<float> features) const {
        return linear(features, features.tape().use(*weight), features.tape().use(*bias));
    }
    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add(prefix, "weight", weight);
        out.add(prefix, "bias", bias);
    }

    ParameterPtr<float> weight;  ///< [heads, features]
    ParameterPtr<float> bias;    ///< [heads]
};

/// Draws gates: 1 where u < sigmoid(logit), 0 elsewhere.
/// @param logits  [batch, heads]
/// @param u       [batch, heads], each in [0, 1), as Random::uniform gives them
/// @return        [batch, heads]
/// @throws ShapeError naming both shapes, when they differ
/// @throws std::invalid_argument naming entry and head, when a logit is NaN or a u is not in [0, 1)
Tensor<2> draw_gates(const Tensor<2>& logits, const Tensor<2, double>& u);

/// The gates to use once training is over: 1 where the logit is above 0, so that open is likelier than shut.
/// @param logits  [batch, heads]
/// @return        [batch, heads]
/// @throws std::invalid_argument naming entry and head, when a logit is NaN
Tensor<2> greedy_gates(const Tensor<2>& logits);

/// How likely gates were: log pi(gates | x), the sum over the heads; an operation on the tape, with a gradient to the logits.
///
///     log p = -ln(1 + e^-logit) of an open head, log (1 - p) = -ln(1 + e^logit) of one that is shut       d / d logit = gate - p
///
/// Finite for every finite logit: of a logit of -1000 that was drawn open it is -1000, not -inf.
/// @param logits  [batch, heads]
/// @param gates   [batch, heads], each 0 or 1
/// @return        [batch]
/// @throws ShapeError naming both shapes, when they differ
/// @throws std::invalid_argument naming entry and head, when a gate is neither 0 nor 1
Var<float> log_probability(Var<float> logits, const Tensor<2>& gates);

/// What gates were worth: quality - cost * open heads / heads.
/// @param quality  [batch], e.g. minus the loss of each sample
/// @param gates    [batch, heads]
/// @param cost     of all heads together, in the quality's unit
/// @return         [batch]
/// @throws ShapeError when there are not as many qualities as rows of gates, or no heads
std::vector<double> rewards_of(std::span<const double> quality, const Tensor<2>& gates, double cost);

/// What a reward is compared with.
enum class Baseline {
    none,   ///< 0
    others  ///< the mean reward of the input's other rollouts, without this one
};

/// R - b.
/// @param rewards  [batch, rollouts]: of the same input in a row
/// @return         [batch, rollouts]
/// @throws std::invalid_argument when the baseline is that of others, and there is one rollout alone
Tensor<2, double> advantages(const Tensor<2, double>& rewards, Baseline baseline);

/// A loss whose gradient is that of -E[R], on average over the draws: -1 / (batch rollouts) sum_bk advantages_bk log pi(gates_k | x_b).
/// Its value means nothing. The advantages are numbers: no gradient goes through them.
/// @param logits      [batch, heads]
/// @param gates       one [batch, heads] for each rollout
/// @param advantages  [batch, rollouts]
/// @return            []
/// @throws ShapeError when there are no rollouts, or not as many as the advantages have, or shapes do not fit
Var<float> policy_loss(Var<float> logits, std::span<const Tensor<2>> gates, const Tensor<2, double>& advantages);

/// Asks a model, without gradients: how well does it do on samples begin .. end - 1?
/// @param gates  [samples.size(), heads]
/// @return       [samples.size()]: each sample's own quality, more is better
using GatedQuality = std::function<std::vector<double>(const Shard& samples, const Tensor<2>& gates)>;

/// How to train a policy.
struct PolicyTraining {
    double cost = 0.5;                     ///< of all heads together, 0 or more
    std::size_t steps = 300;               ///< of Adam
    std::size_t batch = 32;                ///< samples a step, at least 1
    std::size_t rollouts = 4;              ///< draws for each of them, at least 1; with Baseline::others at least 2
    double rate = 0.1;                     ///< of Adam, 0 or more
    Baseline baseline = Baseline::others;  ///< what a sample's reward is compared with
    std::uint64_t seed = 1;                ///< of the draws
};

/// The members, in wire order.
inline auto fields(PolicyTraining& training) {
    return std::tie(training.cost, training.steps, training.batch, training.rollouts, training.rate, training.baseline,
                    training.seed);
}

/// What a step drew, as means over its samples and rollouts; from before the policy moved.
struct PolicyStep {
    double reward = 0, quality = 0;  ///< means over the step's samples
    double open = 0;                 ///< share of the heads
};

/// The members, in wire order.
inline auto fields(PolicyStep& step) {
    return std::tie(step.reward, step.quality, step.open);
}

/// Trains a policy in place.
///
///     each step:  logits once; for each rollout: draw gates, ask their quality once; then advantages, policy_loss, and a step of wb::Adam
///
/// Batches go through the samples in order and begin again: 10 samples in batches of 4 are 0..3, 4..7, 8..9, 0..3, .. The gates are drawn
/// from one Random(seed): for each step, each rollout, each sample of the batch, each head, one uniform().
/// @param features  [samples, features], at least one sample
/// @return          one entry a step
/// @throws std::invalid_argument naming what is out of its range: samples, batch, rollouts, cost or rate (NaN and infinity are)
/// @throws ShapeError when the features do not fit the policy, or quality answers another number than asked for
/// @throws Error naming the step, counted from 0, when a quality in it is not finite; the policy has then not moved in this step
std::vector<PolicyStep> train_policy(const HeadPolicy& policy, const Tensor<2>& features, const GatedQuality& quality,
                                     const PolicyTraining& training = {});

}  // namespace wb
