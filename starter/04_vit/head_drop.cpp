/// @file
/// Exercise 4.10: dropping heads at inference. The contract is chapters/04_vit/head_drop.hpp.
#include "head_drop.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(4.10): loss and accuracy of a model with gates.
//   Equation: loss_n = -log softmax(z)_label = m + log sum_j exp(z_j - m) - z_label, m = max_j z_j.
//   Start:    a Tape in Mode::infer, reset for each batch of at most max_batch pictures.
//   Ask:      65 pictures in batches of 64: what does the last picture weigh in the mean of the batches' means?
//   Traps:    Vars end with the tape's reset: take the logits out before. exp of a large logit is infinity.
Evaluation evaluate(const VisionTransformer& model, const Tensor<4>& pixels, std::span<const int> labels,
                    const Tensor<2>& gates, std::size_t max_batch) {
    throw wb::NotImplemented("4.10");
}

// TODO(4.10): one head at a time.
//   Start:    gates of 1, evaluated once. Then for each head: its gate 0, evaluate, its gate 1 again.
//   Ask:      the pictures are the same with and without the head. What cancels in the difference of a picture's two losses, and would
//             not in the difference of two means from two sets of pictures?
//   Traps:    a gate that is not put back drops this head in all that follows.
HeadDrops drop_each_head(const EvaluateGates& evaluate_gates, std::size_t layers, std::size_t heads) {
    throw wb::NotImplemented("4.10");
}

// TODO(4.10): the least important first.
//   Ask:      a head without which the loss *falls*: is it important?
std::vector<std::size_t> order_by_importance(const Tensor<2, double>& increase) {
    throw wb::NotImplemented("4.10");
}

// TODO(4.10): one head after the other.
//   Ask:      two heads do the same thing, so that dropping either costs nothing. What do the single drops say of them, and what
//             happens here?
std::vector<Evaluation> drop_in_order(const EvaluateGates& evaluate_gates, std::size_t layers, std::size_t heads,
                                      std::span<const std::size_t> order) {
    throw wb::NotImplemented("4.10");
}

}  // namespace wb
