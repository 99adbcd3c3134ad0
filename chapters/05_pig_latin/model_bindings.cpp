/// @file
/// Binds the probes of exercises 5.2, 5.4 and 5.5 to the submission's functions.
#include <stdexcept>
#include <string>
#include <utility>

#include "model_probes.hpp"
#include "probe/worker.hpp"
#include "translator_weights.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"

namespace wb {
namespace {

using probes::LayerQuestion;
using probes::ModelAnswer;
using probes::StackQuestion;

/// Something that a list must not keep: a layer adds to what it is given, a model empties it first.
template <class List>
void leave_something_in(List& weights, Tape<float>& tape) {
    weights.push_back(tape.constant(zeros<3>({1, 1, 1})));
}

std::vector<Tensor<3>> tensors(const std::vector<Var<float>>& weights) {
    std::vector<Tensor<3>> result;
    for (const Var<float>& one : weights) result.push_back(one.tensor<3>());
    return result;
}

Var<float> variable(Tape<float>& tape, const Tensor<3>& x) {
    return tape.variable(Shape(std::span<const std::size_t>(x.shape())), {x.data(), x.size()});
}

NamedWeights gradient_of(const char* name, Var<float> x) {
    const std::span<const std::size_t> shape = x.shape();
    std::vector<float> values(x.grad().begin(), x.grad().end());
    return {name, {shape.begin(), shape.end()}, std::move(values)};
}

/// Goes backward from sum(out * d_out), and notes the gradients of parameters.
void go_backward(Tape<float>& tape, Var<float> out, const Tensor<3>& d_out, const ParameterList<float>& parameters,
                 ModelAnswer& answer) {
    tape.backward(sum_all(out * tape.constant(d_out)));
    answer.gradients = copy_gradients(parameters);
}

/// The gradients of what a layer was given follow those of its parameters.
template <class Module, class Call>
ModelAnswer ask_layer(const LayerQuestion& question, const Module& layer, const Call& call) {
    const ParameterList<float> parameters(layer);
    set_weights(parameters, question.weights);
    Tape<float> tape(question.d_out ? Mode::train : Mode::infer);
    const Var<float> x = variable(tape, question.x), memory = question.memory ? variable(tape, *question.memory) : x;
    ModelAnswer answer;
    const Var<float> out = call(x, memory, AttentionMask{.causal = question.causal}, answer);
    answer.out = out.tensor<3>();
    if (question.d_out) {
        go_backward(tape, out, *question.d_out, parameters, answer);
        answer.gradients.push_back(gradient_of("x", x));
        if (question.memory) answer.gradients.push_back(gradient_of("memory", memory));
    }
    answer.parameters = copy_weights(parameters);
    return answer;
}

ModelAnswer ask_attention(const Tensor<3>& q, const Tensor<3>& k, const Tensor<3>& v, const probes::MaskNumbers& mask,
                          bool want_weights, const std::optional<Tensor<3>>& d_out) {
    Tape<float> tape;
    const Var<float> query = variable(tape, q), key = variable(tape, k), value = variable(tape, v);
    ModelAnswer answer;
    Var<float> weights;
    const Var<float> out = scaled_dot_attention(
        query, key, value, {.causal = mask.causal, .key_lengths = mask.key_lengths, .allowed = mask.allowed},
        want_weights ? &weights : nullptr);
    answer.out = out.tensor<3>();
    if (want_weights) answer.self = tensors({weights});
    if (d_out) {
        go_backward(tape, out, *d_out, {}, answer);
        answer.gradients = {gradient_of("q", query), gradient_of("k", key), gradient_of("v", value)};
    }
    return answer;
}

ModelAnswer ask_attention_layer(const LayerQuestion& question) {
    Random random(1);
    const AttentionLayer layer(question.x.shape(2), random);
    return ask_layer(question, layer, [&](Var<float> x, Var<float> memory, const AttentionMask& mask, auto& answer) {
        Var<float> weights;
        const Var<float> out = layer(x, memory, mask, question.want_weights ? &weights : nullptr);
        if (question.want_weights) answer.self = tensors({weights});
        return out;
    });
}

ModelAnswer ask_positions(const Tensor<3>& numbers, const Tensor<3>& d_out) {
    Tape<float> tape;
    const Var<float> x = variable(tape, numbers), out = with_positions(x);
    ModelAnswer answer;
    answer.out = out.tensor<3>();
    go_backward(tape, out, d_out, {}, answer);
    answer.gradients = {gradient_of("x", x)};
    return answer;
}

ModelAnswer ask_encoder_layer(const LayerQuestion& question) {
    Random random(1);
    const EncoderLayer layer(question.x.shape(2), random);
    return ask_layer(question, layer, [&](Var<float> x, Var<float>, const AttentionMask& mask, auto& answer) {
        Var<float> weights;
        const Var<float> out = layer(x, mask, question.want_weights ? &weights : nullptr);
        if (question.want_weights) answer.self = tensors({weights});
        return out;
    });
}

ModelAnswer ask_decoder_layer(const LayerQuestion& question) {
    Random random(1);
    const DecoderLayer layer(question.x.shape(2), random);
    return ask_layer(question, layer, [&](Var<float> y, Var<float> memory, const AttentionMask& mask, auto& answer) {
        DecoderWeights weights;
        leave_something_in(weights.self, y.tape());
        leave_something_in(weights.cross, y.tape());
        const Var<float> out = layer(y, memory, mask, question.want_weights ? &weights : nullptr);
        if (question.want_weights) {
            answer.self = tensors(weights.self);
            answer.cross = tensors(weights.cross);
        }
        return out;
    });
}

ModelAnswer ask_encoder(const StackQuestion& question) {
    Random random(1);
    const Encoder encoder(question.options.hidden, question.options.layers, random);
    const ParameterList<float> parameters(encoder);
    set_weights(parameters, question.weights);
    Tape<float> tape(question.d_out ? Mode::train : Mode::infer);
    std::vector<Var<float>> weights;
    leave_something_in(weights, tape);
    const Var<float> out = encoder(tape, question.tokens, question.want_weights ? &weights : nullptr);
    ModelAnswer answer;
    answer.out = out.tensor<3>();
    if (question.want_weights) answer.self = tensors(weights);
    if (question.d_out) go_backward(tape, out, *question.d_out, parameters, answer);
    answer.parameters = copy_weights(parameters);
    return answer;
}

ModelAnswer ask_decoder(const StackQuestion& question) {
    Random random(1);
    const TranslatorOptions& options = question.options;
    const Decoder decoder(options.hidden, options.layers, options.causal, random);
    const ParameterList<float> parameters(decoder);
    set_weights(parameters, question.weights);
    Tape<float> tape(question.d_out ? Mode::train : Mode::infer);
    if (!question.annotations) throw std::invalid_argument("a decoder is asked with annotations");
    const Var<float> annotations = variable(tape, *question.annotations);
    DecoderWeights weights;
    leave_something_in(weights.self, tape);
    leave_something_in(weights.cross, tape);
    const Var<float> out = decoder(tape, question.tokens, annotations, question.want_weights ? &weights : nullptr);
    ModelAnswer answer;
    answer.out = out.tensor<3>();
    if (question.want_weights) {
        answer.self = tensors(weights.self);
        answer.cross = tensors(weights.cross);
    }
    if (question.d_out) {
        go_backward(tape, out, *question.d_out, parameters, answer);
        answer.gradients.push_back(gradient_of("annotations", annotations));
    }
    answer.parameters = copy_weights(parameters);
    return answer;
}

ModelAnswer ask_translator(const ModelWeights& weights, const TranslatorOptions& options, const Batch& batch) {
    const Translator model = translator_of(options, weights);
    const ParameterList<float> parameters(model);
    Tape<float> tape;
    const Var<float> logits = model(tape, batch.source, batch.decoder_input);
    ModelAnswer answer;
    answer.out = logits.tensor<3>();
    tape.backward(cross_entropy(logits, std::span<const int>(batch.target.data(), batch.target.size())));
    answer.gradients = copy_gradients(parameters);
    answer.parameters = copy_weights(parameters);
    return answer;
}

}  // namespace

WB_BIND(model) {
    worker.bind(probes::scaled_dot_attention, &ask_attention);
    worker.bind(probes::attention_layer, &ask_attention_layer);
    worker.bind(probes::with_positions, &ask_positions);
    worker.bind(probes::encoder_layer, &ask_encoder_layer);
    worker.bind(probes::encoder, &ask_encoder);
    worker.bind(probes::decoder_layer, &ask_decoder_layer);
    worker.bind(probes::decoder, &ask_decoder);
    worker.bind(probes::translator, &ask_translator);
}

}  // namespace wb
