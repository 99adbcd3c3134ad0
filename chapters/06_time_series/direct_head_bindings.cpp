/// @file
/// Binds the probes of exercise 6.8 to the submission's functions.
#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "direct_head_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

Var<float> variable(Tape<float>& tape, const NamedWeights& numbers) {
    return tape.variable(Shape(std::span<const std::size_t>(numbers.shape)), numbers.values);
}

void require_kept(const std::string& name, std::span<const float> after, std::span<const float> before) {
    const auto same = [](float a, float b) { return a == b || (a != a && b != b); };  // NaN stays NaN
    if (!std::equal(after.begin(), after.end(), before.begin(), before.end(), same))
        throw std::runtime_error("the submission has changed " + name + ", which it should only read");
}

probes::PoolAnswer ask_pool(const NamedWeights& numbers, Pooling pooling, const std::optional<Tensor<2>>& d_pooled) {
    Tape<float> tape(d_pooled ? Mode::train : Mode::infer);
    const Var<float> tokens = variable(tape, numbers);
    const Var<float> pooled = pool_tokens(tokens, pooling);
    require_kept("tokens", tokens.value(), numbers.values);
    probes::PoolAnswer answer{pooled.tensor<2>(), {}};
    if (!d_pooled) return answer;
    tape.backward(sum_all(tokens) + sum_all(pooled * tape.constant(*d_pooled)));
    answer.d_tokens = tokens.tensor<3>();
    std::copy(tokens.grad().begin(), tokens.grad().end(), answer.d_tokens->begin());
    return answer;
}

probes::DirectAnswer ask_direct(const probes::DirectQuestion& question) {
    Random random(1);  // drawn, and then replaced
    const DirectForecaster model(question.options, random);
    ParameterList<float> parameters;
    model.list(parameters, "");
    set_weights(parameters, question.parameters);
    Tape<float> tape(question.training ? Mode::train : Mode::infer, question.dropout_seed);
    const Var<float> past = variable(tape, question.past), calendar = variable(tape, question.calendar);
    const Var<float> out = model(past, calendar);
    require_kept("past", past.value(), question.past.values);
    require_kept("calendar", calendar.value(), question.calendar.values);
    for (const NamedWeights& now : copy_weights(parameters)) {
        for (const NamedWeights& before : question.parameters) {
            if (before.name == now.name) require_kept(now.name, now.values, before.values);
        }
    }
    probes::DirectAnswer answer{out.tensor<3>(), {}};
    if (!question.d_out) return answer;
    tape.backward(sum_all(out * tape.constant(*question.d_out)));
    answer.gradients = copy_gradients(parameters);
    answer.gradients.push_back({"past", question.past.shape, {past.grad().begin(), past.grad().end()}});
    answer.gradients.push_back({"calendar", question.calendar.shape, {calendar.grad().begin(), calendar.grad().end()}});
    return answer;
}

}  // namespace

WB_BIND(direct_head) {
    worker.bind(probes::pooled_size, &pooled_size);
    worker.bind(probes::head_parameters, &head_parameters);
    worker.bind(probes::pool_tokens, &ask_pool);
    worker.bind(probes::direct_forecaster, &ask_direct);
}

}  // namespace wb
