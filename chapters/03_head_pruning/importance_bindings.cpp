/// @file
/// Binds the probes of exercise 3.3 to the submission's functions.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "importance_probes.hpp"
#include "probe/worker.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/autograd/losses.hpp"
#include "wb/autograd/products.hpp"

namespace wb {
namespace {

constexpr float left_behind = 0.25F;  // what every parameter's gradient holds before

/// Rows first .. last - 1 of a matrix, as a constant.
Var<float> rows_of(Tape<float>& tape, const Tensor<2>& matrix, const Shard& samples) {
    return tape.constant({samples.size(), matrix.shape(1)},
                         {matrix.data() + samples.begin * matrix.shape(1), samples.size() * matrix.shape(1)});
}

Var<float> numbers_of(Tape<float>& tape, const Tensor<1>& numbers, const Shard& samples) {
    return tape.constant({samples.size()}, {numbers.data() + samples.begin, samples.size()});
}

/// [batch, columns] times [columns]: each row's sum. @return [batch]
Var<float> row_sums(Var<float> x, Var<float> weight) {
    return reshape(linear(x, reshape(weight, {1, weight.size()})), {x.shape()[0]});
}

void require_samples(const Shard& samples, std::size_t count) {
    if (samples.begin >= samples.end || samples.end > count)
        throw std::logic_error("asked for the losses of samples " + std::to_string(samples.begin) + " .. " +
                               std::to_string(samples.end) + " (without the last) of " + std::to_string(count));
}

/// The table as a function that notes what it is asked for.
GatedLosses function_of(const probes::SlopeTable& table, std::vector<probes::AskedLosses>& asked) {
    return [&table, &asked](Tape<float>& tape, const Shard& samples, Var<float> gates) {
        const std::size_t batch = samples.size(), heads = table.weight.size();
        require_samples(samples, table.base.size());
        const Shape shape = gates.shape();
        const std::span<const std::size_t> extents = shape;
        asked.push_back({samples.begin, samples.end, {extents.begin(), extents.end()}});
        if (shape != Shape({heads}) && shape != Shape({batch, heads}))
            throw std::logic_error("asked with gates " + shape_text(shape) + " for " + std::to_string(batch) +
                                   " samples, " + std::to_string(heads) + " heads");
        const Var<float> base = numbers_of(tape, table.base, samples);
        if (table.no_gates) return base;
        const Var<float> each = tape.constant(zeros<2>({batch, heads})) + gates;
        const Var<float> total = row_sums(each, tape.constant(table.weight));
        const Var<float> slopes =
            row_sums(each * rows_of(tape, table.slope, samples), tape.constant(full<1>({heads}, 1)));
        Var<float> losses = base + slopes + total * total * numbers_of(tape, table.curve, samples);
        if (table.dropout > 0) losses = dropout(losses, table.dropout);
        if (table.column) return reshape(losses, {batch, 1});
        return table.mean ? mean_all(losses) : losses;
    };
}

probes::ImportanceRun ask_gate_importance(const probes::SlopeTable& table, const Tensor<1>& gates,
                                          std::size_t max_batch) {
    probes::ImportanceRun run;
    run.importance = gate_importance(function_of(table, run.asked), table.base.size(), gates, max_batch);
    return run;
}

template <class Module>
std::vector<float> gradients_of(const Module& module) {
    std::vector<float> all;
    for (const NamedWeights& one : copy_gradients(ParameterList<float>(module)))
        all.insert(all.end(), one.values.begin(), one.values.end());
    return all;
}

template <class Module>
void leave_gradients(const Module& module) {
    for (const ParameterPtr<float>& parameter : ParameterList<float>(module))
        parameter->gradient.assign(parameter->value.size(), left_behind);
}

probes::NormsRun ask_norms(const probes::PulledModules& question, std::size_t max_batch) {
    Random random(1);
    std::vector<PrunableAttention> modules;
    for (std::size_t m = 0; m < question.heads.size(); ++m)
        modules.emplace_back(question.d_model, question.heads[m], question.head_dims[m], random);
    std::vector<PrunableAttention*> pointers;
    for (PrunableAttention& module : modules) {
        leave_gradients(module);
        pointers.push_back(&module);
    }
    const auto losses = [&](Tape<float>& tape, const Shard& samples, Var<float>) {
        require_samples(samples, question.pull.shape(0));
        const Var<float> pull = rows_of(tape, question.pull, samples);
        Var<float> total = tape.constant(zeros<1>({samples.size()}));
        std::size_t first = 0;
        for (const PrunableAttention& module : modules) {
            if (module.heads == 0) continue;
            for (const Linear<float>* part : {&module.query, &module.key, &module.value}) {
                const Var<float> weight = tape.use(*part->weight);
                total = total + row_sums(slice(pull, 1, first, first + weight.size()), weight);
                first += weight.size();
            }
        }
        return total;
    };
    probes::NormsRun run;
    run.norms = weight_gradient_norms(losses, question.pull.shape(0), pointers, max_batch);
    for (const PrunableAttention& module : modules) {
        const std::vector<float> of_module = gradients_of(module);
        run.gradients.insert(run.gradients.end(), of_module.begin(), of_module.end());
    }
    return run;
}

probes::ModelImportance ask_model(const probes::ModelQuestion& question, const Tensor<1>& gates,
                                  std::size_t max_batch) {
    Random random(1);  // drawn, and then replaced
    PrunableVit model(question.options, random);
    set_weights(ParameterList<float>(model), question.weights);
    leave_gradients(model);
    const GatedLosses losses = [&](Tape<float>& tape, const Shard& samples, Var<float> of_batch) {
        require_samples(samples, question.labels.size());
        const Tensor<4>& pixels = question.pixels;
        Tensor<4> part({samples.size(), pixels.shape(1), pixels.shape(2), pixels.shape(3)});
        std::copy_n(&pixels(samples.begin, 0, 0, 0), part.size(), part.data());
        const Var<float> logits = model(tape, part, {.gates = of_batch});
        return cross_entropy_rows(logits, std::span(question.labels).subspan(samples.begin, samples.size()));
    };
    probes::ModelImportance answer;
    answer.importance = gate_importance(losses, question.labels.size(), gates, max_batch);
    answer.gradients_after_importance = gradients_of(model);
    leave_gradients(model);
    answer.norms = weight_gradient_norms(losses, question.labels.size(), model.attentions(), max_batch);
    answer.gradients_after_norms = gradients_of(model);
    return answer;
}

}  // namespace

WB_BIND(importance) {
    worker.bind(probes::gate_importance, &ask_gate_importance);
    worker.bind(probes::normalise_by_module,
                [](const Tensor<1, double>& importance, const std::vector<std::size_t>& heads) {
                    return normalise_by_module(importance, HeadSet{heads});
                });
    worker.bind(probes::weight_gradient_norms, &ask_norms);
    worker.bind(probes::importance_of_model, &ask_model);
}

}  // namespace wb
