/// @file
/// What the tests may ask of exercise 4.10. evaluate gets a model by its parameters; the functions that drop heads get a table of
/// losses in place of a model, and the driver notes which gates they asked for.
#pragma once

#include <cstddef>
#include <tuple>
#include <vector>

#include "head_drop.hpp"
#include "probe/probe.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb::probes {

/// What is evaluated: a model, and labelled pictures.
struct EvaluationQuestion {
    VitOptions options;
    ModelWeights weights;  ///< all of its parameters, named as it lists them
    Tensor<4> pixels;      ///< [pictures, channels, height, width]
    std::vector<int> labels;
};
inline auto fields(EvaluationQuestion& question) {
    return std::tie(question.options, question.weights, question.pixels, question.labels);
}

/// Losses by what was dropped: with d_k = 1 - gate of head k, losses_n = base_n + sum_k single_nk d_k + together_n (sum_k d_k)^2, so
/// that dropping two heads is not the sum of dropping each. The accuracy is the share of losses below 1.
struct LossTable {
    std::size_t layers = 0, heads = 0;
    Tensor<1, double> base;      ///< [pictures]
    Tensor<2, double> single;    ///< [pictures, layers * heads]
    Tensor<1, double> together;  ///< [pictures]
};
inline auto fields(LossTable& table) {
    return std::tie(table.layers, table.heads, table.base, table.single, table.together);
}

/// What drop_each_head found, and the gates that it asked for.
struct EachHeadRun {
    HeadDrops drops;
    std::vector<Tensor<2>> asked;
};
inline auto fields(EachHeadRun& run) {
    return std::tie(run.drops, run.asked);
}

/// The same for drop_in_order.
struct InOrderRun {
    std::vector<Evaluation> evaluations;
    std::vector<Tensor<2>> asked;
};
inline auto fields(InOrderRun& run) {
    return std::tie(run.evaluations, run.asked);
}

/// model and pictures, gates, max_batch -> evaluation
inline const Probe<Evaluation(EvaluationQuestion, Tensor<2>, std::size_t)> evaluate{"4.10/evaluate"};

/// table -> drops. Gates of another shape than [layers, heads] are an error of the driver's (std::logic_error).
inline const Probe<EachHeadRun(LossTable)> drop_each_head{"4.10/drop_each_head"};

/// table, order -> evaluations
inline const Probe<InOrderRun(LossTable, std::vector<std::size_t>)> drop_in_order{"4.10/drop_in_order"};

/// increase -> heads
inline const Probe<std::vector<std::size_t>(Tensor<2, double>)> order_by_importance{"4.10/order_by_importance"};

/// model and pictures -> drop_each_head of evaluate on them
inline const Probe<HeadDrops(EvaluationQuestion)> drops_of_model{"4.10/drops_of_model"};

}  // namespace wb::probes
