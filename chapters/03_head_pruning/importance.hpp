/// @file
/// Exercise 3.3: what every head is worth, from gradients. Exercise 3.2 asks a model once for each head; here one backward pass answers
/// for all of them: how fast would the loss change, if a head's gate began to close?
///
///     L_x(gate_h = 0) ~ L_x(gate_h = 1) - dL_x/dgate_h         the first terms of a Taylor series: a guess, at 1 / heads of the price
///     I_h = mean_x |dL_x/dgate_h| = mean_x |Att_h(x)^T dL_x/dAtt_h(x)|
///
/// Source: Michel et al. 2019, section 4.1; Molchanov et al. 2017 (norms of each layer's importance).
#pragma once

#include <cstddef>
#include <span>
#include <tuple>

#include "gated_model.hpp"
#include "head_gates.hpp"
#include "head_set.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// The importance of each head at given gates: I_h above, where dL_x/dgate_h is taken at these gates instead of 1. A head whose gate is 0
/// is out of the model: its importance is 0, whatever its gradient says it could do. 0 as well where losses do not depend on a gate.
///
/// The samples are cut, in order, into as few batches as max_batch allows. `losses` is asked once for each of them, on a tape in
/// Mode::evaluate, with gates [samples of the batch, heads]: every sample has gates of its own, so that one backward pass keeps the
/// samples' gradients apart. All samples count alike, also those of a last batch that is not full. The parameters' gradients are left
/// as they are: importance may be asked in the middle of a training run.
/// @param samples  how many there are: `losses` is asked for 0 .. samples - 1
/// @param gates    [heads]; finite
/// @return         [heads], not negative
/// @throws ShapeError when there are no heads, or naming both shapes when the losses of a batch are not [samples of the batch]
/// @throws std::invalid_argument when samples or max_batch is 0
Tensor<1, double> gate_importance(const GatedLosses& losses, std::size_t samples, const Tensor<1>& gates,
                                  std::size_t max_batch = 64);

/// Of a model with all its heads. Given code.
inline Tensor<1, double> gate_importance(const GatedLosses& losses, std::size_t samples, std::size_t heads,
                                         std::size_t max_batch = 64) {
    return gate_importance(losses, samples, full<1>({heads}, 1), max_batch);
}

/// Importance as a share of its module's: each divided by sqrt(sum of squares over the module's heads). A module early in a model may
/// have gradients many times as large as one at its end; this compares heads with their neighbours instead.
/// @param importance  [set.total()]
/// @return            [set.total()]; a module of zeros stays zeros, never NaN. Modules without heads are passed over
/// @throws ShapeError naming both numbers when there are not as many as the set has heads
Tensor<1, double> normalise_by_module(const Tensor<1, double>& importance, const HeadSet& set);

/// How large the gradients of a head's weights are.
struct WeightGradientNorms {
    Tensor<1, double> query, key, value;  ///< [heads]
};

/// The members, in wire order.
inline auto fields(WeightGradientNorms& norms) {
    return std::tie(norms.query, norms.key, norms.value);
}

/// What a head would learn: the norm of the *mean* loss's gradient in the head's rows of W_q, W_k and W_v (biases left out), with all
/// gates 1 and in Mode::evaluate.
///
///     norm_h = sqrt(sum_{i in rows of h, j} (d mean_x L_x / d W_ij)^2)       rows h head_dim .. (h + 1) head_dim - 1 of its module
///
/// Not the importance of a head: a trained model's mean loss has hardly a gradient left, however much it needs a head. The parameters'
/// gradients are left as they are.
/// @param losses   as above; what they ask must use the modules' own parameters
/// @param modules  the model's, in its order: attentions(). Their heads are numbered through, as HeadSet does
/// @throws as gate_importance
WeightGradientNorms weight_gradient_norms(const GatedLosses& losses, std::size_t samples,
                                          std::span<PrunableAttention* const> modules, std::size_t max_batch = 64);

}  // namespace wb
