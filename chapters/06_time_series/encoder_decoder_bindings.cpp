/// @file
/// Binds the probes of exercise 6.7 to the submission's functions.
#include <algorithm>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

#include "encoder_decoder_probes.hpp"
#include "probe/worker.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"

namespace wb {
namespace {

Var<float> variable(Tape<float>& tape, const NamedWeights& numbers) {
    return tape.variable(Shape(std::span<const std::size_t>(numbers.shape)), numbers.values);
}

NamedWeights gradient(const Var<float>& x, const NamedWeights& of) {
    return {of.name, of.shape, {x.grad().begin(), x.grad().end()}};
}

void require_kept(const std::string& name, std::span<const float> after, std::span<const float> before) {
    const auto same = [](float a, float b) { return a == b || (a != a && b != b); };  // NaN stays NaN
    if (!std::equal(after.begin(), after.end(), before.begin(), before.end(), same))
        throw std::runtime_error("the submission has changed " + name + ", which it should only read");
}

probes::DecoderInputAnswer ask_decoder_input(const NamedWeights& past, std::size_t label, std::size_t horizon,
                                             const std::optional<Tensor<3>>& d_out) {
    Tape<float> tape(d_out ? Mode::train : Mode::infer);
    const Var<float> x = variable(tape, past), out = decoder_input(x, label, horizon);
    require_kept("past", x.value(), past.values);
    probes::DecoderInputAnswer answer{out.tensor<3>(), {}};
    if (!d_out) return answer;
    tape.backward(sum_all(out * tape.constant(*d_out)));
    answer.d_past = gradient(x, past);
    return answer;
}

/// A block and a model are called alike.
template <class Module>
probes::DecoderAnswer ask(const Module& module, const probes::DecoderQuestion& question) {
    ParameterList<float> parameters;
    module.list(parameters, "");
    set_weights(parameters, question.parameters);
    Tape<float> tape(question.training ? Mode::train : Mode::infer, question.dropout_seed);
    const Var<float> first = variable(tape, question.first), second = variable(tape, question.second);
    Var<float> weights = tape.constant(zeros<4>({1, 1, 1, 1}));  // which must be replaced
    const Var<float> out = module(first, second, question.want_weights ? &weights : nullptr);
    require_kept(question.first.name, first.value(), question.first.values);
    require_kept(question.second.name, second.value(), question.second.values);
    for (const NamedWeights& now : copy_weights(parameters)) {
        for (const NamedWeights& before : question.parameters) {
            if (before.name == now.name) require_kept(now.name, now.values, before.values);
        }
    }
    probes::DecoderAnswer answer;
    answer.out = out.tensor<3>();
    if (question.want_weights) answer.weights = weights.tensor<4>();
    if (!question.d_out) return answer;
    tape.backward(sum_all(out * tape.constant(*question.d_out)));
    answer.gradients = copy_gradients(parameters);
    answer.gradients.push_back(gradient(first, question.first));
    answer.gradients.push_back(gradient(second, question.second));
    return answer;
}

}  // namespace

WB_BIND(encoder_decoder) {
    worker.bind(probes::decoder_input, &ask_decoder_input);
    worker.bind(probes::decoder_block, [](const probes::DecoderQuestion& question) {
        Random random(1);  // drawn, and then replaced
        return ask(DecoderBlock(question.options.blocks, random), question);
    });
    worker.bind(probes::encoder_decoder, [](const probes::DecoderQuestion& question) {
        Random random(1);
        return ask(EncoderDecoder(question.options, random), question);
    });
}

}  // namespace wb
