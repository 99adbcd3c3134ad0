/// @file
/// Binds the probes of exercise 3.1 to the submission's functions.
#include <string>
#include <utility>

#include "head_gates_probes.hpp"
#include "probe/worker.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"

namespace wb {
namespace {

Var<float> variable(Tape<float>& tape, const Tensor<3>& x) {
    return tape.variable(Shape(std::span<const std::size_t>(x.shape())), {x.data(), x.size()});
}

Var<float> variable(Tape<float>& tape, const probes::GateNumbers& gates) {
    return tape.variable(Shape(gates.shape), gates.values);
}

NamedWeights gradient_of(const char* name, Var<float> x) {
    const Shape shape = x.shape();
    const std::span<const std::size_t> extents = shape;
    return {name, {extents.begin(), extents.end()}, {x.grad().begin(), x.grad().end()}};
}

probes::GateAnswer ask_gate_heads(const Tensor<3>& numbers, const probes::GateNumbers& factors,
                                  const Tensor<3>& d_out) {
    Tape<float> tape;
    const Var<float> heads_out = variable(tape, numbers), gates = variable(tape, factors);
    const Var<float> out = gate_heads(heads_out, gates);
    const Var<float> again = sum_all(heads_out) + sum_all(gates);  // after the gates, so before them on the way back
    probes::GateAnswer answer;
    answer.out = out.tensor<3>();
    tape.backward(again + sum_all(out * tape.constant(d_out)));
    answer.gradients = {gradient_of("heads_out", heads_out), gradient_of("gates", gates)};
    return answer;
}

probes::GateAnswer ask_gate_heads_again(const Tensor<3>& numbers, const probes::GateNumbers& factors,
                                        const Tensor<3>& d_out, const probes::Wanted& wanted) {
    Tape<float> tape;
    const auto run = [&](float with) {
        tape.reset();
        std::vector<float> values = factors.values;
        for (float& value : values) value += with;
        const Var<float> heads_out = wanted.heads_out ? variable(tape, numbers) : tape.constant(numbers);
        const Var<float> gates =
            wanted.gates ? tape.variable(Shape(factors.shape), values) : tape.constant(Shape(factors.shape), values);
        const Var<float> out = gate_heads(heads_out, gates);
        probes::GateAnswer answer;
        answer.out = out.tensor<3>();
        tape.backward(sum_all(out * tape.constant(d_out)));
        if (wanted.heads_out) answer.gradients.push_back(gradient_of("heads_out", heads_out));
        if (wanted.gates) answer.gradients.push_back(gradient_of("gates", gates));
        return answer;
    };
    run(100);
    return run(0);
}

probes::GateAnswer ask_gate_heads_infer(const Tensor<3>& numbers, const probes::GateNumbers& factors) {
    Tape<float> tape(Mode::infer);
    probes::GateAnswer answer;
    answer.out = gate_heads(variable(tape, numbers), variable(tape, factors)).tensor<3>();
    return answer;
}

probes::GateAnswer ask_prunable_attention(const probes::GatedAttentionQuestion& question) {
    Random random(1);  // drawn, and then replaced
    const PrunableAttention module(question.x.shape(2), question.heads, question.head_dim, random);
    const ParameterList<float> parameters(module);
    set_weights(parameters, question.parameters);
    Tape<float> tape(question.d_out ? Mode::train : Mode::infer);
    const Var<float> x = variable(tape, question.x), memory = question.memory ? variable(tape, *question.memory) : x;
    HeadUse use;
    if (question.gates) use.gates = variable(tape, *question.gates);
    Var<float> weights = tape.constant(zeros<1>({1}));
    if (question.want_weights) use.weights = &weights;
    const Var<float> out = module(x, memory, {.causal = question.causal, .key_lengths = question.key_lengths}, use);
    probes::GateAnswer answer;
    answer.out = out.tensor<3>();
    if (weights.shape().rank() == 4) answer.weights.push_back(weights.tensor<4>());
    if (!question.d_out) return answer;
    tape.backward(sum_all(out * tape.constant(*question.d_out)));
    answer.gradients = copy_gradients(parameters);
    answer.gradients.push_back(gradient_of("x", x));
    if (question.memory) answer.gradients.push_back(gradient_of("memory", memory));
    if (use.gates) answer.gradients.push_back(gradient_of("gates", *use.gates));
    return answer;
}

}  // namespace

WB_BIND(head_gates) {
    worker.bind(probes::gate_heads, &ask_gate_heads);
    worker.bind(probes::gate_heads_again, &ask_gate_heads_again);
    worker.bind(probes::gate_heads_infer, &ask_gate_heads_infer);
    worker.bind(probes::prunable_attention, &ask_prunable_attention);
}

}  // namespace wb
