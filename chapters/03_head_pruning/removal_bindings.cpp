/// @file
/// Binds the probes of exercise 3.6 to the submission's functions.
#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "probe/worker.hpp"
#include "pruned_model.hpp"
#include "removal_probes.hpp"

namespace wb {
namespace {

PrunableAttention module_of(std::size_t heads, std::size_t head_dim, const ModelWeights& parameters) {
    Random random(1);  // drawn, and then replaced
    const PrunableAttention module(parameters.back().values.size(), heads, head_dim, random);
    set_weights(ParameterList<float>(module), parameters);
    return module;
}

PrunableAttention module_of(const probes::GatedAttentionQuestion& question) {
    return module_of(question.heads, question.head_dim, question.parameters);
}

template <class Remove>
probes::RemovalAnswer remove_from(const probes::ModuleNumbers& numbers, const Remove& remove) {
    const PrunableAttention original = module_of(numbers.heads, numbers.head_dim, numbers.parameters);
    const PrunableAttention rest = remove(original);
    const ParameterList<float> parameters(rest);
    probes::RemovalAnswer answer{{rest.heads, rest.head_dim, copy_weights(parameters)}, {}, {}};
    for (const ParameterPtr<float>& parameter : parameters) {
        if (parameter->decay) answer.decaying.push_back(parameter->name);
        for (float& value : parameter->value) value += 1;
    }
    answer.original = copy_weights(ParameterList<float>(original));
    return answer;
}

Tensor<3> ask(const PrunableAttention& module, const probes::GatedAttentionQuestion& question) {
    Tape<float> tape(Mode::infer);
    const Var<float> x = tape.constant(question.x), memory = question.memory ? tape.constant(*question.memory) : x;
    return module(x, memory, {.causal = question.causal, .key_lengths = question.key_lengths}).tensor<3>();
}

probes::PrunedVitAnswer ask_pruned_vit(const probes::PrunedVitQuestion& question) {
    Random random(36);
    const PrunableVit model(question.options, random);
    const auto logits = [&](const PrunableVit& of, bool with_gates) {
        Tape<float> tape(Mode::infer);
        ModelUse use;
        if (with_gates) use.gates = tape.constant(question.gates);
        return of(tape, question.pixels, use).tensor<2>();
    };
    const auto parameters_of = [](const PrunableVit& of) { return ParameterList<float>(of).count(); };
    probes::PrunedVitAnswer answer;
    answer.whole_before = logits(model, false);
    answer.gated = logits(model, true);
    answer.parameters_before = parameters_of(model);
    const PrunableVit pruned = pruned_model(model, question.gates);
    answer.pruned = logits(pruned, false);
    answer.parameters_after = parameters_of(pruned);
    answer.heads_after = pruned.heads();
    answer.heads_before = model.heads();
    answer.whole = logits(model, false);
    return answer;
}

}  // namespace

WB_BIND(removal) {
    worker.bind(probes::remove_heads, [](const probes::ModuleNumbers& numbers, const std::vector<std::size_t>& live) {
        return remove_from(numbers, [&](const PrunableAttention& module) { return remove_heads(module, live); });
    });
    worker.bind(probes::fold_gates, [](const probes::ModuleNumbers& numbers, const Tensor<1>& gates) {
        return remove_from(numbers, [&](const PrunableAttention& module) { return fold_gates(module, gates); });
    });
    worker.bind(probes::answer_without,
                [](const probes::GatedAttentionQuestion& question, const std::vector<std::size_t>& live) {
                    return ask(remove_heads(module_of(question), live), question);
                });
    worker.bind(probes::answer_folded, [](const probes::GatedAttentionQuestion& question) {
        const std::vector<float>& values = question.gates.value().values;
        Tensor<1> gates(std::array<std::size_t, 1>{values.size()});
        std::copy(values.begin(), values.end(), gates.data());
        return ask(fold_gates(module_of(question), gates), question);
    });
    worker.bind(probes::pruned_vit, &ask_pruned_vit);
    worker.bind(probes::attention_cost, &attention_cost);
}

}  // namespace wb
