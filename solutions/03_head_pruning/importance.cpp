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

// SOLUTION BEGIN 3.3 removed
namespace {

/// Goes backward through the sum of each batch's losses.
/// @param gates_of  makes a batch's gates on its tape
/// @param then      gets the gates when their gradient is there
void each_batch(const char* where, const GatedLosses& losses, std::size_t samples, std::size_t heads,
                std::size_t max_batch, const GradientBuffers<float>& buffers,
                const std::function<Var<float>(Tape<float>&, std::size_t batch)>& gates_of,
                const std::function<void(Var<float> gates)>& then) {
    const std::string name = where;
    if (heads == 0) throw ShapeError(name + ": there are no heads");
    if (samples == 0) throw std::invalid_argument(name + ": no samples, so there is no mean over them");
    if (max_batch == 0) throw std::invalid_argument(name + ": max_batch is 0, so no sample can be asked about");
    Tape<float> tape(Mode::evaluate);
    tape.redirect_gradients(&buffers);
    Shard shard;
    for (; shard.end < samples; ++shard.index) {
        shard.begin = shard.end;
        shard.end += std::min(max_batch, samples - shard.begin);
        tape.reset(Mode::evaluate);
        const Var<float> gates = gates_of(tape, shard.size()), loss = losses(tape, shard, gates);
        if (loss.shape().rank() != 1 || loss.size() != shard.size())
            throw ShapeError(name + ": the losses of " + std::to_string(shard.size()) + " samples are " +
                             shape_text(loss.shape()) + ", not [" + std::to_string(shard.size()) +
                             "]: each sample's own is wanted, not their mean");
        tape.backward(sum_all(loss));
        then(gates);
    }
}

}  // namespace
// SOLUTION END

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
    // SOLUTION BEGIN 3.3
    const std::size_t heads = gates.size();
    Tensor<1, double> importance = zeros<1, double>({heads});
    const auto row_for_each = [&](Tape<float>& tape, std::size_t batch) {
        std::vector<float> rows;
        for (std::size_t n = 0; n < batch; ++n) rows.insert(rows.end(), gates.begin(), gates.end());
        return tape.variable({batch, heads}, rows);
    };
    const GradientBuffers<float> none;
    each_batch("gate_importance", losses, samples, heads, max_batch, none, row_for_each, [&](Var<float> used) {
        const std::span<const float> gradient = used.grad();
        for (std::size_t n = 0; n < gradient.size(); ++n) importance(n % heads) += std::abs(double{gradient[n]});
    });
    for (std::size_t h = 0; h < heads; ++h)
        importance(h) = gates(h) == 0 ? 0 : importance(h) / static_cast<double>(samples);
    return importance;
    // SOLUTION END
}

// TODO(3.3): each module's heads among themselves.
//   Equation: I_h / sqrt(sum_{g in module} I_g^2).
//   Ask:      modules may have different numbers of heads (exercise 3.6). Where does module m begin? HeadSet knows.
//   Traps:    0 / 0 is NaN, which has no place in any order: a module whose heads are all useless stays 0.
Tensor<1, double> normalise_by_module(const Tensor<1, double>& importance, const HeadSet& set) {
    // SOLUTION BEGIN 3.3
    if (importance.size() != set.total())
        throw ShapeError("normalise_by_module: importance " + shape_text(importance) + " of a model with " +
                         std::to_string(set.total()) + " heads");
    Tensor<1, double> result = importance;
    double* next = result.data();
    for (const std::size_t heads : set.heads) {
        double squares = 0;
        for (std::size_t h = 0; h < heads; ++h) squares += next[h] * next[h];
        for (std::size_t h = 0; h < heads; ++h) next[h] /= squares == 0 ? 1 : std::sqrt(squares);
        next += heads;
    }
    return result;
    // SOLUTION END
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
    // SOLUTION BEGIN 3.3
    std::size_t heads = 0;
    for (const PrunableAttention* module : modules) heads += module->heads;
    const auto matrices = [](const PrunableAttention& module) {
        return std::array<const Parameter<float>*, 3>{module.query.weight.get(), module.key.weight.get(),
                                                      module.value.weight.get()};
    };
    std::vector<std::vector<float>> sums;  // three a module
    for (const PrunableAttention* module : modules) {
        for (const Parameter<float>* matrix : matrices(*module)) sums.emplace_back(matrix->value.size(), 0.0F);
    }
    GradientBuffers<float> buffers;
    for (std::size_t m = 0; m < modules.size(); ++m) {
        for (std::size_t part = 0; part < 3; ++part) buffers[matrices(*modules[m])[part]] = sums[3 * m + part].data();
    }
    each_batch(
        "weight_gradient_norms", losses, samples, heads, max_batch, buffers,
        [&](Tape<float>& tape, std::size_t) { return tape.constant(full<1>({heads}, 1)); }, [](Var<float>) {});
    WeightGradientNorms norms;
    const std::array<Tensor<1, double>*, 3> results{&norms.query, &norms.key, &norms.value};
    for (std::size_t part = 0; part < 3; ++part) {
        *results[part] = zeros<1, double>({heads});
        std::size_t head = 0;
        for (std::size_t m = 0; m < modules.size(); ++m) {
            const std::vector<float>& gradient = sums[3 * m + part];
            const std::size_t count = modules[m]->heads, size = count == 0 ? 0 : gradient.size() / count;
            for (std::size_t h = 0; h < count; ++h, ++head) {
                double squares = 0;
                for (std::size_t n = h * size; n < (h + 1) * size; ++n) squares += double{gradient[n]} * gradient[n];
                (*results[part])(head) = std::sqrt(squares) / static_cast<double>(samples);
            }
        }
    }
    return norms;
    // SOLUTION END
}

}  // namespace wb
