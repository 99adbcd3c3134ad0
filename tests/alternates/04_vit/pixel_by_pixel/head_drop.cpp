/// @file
/// Exercise 4.10 another way: a tape for each batch, losses as logarithms of odds, gates made anew for each question,
/// heads walked by layer and head from the last to the first.
#include "head_drop.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "wb/errors.hpp"

namespace wb {
namespace {

Tensor<2> without(std::size_t layers, std::size_t heads, std::span<const std::size_t> dropped) {
    Tensor<2> gates = full<2>({layers, heads}, 1);
    for (const std::size_t head : dropped) gates(head / heads, head % heads) = 0;
    return gates;
}

/// Mean of the differences and the sum of squares about it, in one pass.
std::pair<double, double> moments(const std::vector<double>& with, const std::vector<double>& all) {
    double average = 0, squares = 0;
    for (std::size_t n = 0; n < with.size(); ++n) {
        const double d = with[n] - all[n], off = d - average;
        average += off / static_cast<double>(n + 1);
        squares += off * (d - average);
    }
    return {average, squares};
}

}  // namespace

Evaluation evaluate(const VisionTransformer& model, const Tensor<4>& pixels, std::span<const int> labels,
                    const Tensor<2>& gates, std::size_t max_batch) {
    if (max_batch == 0) throw std::invalid_argument("evaluate: max_batch");
    const std::size_t pictures = pixels.shape(0);
    if (pictures == 0 || pictures != labels.size()) throw ShapeError("evaluate: pictures and labels");
    const int classes = static_cast<int>(model.options.classes);
    for (std::size_t n = 0; n < pictures; ++n) {
        if (labels[n] < 0 || labels[n] >= classes)
            throw std::out_of_range("evaluate: labels[" + std::to_string(n) + "] = " + std::to_string(labels[n]));
    }
    Evaluation result;
    result.losses.resize(pictures);
    const std::size_t calls = (pictures + max_batch - 1) / max_batch;
    for (std::size_t call = calls; call-- > 0;) {
        const std::size_t begin = pictures * call / calls, end = pictures * (call + 1) / calls;
        Tensor<4> part({end - begin, pixels.shape(1), pixels.shape(2), pixels.shape(3)});
        std::copy_n(pixels.data() + begin * (pixels.size() / pictures), part.size(), part.data());
        Tape<float> tape(Mode::infer);
        const Tensor<2> logits = model(tape, part, &gates).tensor<2>();
        for (std::size_t n = begin; n < end; ++n) {
            const float z = logits(n - begin, static_cast<std::size_t>(labels[n]));
            double odds = 0, above = 0;  // sum of exp(z_j - z): the loss is its logarithm, unless it overflows
            int answer = 0;
            for (int c = 0; c < classes; ++c) {
                const float other = logits(n - begin, static_cast<std::size_t>(c));
                above = std::max(above, static_cast<double>(other) - static_cast<double>(z));
                if (other > logits(n - begin, static_cast<std::size_t>(answer))) answer = c;
            }
            for (int c = 0; c < classes; ++c)
                odds += std::exp(static_cast<double>(logits(n - begin, static_cast<std::size_t>(c))) - z - above);
            result.losses[n] = above + std::log(odds);
            result.accuracy += answer == labels[n] ? 1.0 / static_cast<double>(pictures) : 0;
        }
    }
    for (const double loss : result.losses) result.loss += loss / static_cast<double>(pictures);
    return result;
}

HeadDrops drop_each_head(const EvaluateGates& evaluate_gates, std::size_t layers, std::size_t heads) {
    if (layers * heads == 0) throw ShapeError("drop_each_head: no heads");
    HeadDrops drops{zeros<2, double>({layers, heads}), zeros<2, double>({layers, heads})};
    std::vector<std::vector<double>> losses;
    for (std::size_t head = layers * heads; head-- > 0;) {
        losses.push_back(evaluate_gates(without(layers, heads, {&head, 1})).losses);
    }
    const std::vector<double> all = evaluate_gates(without(layers, heads, {})).losses;
    if (all.size() < 2) throw std::invalid_argument("drop_each_head: fewer than two pictures");
    const auto pictures = static_cast<double>(all.size());
    for (std::size_t head = 0; head < layers * heads; ++head) {
        const std::vector<double>& with = losses[layers * heads - 1 - head];
        if (with.size() != all.size()) throw std::invalid_argument("drop_each_head: other pictures");
        const auto [average, squares] = moments(with, all);
        drops.increase(head / heads, head % heads) = average;
        drops.standard_error(head / heads, head % heads) = std::sqrt(squares / (pictures * (pictures - 1)));
    }
    return drops;
}

std::vector<std::size_t> order_by_importance(const Tensor<2, double>& increase) {
    std::set<std::pair<double, std::size_t>> sorted;
    for (std::size_t layer = 0; layer < increase.shape(0); ++layer) {
        for (std::size_t head = 0; head < increase.shape(1); ++head) {
            if (std::isnan(increase(layer, head)))
                throw std::invalid_argument("order_by_importance: layer " + std::to_string(layer) + ", head " +
                                            std::to_string(head));
            sorted.emplace(increase(layer, head), layer * increase.shape(1) + head);
        }
    }
    std::vector<std::size_t> order;
    for (const auto& [by, head] : sorted) order.push_back(head);
    return order;
}

std::vector<Evaluation> drop_in_order(const EvaluateGates& evaluate_gates, std::size_t layers, std::size_t heads,
                                      std::span<const std::size_t> order) {
    std::set<std::size_t> seen;
    for (const std::size_t head : order) {
        if (head >= layers * heads || !seen.insert(head).second)
            throw std::invalid_argument("drop_in_order: head " + std::to_string(head));
    }
    std::vector<Evaluation> evaluations;
    for (std::size_t count = 0; count <= order.size(); ++count)
        evaluations.push_back(evaluate_gates(without(layers, heads, order.first(count))));
    return evaluations;
}

}  // namespace wb
