/// @file
/// Writes the cases of exercise 3.3 that ask a model, 3.3/model: differences of the trusted model's losses, picture by picture.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "04_vit/vit_draw.hpp"
#include "importance_answers.hpp"
#include "importance_case.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "vit_oracle.hpp"

namespace wb {
namespace {

using oracle::Vit;

/// Each picture's loss. @param nudge  of the parameters
std::vector<double> losses_of(const probes::ModelQuestion& question, const VitOptions& options, const Tensor<2>& gates,
                              const oracle::Nudge& nudge = {}) {
    const Tensor<2, double> logits = Vit(question.weights, options, {}, nudge).logits(question.pixels, &gates);
    std::vector<double> losses;
    for (std::size_t n = 0; n < question.labels.size(); ++n) {
        double total = 0;  // logits are of size 1
        for (std::size_t c = 0; c < logits.shape(1); ++c) total += std::exp(logits(n, c));
        losses.push_back(std::log(total) - logits(n, static_cast<std::size_t>(question.labels[n])));
    }
    return losses;
}

/// Slopes by picture: a central difference with step h. @return [pictures]
std::vector<double> slopes(double h, const std::function<std::vector<double>(double)>& losses) {
    std::vector<double> up = losses(h);
    const std::vector<double> down = losses(-h);
    for (std::size_t n = 0; n < up.size(); ++n) up[n] = (up[n] - down[n]) / (2 * h);
    return up;
}

void write_model_case(Draw& draw, const std::string& name, const Tensor<2>& gates, std::size_t pictures,
                      std::size_t max_batch) {
    const std::size_t layers = gates.shape(0), heads = gates.shape(1), hidden = 8;
    const VitOptions options{8, 1, 4, hidden, layers, heads, 12, 3, 1e-6};
    probes::ModelQuestion question;
    question.options = {8, 1, 4, hidden, layers, heads, 12, 3, 1e-6};
    question.weights = draw_parameters(vit_shapes(options), draw);
    question.pixels = draw.uniform<4>({pictures, 1, 8, 8}, 2);
    for (std::size_t n = 0; n < pictures; ++n) question.labels.push_back(static_cast<int>(draw.below(3)));
    CaseWriter writer("3.3/model", name);
    write_model(writer, question);

    Tensor<2, double> by_gate(std::array<std::size_t, 2>{pictures, gates.size()});
    for (std::size_t g = 0; g < gates.size(); ++g) {
        const auto at = [&](double step) {
            Tensor<2> moved = gates;
            moved.data()[g] += static_cast<float>(step);
            return losses_of(question, options, moved);
        };
        // Gates are floats, so steps are powers of 2: two of them, of which Richardson's rule takes the error of h^2 away.
        const std::vector<double> coarse = slopes(0x1p-6, at), fine = slopes(0x1p-7, at);
        for (std::size_t n = 0; n < pictures; ++n) by_gate(n, g) = (4 * fine[n] - coarse[n]) / 3;
    }
    Tensor<1> flat(std::array<std::size_t, 1>{gates.size()});
    std::copy(gates.begin(), gates.end(), flat.begin());
    write_importance(writer, by_gate, flat, max_batch);

    const Tensor<2> open = full<2>({layers, heads}, 1);
    std::vector<std::vector<double>> by_weight;
    for (std::size_t layer = 0; layer < layers; ++layer) {
        for (const std::string part : {"query", "key", "value"}) {
            const std::string parameter =
                "vit.encoder.layer." + std::to_string(layer) + ".attention.attention." + part + ".weight";
            for (std::size_t i = 0; i < hidden * hidden; ++i) {
                NamedWeights direction{parameter, {hidden, hidden}, std::vector<float>(hidden * hidden)};
                direction.values[i] = 1;
                by_weight.push_back(slopes(1e-4, [&](double step) {
                    return losses_of(question, options, open, {{direction}, step});
                }));
            }
        }
    }
    Tensor<2, double> gradients(std::array<std::size_t, 2>{pictures, by_weight.size()});
    for (std::size_t i = 0; i < by_weight.size(); ++i) {
        for (std::size_t n = 0; n < pictures; ++n) gradients(n, i) = by_weight[i][n];
    }
    const std::vector<std::size_t> counts(layers, heads), head_dims(layers, hidden / heads);
    write_norms(writer, gradients, parts_of(counts, head_dims, hidden), parts_of(counts, head_dims, hidden, true),
                gates.size(), max_batch);
}

WB_CASES(importance_of_models) {
    Draw draw(seed + 333);
    Tensor<2> of_model = full<2>({2, 2}, 1);
    write_model_case(draw, "2_layers_of_2_heads", of_model, 7, 3);
    of_model = full<2>({1, 4}, 1);
    of_model(0, 2) = 0;
    write_model_case(draw, "one_of_4_heads_closed", of_model, 5, 5);
}

}  // namespace
}  // namespace wb
