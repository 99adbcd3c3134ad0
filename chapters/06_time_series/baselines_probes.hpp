/// @file
/// What the tests may ask of exercise 6.5: forecasts by rule, two models by their parameters, and a step by its numbers.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <vector>

#include "baselines.hpp"
#include "probe/probe.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// past, horizon -> forecast
inline const Probe<Tensor<3>(Tensor<3>, std::size_t)> repeat_last{"6.5/repeat_last"};
/// past, horizon, period -> forecast
inline const Probe<Tensor<3>(Tensor<3>, std::size_t, std::size_t)> repeat_season{"6.5/repeat_season"};

/// A tensor of any number of axes, so that what is to be refused can be asked.
struct AnyTensor {
    std::vector<std::size_t> shape;
    std::vector<float> values;  ///< row-major
};
inline auto fields(AnyTensor& tensor) {
    return std::tie(tensor.shape, tensor.values);
}

/// What is asked of DLinear or of LstmForecaster.
struct ForecasterQuestion {
    std::size_t lookback = 0;             ///< of DLinear
    std::size_t horizon = 0;              ///<
    std::size_t window = 0;               ///< of DLinear
    std::size_t variates = 0;             ///< of LstmForecaster
    std::size_t hidden = 0;               ///< of LstmForecaster
    ModelWeights parameters = {};         ///< named as the model lists them; none: as it was made
    AnyTensor past = {};                  ///< [batch, lookback, variates]
    std::optional<Tensor<3>> d_out = {};  ///< [batch, horizon, variates]; none: Mode::infer
};
inline auto fields(ForecasterQuestion& question) {
    return std::tie(question.lookback, question.horizon, question.window, question.variates, question.hidden,
                    question.parameters, question.past, question.d_out);
}

/// A forecast, and the gradients of sum(out * d_out).
struct ForecasterAnswer {
    Tensor<3> out;
    ModelWeights parameters;  ///< as they are after the call
    ModelWeights gradients;   ///< of "past" and of the parameters
};
inline auto fields(ForecasterAnswer& answer) {
    return std::tie(answer.out, answer.parameters, answer.gradients);
}

inline const Probe<ForecasterAnswer(ForecasterQuestion)> d_linear{"6.5/d_linear"};
inline const Probe<ForecasterAnswer(ForecasterQuestion)> lstm_forecaster{"6.5/lstm_forecaster"};

/// How lstm_step is asked.
enum class StepUse : int {
    infer,  ///< in Mode::infer: there is no gradient
    shared,  ///< gates and cell are used a second time, in their sums: their gradients hold 1 before the step's are added
    alone,  ///< on a tape that was used before and reset, so that gradients have memory of their own, in which anything may lie
    only_gates,  ///< as alone, but cell is a constant
    only_cell    ///< as alone, but gates are
};

/// h' and c' side by side, and the gradients of sum(out * d_out), where there are any.
struct StepAnswer {
    Tensor<2> out;                             ///< [batch, 2 hidden]
    std::optional<Tensor<2>> d_gates, d_cell;  ///< [batch, 4 hidden] and [batch, hidden]
};
inline auto fields(StepAnswer& answer) {
    return std::tie(answer.out, answer.d_gates, answer.d_cell);
}

/// gates, cell, d_out, use -> answer
inline const Probe<StepAnswer(AnyTensor, AnyTensor, Tensor<2>, StepUse)> lstm_step{"6.5/lstm_step"};

}  // namespace wb::probes
