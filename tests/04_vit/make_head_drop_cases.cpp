/// @file
/// Writes the cases of exercise 4.10, by the trusted model and in double. Families:
///
///     evaluate   losses with gates of 0 and 1    large   logits whose exponentials overflow
///     each_head  a table's increases             model   a model's increases
///     order      increases to be ordered
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "head_drop_case.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "vit_draw.hpp"
#include "vit_oracle.hpp"

namespace wb {
namespace {

using oracle::Vit;

double mean_of(const std::vector<double>& numbers, std::size_t begin, std::size_t end) {
    double total = 0;
    for (std::size_t n = begin; n < end; ++n) total += numbers[n];
    return total / static_cast<double>(end - begin);
}

double mean_of(const std::vector<double>& numbers) {
    return mean_of(numbers, 0, numbers.size());
}

Tensor<1, double> tensor_of(const std::vector<double>& numbers) {
    Tensor<1, double> result(std::array<std::size_t, 1>{numbers.size()});
    std::copy(numbers.begin(), numbers.end(), result.data());
    return result;
}

std::size_t largest_in(const Tensor<2, double>& logits, std::size_t row) {
    const double* begin = &logits(row, 0);
    return static_cast<std::size_t>(std::max_element(begin, begin + logits.shape(1)) - begin);
}

std::vector<double> losses_of(const Tensor<2, double>& logits, const std::vector<int>& labels) {
    std::vector<double> losses;
    for (std::size_t n = 0; n < labels.size(); ++n) {
        const double largest = logits(n, largest_in(logits, n));
        double total = 0;
        for (std::size_t c = 0; c < logits.shape(1); ++c) total += std::exp(logits(n, c) - largest);
        losses.push_back(largest + std::log(total) - logits(n, static_cast<std::size_t>(labels[n])));
    }
    return losses;
}

double accuracy_of(const Tensor<2, double>& logits, const std::vector<int>& labels) {
    double right = 0;
    for (std::size_t n = 0; n < labels.size(); ++n) right += static_cast<int>(largest_in(logits, n)) == labels[n];
    return right / static_cast<double>(labels.size());
}

/// A model, pictures about which it is not in doubt with these gates, and labels of which it gets about two thirds right.
probes::EvaluationQuestion draw_question(Draw& draw, std::size_t pictures, const Tensor<2>& gates,
                                         float classifier_scale) {
    probes::EvaluationQuestion question;
    question.options = {8, 2, 4, 12, gates.shape(0), gates.shape(1), 16, 5, 1e-6};
    question.weights = draw_parameters(vit_shapes(question.options), draw);
    for (NamedWeights& one : question.weights) {
        if (!one.name.starts_with("classifier")) continue;
        for (float& value : one.values) value *= classifier_scale;
    }
    const Vit model(question.weights, question.options);
    question.pixels = Tensor<4>({pictures, 2, 8, 8});
    for (std::size_t n = 0; n < pictures;) {
        const Tensor<4> picture = draw.uniform<4>({1, 2, 8, 8}, 2);
        Tensor<2, double> logits = model.logits(picture, &gates);
        const std::size_t likeliest = largest_in(logits, 0);
        const double best = logits(0, likeliest);
        logits(0, likeliest) = -INFINITY;
        if (best - logits(0, largest_in(logits, 0)) < 0.01) continue;
        std::copy(picture.begin(), picture.end(), &question.pixels(n, 0, 0, 0));
        question.labels.push_back(static_cast<int>((likeliest + (n % 3 == 2 ? 1 + draw.below(4) : 0)) % 5));
        ++n;
    }
    return question;
}

void write_evaluation(const std::string& family, const std::string& name, const probes::EvaluationQuestion& question,
                      const Tensor<2>& gates, std::size_t max_batch) {
    const Tensor<2, double> logits = Vit(question.weights, question.options).logits(question.pixels, &gates);
    const std::vector<double> losses = losses_of(logits, question.labels);
    CaseWriter writer("4.10/" + family, name);
    write_question(writer, question);
    writer.in("gates", gates).number("max_batch", static_cast<double>(max_batch));
    writer.expected("losses", tensor_of(losses)).expected("loss", tensor_of({mean_of(losses)}));
    const double accuracy = accuracy_of(logits, question.labels);
    writer.expected("accuracy", tensor_of({accuracy}));

    const Tensor<2> ones = full<2>({gates.shape(0), gates.shape(1)}, 1);
    const Tensor<2, double> ungated = Vit(question.weights, question.options).logits(question.pixels, &ones);
    const std::vector<double> all_heads = losses_of(ungated, question.labels);
    std::vector<double> bits, shares;
    for (const double loss : losses) {
        bits.push_back(loss / std::log(2));
        shares.push_back(std::exp(-loss));
    }
    writer.mistake("the losses with all heads; the gates are ignored", "losses", tensor_of(all_heads));
    writer.mistake("losses in bits; cross-entropy takes the natural logarithm", "losses", tensor_of(bits));
    writer.mistake("the labels' probabilities; a loss is -log of it", "losses", tensor_of(shares));
    std::vector<double> batches;
    for (std::size_t n = 0; n < losses.size(); n += max_batch)
        batches.push_back(mean_of(losses, n, std::min(losses.size(), n + max_batch)));
    if (std::abs(mean_of(batches) - mean_of(losses)) > 1e-3)
        writer.mistake("the mean of the batches' means; the last batch is not full, and its pictures count more so",
                       "loss", tensor_of({mean_of(batches)}));
    writer.mistake("the sum of the losses", "loss", tensor_of({std::accumulate(losses.begin(), losses.end(), 0.0)}));
    writer.mistake("the mean loss with all heads; the gates are ignored", "loss", tensor_of({mean_of(all_heads)}));
    writer.mistake("the accuracy in percent; it is a share", "accuracy", tensor_of({accuracy * 100}));
    writer.mistake("the share of wrong answers", "accuracy", tensor_of({1 - accuracy}));
    writer.mistake("the number of right answers", "accuracy",
                   tensor_of({accuracy * static_cast<double>(losses.size())}));
}

/// Increases and standard errors, and what mistakes make of them.
struct Drops {
    Tensor<2, double> increase, error, kept_dropped, two_samples, deviation, increase_of_sum;
};

template <class Losses>
Drops drops_of(std::size_t layers, std::size_t heads, const Losses& losses_with) {
    const std::array<std::size_t, 2> shape{layers, heads};
    Drops drops{Tensor<2, double>(shape), Tensor<2, double>(shape), Tensor<2, double>(shape),
                Tensor<2, double>(shape), Tensor<2, double>(shape), Tensor<2, double>(shape)};
    Tensor<2> all = full<2>({layers, heads}, 1), fewer = all;
    const std::vector<double> whole = losses_with(all);
    const auto pictures = static_cast<double>(whole.size());
    const auto variance = [&](const std::vector<double>& numbers) {
        double total = 0;
        for (const double number : numbers) total += std::pow(number - mean_of(numbers), 2);
        return total / (pictures - 1);
    };
    for (std::size_t n = 0; n < all.size(); ++n) {
        Tensor<2> gates = all;
        gates.data()[n] = fewer.data()[n] = 0;
        const std::vector<double> without = losses_with(gates);
        std::vector<double> differences = without;
        for (std::size_t p = 0; p < whole.size(); ++p) differences[p] -= whole[p];
        drops.increase.data()[n] = mean_of(differences);
        drops.increase_of_sum.data()[n] = mean_of(differences) * pictures;
        drops.kept_dropped.data()[n] = mean_of(losses_with(fewer)) - mean_of(whole);
        drops.error.data()[n] = std::sqrt(variance(differences) / pictures);
        drops.deviation.data()[n] = std::sqrt(variance(differences));
        drops.two_samples.data()[n] = std::sqrt((variance(whole) + variance(without)) / pictures);
    }
    return drops;
}

void write_drops(CaseWriter& writer, const Drops& drops) {
    Tensor<2, double> negated = drops.increase;
    for (double& number : negated) number = -number;
    writer.expected("increase", drops.increase).expected("standard_error", drops.error);
    writer.mistake("the increases with the heads before left out as well; each gate is put back", "increase",
                   drops.kept_dropped);
    writer.mistake("loss with all heads - loss without; an increase is the other way round", "increase", negated);
    writer.mistake("sums over the pictures; an increase is a mean", "increase", drops.increase_of_sum);
    writer.mistake("the standard error of two separate samples; the pictures are the same in both: take differences",
                   "standard_error", drops.two_samples);
    writer.mistake("the deviation of a picture's difference; its mean's standard error is smaller by sqrt(N)",
                   "standard_error", drops.deviation);
}

probes::LossTable draw_table(Draw& draw, std::size_t layers, std::size_t heads, std::size_t pictures) {
    const auto doubles = [](const auto& floats) { return Tensor<1, double>(floats); };
    probes::LossTable table{layers, heads, doubles(draw.uniform<1>({pictures}, 0.9)),
                            Tensor<2, double>(draw.uniform<2>({pictures, layers * heads}, 0.1)),
                            doubles(draw.uniform<1>({pictures}, 0.01))};
    const Tensor<1> of_head = draw.uniform<1>({layers * heads}, 0.2);
    for (double& loss : table.base) loss += 1;
    for (std::size_t n = 0; n < pictures; ++n) {
        for (std::size_t k = 0; k < layers * heads; ++k) table.single(n, k) += of_head(k);
        table.together(n) += 0.02;
    }
    return table;
}

void write_order(const std::string& name, const Tensor<2>& increase) {
    std::vector<double> order(increase.size());
    std::iota(order.begin(), order.end(), 0.0);
    const auto at = [&](double n) { return increase.data()[static_cast<std::size_t>(n)]; };
    const auto sorted = [&](const auto& less) {
        std::vector<double> result = order;
        std::stable_sort(result.begin(), result.end(), less);
        return tensor_of(result);
    };
    CaseWriter writer("4.10/order", name);
    writer.in("increase", Tensor<2, double>(increase));
    writer.expected("order", sorted([&](double a, double b) { return at(a) < at(b); }));
    writer.mistake("the order with the most important head first", "order",
                   sorted([&](double a, double b) { return at(a) > at(b); }));
    writer.mistake("the order by absolute value; a head without which the loss falls is the least important", "order",
                   sorted([&](double a, double b) { return std::abs(at(a)) < std::abs(at(b)); }));
    writer.mistake("the order in which, of equal increases, the higher number is first", "order",
                   sorted([&](double a, double b) { return at(a) < at(b) || (at(a) == at(b) && a > b); }));
}

WB_CASES(head_drop) {
    Draw draw(seed + 410);
    Tensor<2> gates = full<2>({2, 3}, 1);
    write_evaluation("evaluate", "all_heads", draw_question(draw, 9, gates, 2), gates, 64);
    gates(0, 1) = gates(1, 0) = gates(1, 2) = 0;
    write_evaluation("evaluate", "half_of_the_heads", draw_question(draw, 10, gates, 2), gates, 4);
    gates.fill(0);
    write_evaluation("evaluate", "no_heads", draw_question(draw, 7, gates, 2), gates, 3);
    gates(1, 1) = 1;
    write_evaluation("large", "thousands", draw_question(draw, 6, gates, 3000), gates, 6);

    for (const auto& [layers, heads] : {std::pair<std::size_t, std::size_t>{3, 4}, {1, 2}, {4, 1}}) {
        const probes::LossTable table = draw_table(draw, layers, heads, 12);
        CaseWriter writer("4.10/each_head", shape_name({{"layers", layers}, {"heads", heads}}));
        write_table(writer, table);
        write_drops(writer, drops_of(layers, heads, [&](const Tensor<2>& g) { return losses_with(table, g); }));
    }

    const Tensor<2> all = full<2>({2, 3}, 1);
    const probes::EvaluationQuestion question = draw_question(draw, 12, all, 2);
    const Vit model(question.weights, question.options);
    CaseWriter writer("4.10/model", "2_layers_of_3_heads");
    write_question(writer, question);
    write_drops(writer, drops_of(2, 3, [&](const Tensor<2>& g) {
                    return losses_of(model.logits(question.pixels, &g), question.labels);
                }));

    write_order("3x5", draw.uniform<2>({3, 5}, 1));
    Tensor<2> levels = draw.uniform<2>({4, 6}, 2);
    for (float& number : levels) number = std::round(number);
    write_order("ties_4x6", levels);
}

}  // namespace
}  // namespace wb
