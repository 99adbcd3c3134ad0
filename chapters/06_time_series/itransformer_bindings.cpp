/// @file
/// Binds the probes of exercise 6.11 to the submission's functions.
#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "itransformer_probes.hpp"
#include "probe/worker.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/autograd/losses.hpp"
#include "wb/autograd/products.hpp"

namespace wb {
namespace {

using probes::WindowModelKind;

void require_kept(const std::string& name, std::span<const float> after, std::span<const float> before) {
    const auto same = [](float a, float b) { return a == b || (a != a && b != b); };  // NaN stays NaN
    if (!std::equal(after.begin(), after.end(), before.begin(), before.end(), same))
        throw std::runtime_error("the submission has changed " + name + ", which it should only read");
}

probes::ITransformerAnswer ask_itransformer(const probes::ITransformerQuestion& question) {
    Random random(1);  // drawn, and then replaced
    const ITransformer model(question.options, random);
    ParameterList<float> parameters;
    model.list(parameters, "");
    set_weights(parameters, question.parameters);
    Tape<float> tape(question.training ? Mode::train : Mode::infer, question.dropout_seed);
    const Var<float> past =
        tape.variable(Shape(std::span<const std::size_t>(question.past.shape)), question.past.values);
    std::vector<Var<float>> weights{tape.constant(zeros<4>({1, 1, 1, 1}))};  // which the model must not keep
    const Var<float> out = model(past, question.want_weights ? &weights : nullptr);
    require_kept("past", past.value(), question.past.values);
    for (const NamedWeights& now : copy_weights(parameters)) {
        for (const NamedWeights& before : question.parameters) {
            if (before.name == now.name) require_kept(now.name, now.values, before.values);
        }
    }
    probes::ITransformerAnswer answer;
    answer.out = out.tensor<3>();
    if (question.want_weights) {
        for (const Var<float>& one : weights) answer.weights.push_back(one.tensor<4>());
    }
    if (!question.d_out) return answer;
    tape.backward(sum_all(out * tape.constant(*question.d_out)));
    answer.gradients = copy_gradients(parameters);
    answer.gradients.push_back({"past", question.past.shape, {past.grad().begin(), past.grad().end()}});
    return answer;
}

probes::WindowAnswer ask_normalised(WindowModelKind kind, const Tensor<2>& weight, const Tensor<1>& bias,
                                    const Tensor<3>& past, const std::optional<Tensor<3>>& d_out) {
    Random random(1);
    const Linear<float> linear(weight.shape(1), weight.shape(0), random);
    linear.weight->value.assign(weight.begin(), weight.end());
    linear.bias->value.assign(bias.begin(), bias.end());
    Tape<float> tape(d_out ? Mode::train : Mode::infer);
    probes::WindowAnswer answer;
    const WindowModel model = [&](Var<float> x) {
        if (answer.questions.size() < 10) answer.questions.push_back(x.tensor<3>());
        if (kind == WindowModelKind::refuses) throw std::out_of_range("the model has no answer");
        const Var<float> out = transpose(linear(transpose(x, 1, 2)), 1, 2);
        return kind == WindowModelKind::lost_window ? slice(out, 0, 0, out.shape()[0] - 1) : out;
    };
    const Var<float> out = normalised_forecast(tape, model, past);
    answer.out = out.tensor<3>();
    answer.d_weight = zeros<2>({weight.shape(0), weight.shape(1)});
    answer.d_bias = zeros<1>({bias.size()});
    if (!d_out) return answer;
    tape.backward(sum_all(out * tape.constant(*d_out)));
    ParameterList<float> parameters(linear);
    const ModelWeights gradients = copy_gradients(parameters);
    std::copy(gradients[0].values.begin(), gradients[0].values.end(), answer.d_weight.begin());
    std::copy(gradients[1].values.begin(), gradients[1].values.end(), answer.d_bias.begin());
    return answer;
}

}  // namespace

WB_BIND(itransformer) {
    worker.bind(probes::itransformer, &ask_itransformer);
    worker.bind(probes::normalised_forecast, &ask_normalised);
    worker.bind(probes::variate_map,
                [](const std::vector<Tensor<4>>& weights, std::size_t entry) { return variate_map(weights, entry); });
}

}  // namespace wb
