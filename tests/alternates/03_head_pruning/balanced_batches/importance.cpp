/// @file
/// Exercise 3.3 another way: batches as equal as can be, the mean taken by backward's scale, norms added up by hypot.
#include "importance.hpp"

#include <array>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "wb/autograd/losses.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

/// The batches' samples, whose sizes differ by one at most.
std::vector<Shard> batches_of(std::size_t samples, std::size_t heads, std::size_t max_batch) {
    if (heads == 0) throw ShapeError("importance: the model has no heads");
    if (samples == 0 || max_batch == 0)
        throw std::invalid_argument("importance: " + std::to_string(samples) + " samples in batches of at most " +
                                    std::to_string(max_batch));
    const std::size_t count = samples / max_batch + (samples % max_batch == 0 ? 0 : 1);
    std::vector<Shard> batches;
    for (std::size_t n = 0; n < count; ++n) batches.push_back({n, samples * n / count, samples * (n + 1) / count});
    return batches;
}

/// Goes backward through the losses' sum, divided by all the samples.
void go_backward(const GatedLosses& losses, Tape<float>& tape, const Shard& batch, Var<float> gates,
                 std::size_t samples) {
    const Var<float> loss = losses(tape, batch, gates);
    const Shape wanted{batch.size()};
    if (loss.shape() != wanted)
        throw ShapeError("importance: losses " + shape_text(loss.shape()) + ", expected " + shape_text(wanted));
    tape.backward(sum_all(loss), 1 / static_cast<float>(samples));
}

}  // namespace

Tensor<1, double> gate_importance(const GatedLosses& losses, std::size_t samples, const Tensor<1>& gates,
                                  std::size_t max_batch) {
    const std::size_t heads = gates.size();
    Tensor<1, double> importance = zeros<1, double>({heads});
    for (const Shard& batch : batches_of(samples, heads, max_batch)) {
        const GradientBuffers<float> nowhere;
        Tape<float> tape(Mode::evaluate);
        tape.redirect_gradients(&nowhere);
        std::vector<float> rows(batch.size() * heads);
        for (std::size_t n = 0; n < rows.size(); ++n) rows[n] = gates(n % heads);
        const Var<float> own = tape.variable({batch.size(), heads}, rows);
        go_backward(losses, tape, batch, own, samples);
        std::size_t head = 0;
        for (const float slope : own.grad()) {
            if (gates(head) != 0) importance(head) += static_cast<double>(std::abs(slope));
            head = (head + 1) % heads;
        }
    }
    return importance;
}

Tensor<1, double> normalise_by_module(const Tensor<1, double>& importance, const HeadSet& set) {
    if (importance.size() != set.total())
        throw ShapeError("normalise_by_module: " + std::to_string(importance.size()) + " numbers for " +
                         std::to_string(set.total()) + " heads");
    std::vector<double> norms(set.modules());
    for (std::size_t h = 0; h < importance.size(); ++h) {
        double& norm = norms[set.module_of(h)];
        norm = std::hypot(norm, importance(h));
    }
    Tensor<1, double> shares = importance;
    for (std::size_t h = 0; h < shares.size(); ++h) {
        const double norm = norms[set.module_of(h)];
        if (norm > 0) shares(h) /= norm;
    }
    return shares;
}

WeightGradientNorms weight_gradient_norms(const GatedLosses& losses, std::size_t samples,
                                          std::span<PrunableAttention* const> modules, std::size_t max_batch) {
    HeadSet set;
    for (const PrunableAttention* module : modules) set.heads.push_back(module->heads);
    const std::size_t heads = set.total();
    const std::vector<Shard> batches = batches_of(samples, heads, max_batch);
    const auto norms_of = [&](const Linear<float> PrunableAttention::*part) {  // one kind of matrix at a time
        std::vector<std::vector<float>> gradients;
        GradientBuffers<float> buffers;
        for (const PrunableAttention* module : modules) gradients.emplace_back((module->*part).weight->value.size());
        for (std::size_t m = 0; m < modules.size(); ++m)
            buffers[(modules[m]->*part).weight.get()] = gradients[m].data();
        for (const Shard& batch : batches) {
            Tape<float> tape(Mode::evaluate);
            tape.redirect_gradients(&buffers);
            go_backward(losses, tape, batch, tape.constant(full<1>({heads}, 1)), samples);
        }
        Tensor<1, double> norms = zeros<1, double>({heads});
        for (std::size_t h = 0; h < heads; ++h) {
            const std::size_t m = set.module_of(h), size = gradients[m].size() / set.heads[m];
            for (std::size_t n = 0; n < size; ++n)
                norms(h) = std::hypot(norms(h), gradients[m][(h - set.first(m)) * size + n]);
        }
        return norms;
    };
    return {norms_of(&PrunableAttention::query), norms_of(&PrunableAttention::key),
            norms_of(&PrunableAttention::value)};
}

}  // namespace wb
