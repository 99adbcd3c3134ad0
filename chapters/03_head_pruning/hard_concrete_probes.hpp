/// @file
/// What the tests may ask of exercise 3.8: the distribution by its numbers, and training on losses whose formula both sides know.
#pragma once

#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

#include "hard_concrete.hpp"
#include "probe/probe.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// Gates and, when asked for with d_gates, the gradient of sum(gates * d_gates) + sum(log_alpha): the driver uses log_alpha a second
/// time, so 1 is there before the operation goes backward.
struct DrawnGates {
    Tensor<2> gates;
    std::vector<float> gradient;  ///< [heads]
};
inline auto fields(DrawnGates& drawn) {
    return std::tie(drawn.gates, drawn.gradient);
}

/// log_alpha, u, d_gates [batch, heads], shape -> gates and gradient
inline const Probe<DrawnGates(Tensor<1>, Tensor<2, double>, Tensor<2>, HardConcrete)> sample_gates{"3.8/sample_gates"};

/// The same in Mode::infer, without a gradient.
inline const Probe<Tensor<2>(Tensor<1>, Tensor<2, double>, HardConcrete)> sample_gates_infer{"3.8/sample_gates_infer"};

/// log_alpha of another shape than [heads]: there to be refused. The answer is the result's shape.
inline const Probe<std::vector<std::size_t>(Tensor<2>, Tensor<2, double>)> sample_gates_of_rank_2{
    "3.8/sample_gates_of_rank_2"};

/// A penalty, and the gradient of 3 * penalty + sum(log_alpha).
struct OpenHeads {
    double expected = 0;
    std::vector<float> gradient;
};
inline auto fields(OpenHeads& open) {
    return std::tie(open.expected, open.gradient);
}
inline const Probe<OpenHeads(Tensor<1>, HardConcrete)> expected_open{"3.8/expected_open"};
inline const Probe<double(Tensor<2>)> expected_open_of_rank_2{"3.8/expected_open_of_rank_2"};
inline const Probe<Tensor<1, double>(Tensor<1>, HardConcrete)> open_probabilities{"3.8/open_probabilities"};
inline const Probe<Tensor<1>(Tensor<1>, HardConcrete)> test_gates{"3.8/test_gates"};

/// Losses of gates: losses_n(g) = weight * (base_n + sum_h need_nh (1 - g_h)^2 + sum_h harm_nh g_h), where `weight` = 1 is a parameter
/// of the model: it must stay as it is.
struct GateTask {
    Tensor<1> base;         ///< [samples]
    Tensor<2> need, harm;   ///< [samples, heads]
    bool one_loss = false;  ///< the batch's mean in place of each sample's loss: there to be refused
};
inline auto fields(GateTask& task) {
    return std::tie(task.base, task.need, task.harm, task.one_loss);
}

/// What the task was asked.
struct GateAsk {
    std::size_t begin = 0, end = 0;
    Tensor<2> gates;   ///< [end - begin, heads]
    std::string mode;  ///< of the tape: "train", "evaluate" or "infer"
};
inline auto fields(GateAsk& ask) {
    return std::tie(ask.begin, ask.end, ask.gates, ask.mode);
}

/// What training did.
struct GateRun {
    TrainedGates trained;
    std::vector<GateAsk> asked;
    double weight = 0, weight_gradient = 0;  ///< of the model's parameter, afterwards
};
inline auto fields(GateRun& run) {
    return std::tie(run.trained, run.asked, run.weight, run.weight_gradient);
}

/// task, samples, heads, training -> run. Gates that are not [batch, heads] are an error of the driver's (std::logic_error).
inline const Probe<GateRun(GateTask, std::size_t, std::size_t, GateTraining)> train_gates{"3.8/train_gates"};

}  // namespace wb::probes
