/// @file
/// Binds the probes of exercise 3.8 to the submission's functions.
#include <algorithm>
#include <memory>
#include <numeric>
#include <stdexcept>

#include "hard_concrete_probes.hpp"
#include "probe/worker.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"

namespace wb {
namespace {

template <std::size_t N>
Var<float> variable(Tape<float>& tape, const Tensor<N>& x) {
    return tape.variable(Shape(std::span<const std::size_t>(x.shape())), {x.data(), x.size()});
}

std::vector<float> gradient_of(Var<float> x) {
    return {x.grad().begin(), x.grad().end()};
}

probes::DrawnGates ask_sample_gates(const Tensor<1>& numbers, const Tensor<2, double>& u, const Tensor<2>& d_gates,
                                    const HardConcrete& shape) {
    Tape<float> tape;
    const Var<float> log_alpha = variable(tape, numbers), gates = sample_gates(log_alpha, u, shape);
    const Var<float> again = sum_all(log_alpha);  // after the gates, so before them on the way back
    probes::DrawnGates drawn{gates.tensor<2>(), {}};
    tape.backward(again + sum_all(gates * tape.constant(d_gates)));
    drawn.gradient = gradient_of(log_alpha);
    return drawn;
}

Tensor<2> ask_sample_gates_infer(const Tensor<1>& numbers, const Tensor<2, double>& u, const HardConcrete& shape) {
    Tape<float> tape(Mode::infer);
    return sample_gates(variable(tape, numbers), u, shape).tensor<2>();
}

std::vector<std::size_t> ask_rank_2(const Tensor<2>& numbers, const Tensor<2, double>& u) {
    Tape<float> tape;
    const Shape shape = sample_gates(variable(tape, numbers), u).shape();
    const std::span<const std::size_t> extents = shape;
    return {extents.begin(), extents.end()};
}

probes::OpenHeads ask_expected_open(const Tensor<1>& numbers, const HardConcrete& shape) {
    Tape<float> tape;
    const Var<float> log_alpha = variable(tape, numbers), penalty = expected_open(log_alpha, shape);
    const Var<float> again = sum_all(log_alpha);
    probes::OpenHeads open{static_cast<double>(penalty.item()), {}};
    tape.backward(again + penalty * 3.0F);
    open.gradient = gradient_of(log_alpha);
    return open;
}

const char* name_of(Mode mode) {
    return mode == Mode::train ? "train" : mode == Mode::evaluate ? "evaluate" : "infer";
}

/// Some rows of a table.
Tensor<2> rows_of(const Tensor<2>& table, const Shard& samples) {
    Tensor<2> rows(std::array<std::size_t, 2>{samples.size(), table.shape(1)});
    std::copy_n(table.data() + samples.begin * table.shape(1), rows.size(), rows.data());
    return rows;
}

/// The task's losses of some samples, on their tape.
Var<float> losses_of(const probes::GateTask& task, Parameter<float>& weight, const Shard& samples, Var<float> gates) {
    Tape<float>& tape = gates.tape();
    const std::size_t heads = task.need.shape(1), size = samples.size();
    const Var<float> missing = tape.constant(full<2>({size, heads}, 1)) - gates;
    const Var<float> terms = missing * missing * tape.constant(rows_of(task.need, samples)) +
                             gates * tape.constant(rows_of(task.harm, samples));
    const Var<float> of_heads = mean_over(terms, 1) * static_cast<float>(heads);
    const Var<float> base = tape.constant(Shape{size}, {task.base.data() + samples.begin, size});
    return (of_heads + base) * tape.use(weight);
}

probes::GateRun run_training(const probes::GateTask& task, std::size_t samples, std::size_t heads,
                             const GateTraining& training) {
    probes::GateRun run;
    Parameter<float> weight(Shape{});
    weight.value = {1};
    const GatedLosses losses = [&](Tape<float>& tape, const Shard& shard, Var<float> gates) {
        if (gates.shape() != Shape{shard.size(), heads} || shard.end > samples || shard.begin >= shard.end)
            throw std::logic_error("asked for the losses of samples " + std::to_string(shard.begin) + " to " +
                                   std::to_string(shard.end) + " (exclusive) of " + std::to_string(samples) +
                                   " with gates " + shape_text(gates.shape()) + "; each has gates of its own, of " +
                                   std::to_string(heads) + " heads");
        run.asked.push_back({shard.begin, shard.end, gates.tensor<2>(), name_of(tape.mode())});
        const Var<float> each = losses_of(task, weight, shard, gates);
        return task.one_loss ? mean_all(each) : each;
    };
    run.trained = train_gates(losses, samples, heads, training);
    run.weight = static_cast<double>(weight.value[0]);
    run.weight_gradient = weight.gradient.empty() ? 0 : static_cast<double>(weight.gradient[0]);
    return run;
}

}  // namespace

WB_BIND(hard_concrete) {
    worker.bind(probes::sample_gates, &ask_sample_gates);
    worker.bind(probes::sample_gates_infer, &ask_sample_gates_infer);
    worker.bind(probes::sample_gates_of_rank_2, &ask_rank_2);
    worker.bind(probes::expected_open, &ask_expected_open);
    worker.bind(probes::expected_open_of_rank_2, [](const Tensor<2>& numbers) {
        Tape<float> tape;
        return static_cast<double>(expected_open(variable(tape, numbers)).item());
    });
    worker.bind(probes::open_probabilities, &open_probabilities);
    worker.bind(probes::test_gates, &test_gates);
    worker.bind(probes::train_gates, &run_training);
}

}  // namespace wb
