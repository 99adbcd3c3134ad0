/// @file
/// Binds the probes of exercise 6.5 to the submission's functions.
#include <algorithm>
#include <optional>

#include "baselines_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

using probes::StepUse;

template <class Model>
probes::ForecasterAnswer ask(const Model& model, const probes::ForecasterQuestion& question) {
    const ParameterList<float> parameters(model);
    if (!question.parameters.empty()) set_weights(parameters, question.parameters);
    Tape<float> tape(question.d_out ? Mode::train : Mode::infer);
    const Var<float> past = tape.variable(Shape(question.past.shape), question.past.values);
    const Var<float> out = model(past);
    probes::ForecasterAnswer answer{out.tensor<3>(), {}, {}};
    if (question.d_out) {
        tape.backward(sum_all(out * tape.constant(*question.d_out)));
        answer.gradients = copy_gradients(parameters);
        answer.gradients.push_back({"past", question.past.shape, {past.grad().begin(), past.grad().end()}});
    }
    answer.parameters = copy_weights(parameters);
    return answer;
}

probes::ForecasterAnswer ask_d_linear(const probes::ForecasterQuestion& question) {
    Random random(5);
    return ask(DLinear(question.lookback, question.horizon, question.window, random), question);
}

probes::ForecasterAnswer ask_lstm_forecaster(const probes::ForecasterQuestion& question) {
    Random random(5);
    return ask(LstmForecaster(question.variates, question.hidden, question.horizon, random), question);
}

/// The gradient that x has; an operation that is not recorded leaves none.
std::optional<Tensor<2>> gradient_of(Var<float> x) {
    if (x.grad().empty()) return std::nullopt;
    Tensor<2> gradient = x.tensor<2>();
    std::copy(x.grad().begin(), x.grad().end(), gradient.begin());
    return gradient;
}

probes::StepAnswer ask_lstm_step(const probes::AnyTensor& gate_numbers, const probes::AnyTensor& cell_numbers,
                                 const Tensor<2>& d_out, StepUse use) {
    Tape<float> tape;
    const auto put = [&](const probes::AnyTensor& numbers, float with, bool constant) {
        std::vector<float> moved = numbers.values;
        for (float& number : moved) number += with;
        return constant ? tape.constant(Shape(numbers.shape), moved) : tape.variable(Shape(numbers.shape), moved);
    };
    const auto run = [&](float with) {
        tape.reset(use == StepUse::infer ? Mode::infer : Mode::train);
        const Var<float> gates = put(gate_numbers, with, use == StepUse::only_cell);
        const Var<float> cell = put(cell_numbers, with, use == StepUse::only_gates);
        const Var<float> out = lstm_step(gates, cell);
        probes::StepAnswer answer{out.tensor<2>(), {}, {}};
        if (use == StepUse::infer) return answer;
        Var<float> loss = sum_all(out * tape.constant(d_out));
        if (use == StepUse::shared) loss = sum_all(gates) + sum_all(cell) + loss;
        tape.backward(loss);
        answer.d_gates = gradient_of(gates);
        answer.d_cell = gradient_of(cell);
        return answer;
    };
    if (use == StepUse::alone || use == StepUse::only_gates || use == StepUse::only_cell) run(0.5F);
    return run(0);
}

}  // namespace

WB_BIND(baselines) {
    worker.bind(probes::repeat_last, &repeat_last);
    worker.bind(probes::repeat_season, &repeat_season);
    worker.bind(probes::d_linear, &ask_d_linear);
    worker.bind(probes::lstm_forecaster, &ask_lstm_forecaster);
    worker.bind(probes::lstm_step, &ask_lstm_step);
}

}  // namespace wb
