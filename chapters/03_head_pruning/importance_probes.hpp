/// @file
/// What the tests may ask of exercise 3.3. Most of it gets a table in place of a model, whose gradients are known in closed form; the
/// driver notes what it is asked for.
#pragma once

#include <cstddef>
#include <tuple>
#include <vector>

#include "importance.hpp"
#include "probe/probe.hpp"
#include "prunable_vit.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb::probes {

/// Losses of gates: L_n(g) = base_n + sum_h slope_nh g_h + curve_n (sum_h weight_h g_h)^2.
struct SlopeTable {
    Tensor<1> base;         ///< [samples]
    Tensor<2> slope;        ///< [samples, heads]
    Tensor<1> curve;        ///< [samples]
    Tensor<1> weight;       ///< [heads]
    double dropout = 0;     ///< the losses go through a dropout of this probability
    bool mean = false;      ///< answers the mean of a batch's losses in place of them
    bool column = false;    ///< answers [batch, 1] in place of [batch]
    bool no_gates = false;  ///< answers base_n, whatever the gates
};
inline auto fields(SlopeTable& table) {
    return std::tie(table.base, table.slope, table.curve, table.weight, table.dropout, table.mean, table.column,
                    table.no_gates);
}

/// One question to a table.
struct AskedLosses {
    std::size_t begin = 0, end = 0;       ///< of the samples
    std::vector<std::size_t> gate_shape;  ///<
};
inline auto fields(AskedLosses& asked) {
    return std::tie(asked.begin, asked.end, asked.gate_shape);
}

/// An importance, and what was asked for it.
struct ImportanceRun {
    Tensor<1, double> importance;
    std::vector<AskedLosses> asked;
};
inline auto fields(ImportanceRun& run) {
    return std::tie(run.importance, run.asked);
}

/// Modules whose weights have given gradients: L_n = sum over all numbers i of W_q, W_k, W_v, module after module, of pull_ni W_i.
struct PulledModules {
    std::vector<std::size_t> heads, head_dims;  ///< [modules]
    std::size_t d_model = 0;                    ///<
    Tensor<2> pull;                             ///< [samples, numbers]
};
inline auto fields(PulledModules& modules) {
    return std::tie(modules.heads, modules.head_dims, modules.d_model, modules.pull);
}

/// Norms, and the parameters' own gradients before and after, module after module: the driver sets each to 0.25.
struct NormsRun {
    WeightGradientNorms norms;
    std::vector<float> gradients;  ///< as they were left
};
inline auto fields(NormsRun& run) {
    return std::tie(run.norms, run.gradients);
}

/// A model and labelled pictures.
struct ModelQuestion {
    PrunableVitOptions options;
    ModelWeights weights;  ///< all of its parameters, named as it lists them
    Tensor<4> pixels;      ///< [pictures, channels, height, width]
    std::vector<int> labels;
};
inline auto fields(ModelQuestion& question) {
    return std::tie(question.options, question.weights, question.pixels, question.labels);
}

/// Both measures of a model, and its parameters' gradients, as above.
struct ModelImportance {
    Tensor<1, double> importance;
    WeightGradientNorms norms;
    std::vector<float> gradients_after_importance, gradients_after_norms;
};
inline auto fields(ModelImportance& answer) {
    return std::tie(answer.importance, answer.norms, answer.gradients_after_importance, answer.gradients_after_norms);
}

/// table, gates [heads], max_batch -> importance
inline const Probe<ImportanceRun(SlopeTable, Tensor<1>, std::size_t)> gate_importance{"3.3/gate_importance"};

/// importance, heads of each module -> importance
inline const Probe<Tensor<1, double>(Tensor<1, double>, std::vector<std::size_t>)> normalise_by_module{
    "3.3/normalise_by_module"};

/// modules, max_batch -> norms
inline const Probe<NormsRun(PulledModules, std::size_t)> weight_gradient_norms{"3.3/weight_gradient_norms"};

/// model and pictures, gates, max_batch -> both; the norms are those of all heads
inline const Probe<ModelImportance(ModelQuestion, Tensor<1>, std::size_t)> importance_of_model{
    "3.3/importance_of_model"};

}  // namespace wb::probes
