/// @file
/// What the tests may ask of exercise 3.6: modules by their parameters, what is left of them, and what that answers.
#pragma once

#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

#include "head_gates_probes.hpp"
#include "probe/probe.hpp"
#include "prunable_vit.hpp"
#include "removal.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// A module as plain data. Its d_model is the size of output.bias.
struct ModuleNumbers {
    std::size_t heads = 0, head_dim = 0;
    ModelWeights parameters;  ///< named as the module lists them
};
inline auto fields(ModuleNumbers& module) {
    return std::tie(module.heads, module.head_dim, module.parameters);
}

/// What is left of a module, and what became of the one that it was made of.
struct RemovalAnswer {
    ModuleNumbers module;
    std::vector<std::string> decaying;  ///< names of its parameters that weight decay applies to
    ModelWeights original;  ///< the original's parameters, after 1 was added to every number of the new module's
};
inline auto fields(RemovalAnswer& answer) {
    return std::tie(answer.module, answer.decaying, answer.original);
}

/// module, live -> what is left
inline const Probe<RemovalAnswer(ModuleNumbers, std::vector<std::size_t>)> remove_heads{"3.6/remove_heads"};

/// module, gates -> what is left
inline const Probe<RemovalAnswer(ModuleNumbers, Tensor<1>)> fold_gates{"3.6/fold_gates"};

/// a question of exercise 3.1, live -> the answer of the module without the other heads, asked without gates, in Mode::infer
inline const Probe<Tensor<3>(GatedAttentionQuestion, std::vector<std::size_t>)> answer_without{"3.6/answer_without"};

/// a question of exercise 3.1 with gates [heads] -> the answer of the module that has them folded in, asked without gates
inline const Probe<Tensor<3>(GatedAttentionQuestion)> answer_folded{"3.6/answer_folded"};

/// A vision transformer of random parameters, whose heads are gated, and taken out.
struct PrunedVitQuestion {
    PrunableVitOptions options;
    Tensor<4> pixels;  ///< [batch, channels, side, side]
    Tensor<1> gates;   ///< [layers * heads]
};
inline auto fields(PrunedVitQuestion& question) {
    return std::tie(question.options, question.pixels, question.gates);
}

/// Logits, [batch, classes], and numbers in all parameters.
struct PrunedVitAnswer {
    Tensor<2> whole;   ///< of the model, asked again after a copy of it was pruned
    Tensor<2> gated;   ///< of the model with gates
    Tensor<2> pruned;  ///< of pruned_model(model, gates)
    std::size_t parameters_before = 0, parameters_after = 0;
    HeadSet heads_before, heads_after;
    Tensor<2> whole_before;  ///< of the model, before a copy of it was pruned
};
inline auto fields(PrunedVitAnswer& answer) {
    return std::tie(answer.whole, answer.gated, answer.pruned, answer.parameters_before, answer.parameters_after,
                    answer.heads_before, answer.heads_after, answer.whole_before);
}

inline const Probe<PrunedVitAnswer(PrunedVitQuestion)> pruned_vit{"3.6/pruned_vit"};

inline const Probe<ModuleCost(ModuleSizes)> attention_cost{"3.6/attention_cost"};

}  // namespace wb::probes
