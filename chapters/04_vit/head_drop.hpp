/// @file
/// Exercise 4.10: which heads does a trained model need? Switch one off, without training again, and see what becomes of the loss; then
/// switch off more and more of them, the least needed first.
///
/// What is looked at is the *loss*, not the accuracy, and its difference *picture by picture*: one head of many changes a handful of
/// answers, no more than another draw of pictures would, but it changes a little of every picture's loss.
/// Source: Michel et al. 2019, section 3 (one head at a time). Chapter 3 goes on from here.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <tuple>
#include <vector>

#include "vit.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// How good a model is on labelled pictures.
struct Evaluation {
    std::vector<double> losses;  ///< a picture's cross-entropy: -log of the probability of its label
    double loss = 0;             ///< their mean
    double accuracy = 0;  ///< share of pictures whose largest logit, the first of equal ones, is their label's; 0 to 1
};

/// The members, in wire order.
inline auto fields(Evaluation& evaluation) {
    return std::tie(evaluation.losses, evaluation.loss, evaluation.accuracy);
}

/// Evaluates a model with its heads weighed by gates. In Mode::infer, and no more than max_batch pictures at a time: a validation set
/// does not fit into memory at once. Every picture counts alike, also those of a last batch that is not full.
/// @param pixels  [pictures, channels, image_size, image_size], normalised
/// @param labels  a class for each picture, 0 .. classes - 1
/// @param gates   [layers, heads]: 1 keeps a head, 0 drops it
/// @throws ShapeError when there are no pictures, or not as many labels; for gates of another shape, as the model does
/// @throws std::out_of_range naming the picture and its label, when the label is no class
/// @throws std::invalid_argument when max_batch is 0
Evaluation evaluate(const VisionTransformer& model, const Tensor<4>& pixels, std::span<const int> labels,
                    const Tensor<2>& gates, std::size_t max_batch = 64);

/// What the functions below ask: evaluate() on one model and one set of pictures, e.g.
/// `[&](const Tensor<2>& gates) { return evaluate(model, pixels, labels, gates); }`.
using EvaluateGates = std::function<Evaluation(const Tensor<2>& gates)>;

/// What becomes of the loss when one head is dropped.
struct HeadDrops {
    Tensor<2, double>
        increase;  ///< [layers, heads]: loss without the head - loss with all heads; negative where it is in the way
    Tensor<2, double> standard_error;  ///< [layers, heads]: of the increase
};

/// The members, in wire order.
inline auto fields(HeadDrops& drops) {
    return std::tie(drops.increase, drops.standard_error);
}

/// Drops each head by itself; all others stay. Asks layers * heads + 1 times: the model with all its heads is evaluated once.
///
///     d_n = losses_n without the head - losses_n with all          increase = mean d
///     standard_error = sqrt(sum_n (d_n - mean d)^2 / (N - 1)) / sqrt(N)
///
/// @throws ShapeError when layers or heads is 0
/// @throws std::invalid_argument when there are fewer than two pictures, or two evaluations differ in their number
HeadDrops drop_each_head(const EvaluateGates& evaluate_gates, std::size_t layers, std::size_t heads);

/// Heads by importance, the *least* important first: those whose loss without them increases least. Of equal ones the lower number first.
/// @param increase  [layers, heads], as drop_each_head gives it
/// @return          each head once, as a number: layer * heads + head
/// @throws std::invalid_argument naming layer and head, when an increase is NaN
std::vector<std::size_t> order_by_importance(const Tensor<2, double>& increase);

/// Drops heads one after the other; those that were dropped stay so.
/// @param order  heads by number, layer * heads + head, none twice; not necessarily all
/// @return       order.size() + 1 evaluations: with all heads, without the first, without the first two, ..
/// @throws std::invalid_argument naming the number, when it is no head's or is there twice; then nothing was asked
std::vector<Evaluation> drop_in_order(const EvaluateGates& evaluate_gates, std::size_t layers, std::size_t heads,
                                      std::span<const std::size_t> order);

}  // namespace wb
