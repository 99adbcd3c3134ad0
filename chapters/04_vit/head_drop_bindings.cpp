/// @file
/// Binds the probes of exercise 4.10 to the submission's functions.
#include <numeric>
#include <stdexcept>

#include "head_drop_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

VisionTransformer model_of(const probes::EvaluationQuestion& question) {
    Random random(1);  // drawn, and then replaced
    VisionTransformer model(question.options, random);
    set_weights(ParameterList<float>(model), question.weights);
    return model;
}

/// The table as a function that notes what it is asked for.
EvaluateGates function_of(const probes::LossTable& table, std::vector<Tensor<2>>& asked) {
    return [&table, &asked](const Tensor<2>& gates) {
        if (gates.shape(0) != table.layers || gates.shape(1) != table.heads)
            throw std::logic_error("asked for gates " + shape_text(gates) + ", but there are " +
                                   std::to_string(table.layers) + " layers of " + std::to_string(table.heads) +
                                   " heads");
        asked.push_back(gates);
        Evaluation evaluation;
        std::size_t right = 0;
        for (std::size_t n = 0; n < table.base.size(); ++n) {
            double loss = table.base(n), dropped = 0;
            for (std::size_t k = 0; k < gates.size(); ++k) {
                loss += table.single(n, k) * (1 - gates.data()[k]);
                dropped += 1 - gates.data()[k];
            }
            loss += table.together(n) * dropped * dropped;
            evaluation.losses.push_back(loss);
            right += loss < 1 ? 1 : 0;
        }
        const auto pictures = static_cast<double>(table.base.size());
        evaluation.loss = std::accumulate(evaluation.losses.begin(), evaluation.losses.end(), 0.0) / pictures;
        evaluation.accuracy = static_cast<double>(right) / pictures;
        return evaluation;
    };
}

probes::EachHeadRun run_each_head(const probes::LossTable& table) {
    probes::EachHeadRun run;
    run.drops = drop_each_head(function_of(table, run.asked), table.layers, table.heads);
    return run;
}

probes::InOrderRun run_in_order(const probes::LossTable& table, const std::vector<std::size_t>& order) {
    probes::InOrderRun run;
    run.evaluations = drop_in_order(function_of(table, run.asked), table.layers, table.heads, order);
    return run;
}

HeadDrops drops_of_model(const probes::EvaluationQuestion& question) {
    const VisionTransformer model = model_of(question);
    const auto evaluate_gates = [&](const Tensor<2>& gates) {
        return evaluate(model, question.pixels, question.labels, gates);
    };
    return drop_each_head(evaluate_gates, question.options.layers, question.options.heads);
}

}  // namespace

WB_BIND(head_drop) {
    worker.bind(probes::evaluate,
                [](const probes::EvaluationQuestion& question, const Tensor<2>& gates, std::size_t max_batch) {
                    return evaluate(model_of(question), question.pixels, question.labels, gates, max_batch);
                });
    worker.bind(probes::drop_each_head, &run_each_head);
    worker.bind(probes::drop_in_order, &run_in_order);
    worker.bind(probes::order_by_importance, &order_by_importance);
    worker.bind(probes::drops_of_model, &drops_of_model);
}

}  // namespace wb
