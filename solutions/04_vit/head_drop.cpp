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

// SOLUTION BEGIN 4.10 removed
namespace {

/// Cross-entropy of one picture, in double.
double loss_of(std::span<const float> logits, std::size_t label) {
    const double largest = *std::max_element(logits.begin(), logits.end());
    double total = 0;
    for (const float logit : logits) total += std::exp(logit - largest);
    return largest + std::log(total) - logits[label];
}

void require_labels(const Tensor<4>& pixels, std::span<const int> labels, std::size_t classes) {
    if (pixels.shape(0) == 0) throw ShapeError("evaluate: no pictures: pixels " + shape_text(pixels));
    if (labels.size() != pixels.shape(0))
        throw ShapeError("evaluate: " + std::to_string(labels.size()) + " labels for pixels " + shape_text(pixels));
    for (std::size_t n = 0; n < labels.size(); ++n) {
        if (labels[n] >= 0 && static_cast<std::size_t>(labels[n]) < classes) continue;
        throw std::out_of_range("evaluate: picture " + std::to_string(n) + " has label " + std::to_string(labels[n]) +
                                ", but there are " + std::to_string(classes) + " classes");
    }
}

}  // namespace
// SOLUTION END

// TODO(4.10): loss and accuracy of a model with gates.
//   Equation: loss_n = -log softmax(z)_label = m + log sum_j exp(z_j - m) - z_label, m = max_j z_j.
//   Start:    a Tape in Mode::infer, reset for each batch of at most max_batch pictures.
//   Ask:      65 pictures in batches of 64: what does the last picture weigh in the mean of the batches' means?
//   Traps:    Vars end with the tape's reset: take the logits out before. exp of a large logit is infinity.
Evaluation evaluate(const VisionTransformer& model, const Tensor<4>& pixels, std::span<const int> labels,
                    const Tensor<2>& gates, std::size_t max_batch) {
    // SOLUTION BEGIN 4.10
    const std::size_t pictures = pixels.shape(0), classes = model.options.classes;
    require_labels(pixels, labels, classes);
    if (max_batch == 0) throw std::invalid_argument("evaluate: max_batch is 0, so no picture can be evaluated");
    Evaluation result;
    std::size_t right = 0;
    Tape<float> tape(Mode::infer);
    for (std::size_t first = 0; first < pictures; first += max_batch) {
        const std::size_t batch = std::min(max_batch, pictures - first);
        Tensor<4> part({batch, pixels.shape(1), pixels.shape(2), pixels.shape(3)});
        std::copy_n(&pixels(first, 0, 0, 0), part.size(), part.data());
        tape.reset(Mode::infer);
        const std::span<const float> logits = model(tape, part, &gates).value();
        for (std::size_t n = 0; n < batch; ++n) {
            const std::span<const float> row = logits.subspan(n * classes, classes);
            const auto label = static_cast<std::size_t>(labels[first + n]);
            result.losses.push_back(loss_of(row, label));
            right += std::max_element(row.begin(), row.end()) - row.begin() == labels[first + n] ? 1 : 0;
        }
    }
    result.loss =
        std::accumulate(result.losses.begin(), result.losses.end(), 0.0) / static_cast<double>(result.losses.size());
    result.accuracy = static_cast<double>(right) / static_cast<double>(pictures);
    return result;
    // SOLUTION END
}

// TODO(4.10): one head at a time.
//   Start:    gates of 1, evaluated once. Then for each head: its gate 0, evaluate, its gate 1 again.
//   Ask:      the pictures are the same with and without the head. What cancels in the difference of a picture's two losses, and would
//             not in the difference of two means from two sets of pictures?
//   Traps:    a gate that is not put back drops this head in all that follows.
HeadDrops drop_each_head(const EvaluateGates& evaluate_gates, std::size_t layers, std::size_t heads) {
    // SOLUTION BEGIN 4.10
    if (layers == 0 || heads == 0)
        throw ShapeError("drop_each_head: there are no heads: [" + std::to_string(layers) + ", " +
                         std::to_string(heads) + "]");
    Tensor<2> gates = full<2>({layers, heads}, 1);
    const std::vector<double> whole = evaluate_gates(gates).losses;
    if (whole.size() < 2)
        throw std::invalid_argument("drop_each_head: " + std::to_string(whole.size()) +
                                    " pictures; a standard error needs two");
    const auto pictures = static_cast<double>(whole.size());
    HeadDrops drops{Tensor<2, double>({layers, heads}), Tensor<2, double>({layers, heads})};
    for (std::size_t n = 0; n < gates.size(); ++n) {
        gates.data()[n] = 0;
        std::vector<double> differences = evaluate_gates(gates).losses;
        gates.data()[n] = 1;
        if (differences.size() != whole.size())
            throw std::invalid_argument("drop_each_head: " + std::to_string(whole.size()) + " losses, then " +
                                        std::to_string(differences.size()));
        for (std::size_t picture = 0; picture < whole.size(); ++picture) differences[picture] -= whole[picture];
        const double increase = std::accumulate(differences.begin(), differences.end(), 0.0) / pictures;
        double squares = 0;
        for (const double difference : differences) squares += (difference - increase) * (difference - increase);
        drops.increase.data()[n] = increase;
        drops.standard_error.data()[n] = std::sqrt(squares / (pictures - 1) / pictures);
    }
    return drops;
    // SOLUTION END
}

// TODO(4.10): the least important first.
//   Ask:      a head without which the loss *falls*: is it important?
std::vector<std::size_t> order_by_importance(const Tensor<2, double>& increase) {
    // SOLUTION BEGIN 4.10
    for (std::size_t n = 0; n < increase.size(); ++n) {
        if (std::isnan(increase.data()[n]))
            throw std::invalid_argument(
                "order_by_importance: the increase of layer " + std::to_string(n / increase.shape(1)) + ", head " +
                std::to_string(n % increase.shape(1)) + " is NaN, which has no place in an order");
    }
    std::vector<std::size_t> order(increase.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return increase.data()[a] < increase.data()[b]; });
    return order;
    // SOLUTION END
}

// TODO(4.10): one head after the other.
//   Ask:      two heads do the same thing, so that dropping either costs nothing. What do the single drops say of them, and what
//             happens here?
std::vector<Evaluation> drop_in_order(const EvaluateGates& evaluate_gates, std::size_t layers, std::size_t heads,
                                      std::span<const std::size_t> order) {
    // SOLUTION BEGIN 4.10
    Tensor<2> gates = full<2>({layers, heads}, 1);
    std::vector<bool> dropped(gates.size());
    for (const std::size_t head : order) {
        if (head >= dropped.size() || dropped[head])
            throw std::invalid_argument("drop_in_order: head " + std::to_string(head) +
                                        (head >= dropped.size() ? " of " + std::to_string(dropped.size()) + " heads"
                                                                : " is twice in the order"));
        dropped[head] = true;
    }
    std::vector<Evaluation> evaluations{evaluate_gates(gates)};
    for (const std::size_t head : order) {
        gates.data()[head] = 0;
        evaluations.push_back(evaluate_gates(gates));
    }
    return evaluations;
    // SOLUTION END
}

}  // namespace wb
