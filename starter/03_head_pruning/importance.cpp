/// @file
/// Exercise 3.3: importance from gradients. The contract is chapters/03_head_pruning/importance.hpp.
#include "importance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "wb/autograd/losses.hpp"
#include "wb/errors.hpp"

namespace wb {

// TODO(3.3): importance of all heads from one backward pass a batch.
//   Equation: I_h = 1/N sum_x |dL_x/dgate_h|: Michel et al. 2019, section 4.1.
//   Start:    a Tape in Mode::evaluate (gradients, but no dropout); for each batch: reset it, gates as tape.variable of shape
//             {batch, heads}, a row of `gates` for each sample; losses(tape, shard, gates); backward from the *sum* of the losses.
//             Then gates.grad() is [batch, heads]: row n is the gradient of sample n's loss alone. Why?
//   Ask:      two samples have gradients +1 and -1 for a head. Does the model need this head? What does the absolute value of
//             their mean say, and what the mean of their absolute values?
//             What would gates of shape [heads] leave you to take the absolute value of? And a backward pass from the mean?
//   Traps:    backward() adds to every parameter's gradient. tape.redirect_gradients(&none), where `none` is an empty
//             GradientBuffers<float>, keeps it from them, and spares the work: then only gates want one.
//             grad() is empty where losses do not depend on the gates. A mean of batch means is wrong when the last is short.
Tensor<1, double> gate_importance(const GatedLosses& losses, std::size_t samples, const Tensor<1>& gates,
                                  std::size_t max_batch) {
    throw wb::NotImplemented("3.3");
}

// TODO(3.3): each module's heads among themselves.
//   Equation: I_h / sqrt(sum_{g in module} I_g^2).
//   Ask:      modules may have different numbers of heads (exercise 3.6). Where does module m begin? HeadSet knows.
//   Traps:    0 / 0 is NaN, which has no place in any order: a module whose heads are all useless stays 0.
Tensor<1, double> normalise_by_module(const Tensor<1, double>& importance, const HeadSet& set) {
    throw wb::NotImplemented("3.3");
}

// TODO(3.3): the same loop, but now the weights' gradients are wanted.
//   Start:    a vector of zeros for each module's query, key and value weight, and GradientBuffers that send
//             module->query.weight.get() to its data(). Backward from sum_all(loss) adds up over batches; divide by the samples at
//             the end, or pass 1 / samples as backward's scale.
//   Ask:      two samples pull a weight in opposite directions. What is the norm of their mean gradient, and what would the
//             mean of their norms be? Which of them says what training would do next?
//   Traps:    the norm is not linear: add up gradients over all batches first, then take it, once.
//             Weights are [heads * head_dim, d_model], so that a head has rows, next to each other; modules differ in heads.
WeightGradientNorms weight_gradient_norms(const GatedLosses& losses, std::size_t samples,
                                          std::span<PrunableAttention* const> modules, std::size_t max_batch) {
    throw wb::NotImplemented("3.3");
}

}  // namespace wb
