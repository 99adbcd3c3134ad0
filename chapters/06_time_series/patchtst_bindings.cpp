/// @file
/// Binds the probes of exercise 6.10 to the submission's functions.
#include <algorithm>
#include <span>

#include "patchtst_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

using probes::UnfoldUse;

std::vector<std::size_t> extents_of(Var<float> x) {
    const Shape shape = x.shape();
    const std::span<const std::size_t> extents = shape;
    return {extents.begin(), extents.end()};
}

template <std::size_t N>
Var<float> variable(Tape<float>& tape, const Tensor<N>& x) {
    return tape.variable(Shape(std::span<const std::size_t>(x.shape())), {x.data(), x.size()});
}

Var<float> variable_of_zeros(Tape<float>& tape, const std::vector<std::size_t>& extents) {
    const Shape shape(extents);
    return tape.variable(shape, std::vector<float>(shape.size()));
}

/// The gradient that x has; an operation that is not recorded leaves none.
std::optional<Tensor<2>> gradient_of(Var<float> x) {
    if (x.grad().empty()) return std::nullopt;
    Tensor<2> gradient = x.tensor<2>();
    std::copy(x.grad().begin(), x.grad().end(), gradient.begin());
    return gradient;
}

probes::UnfoldAnswer ask_unfold(const Tensor<2>& numbers, std::size_t patch, std::size_t stride,
                                const Tensor<3>& d_patches, UnfoldUse use) {
    Tape<float> tape;
    const auto run = [&](float with) {
        tape.reset(use == UnfoldUse::infer ? Mode::infer : Mode::train);
        const Tensor<2> moved = numbers + with;
        const Var<float> x = use == UnfoldUse::constant ? tape.constant(moved) : variable(tape, moved);
        const Var<float> patches = unfold_patches(x, patch, stride);
        probes::UnfoldAnswer answer{patches.tensor<3>(), x.tensor<2>(), {}};
        if (use == UnfoldUse::infer) return answer;
        Var<float> loss = sum_all(patches * tape.constant(d_patches));
        if (use == UnfoldUse::shared) loss = sum_all(x) + loss;
        tape.backward(loss);
        answer.d_x = gradient_of(x);
        return answer;
    };
    if (use == UnfoldUse::alone) run(100);
    return run(0);
}

std::vector<std::size_t> ask_unfold_zeros(const std::vector<std::size_t>& shape, std::size_t patch,
                                          std::size_t stride) {
    Tape<float> tape;
    return extents_of(unfold_patches(variable_of_zeros(tape, shape), patch, stride));
}

probes::PatchTstAnswer ask_patchtst(const probes::PatchTstQuestion& question) {
    Random random(610);
    const PatchTst model(question.options, random);
    const ParameterList<float> parameters(model);
    set_weights(parameters, question.parameters);
    Tape<float> tape(question.mode, 610);
    const Var<float> past = variable(tape, question.past);
    std::vector<Var<float>> weights = {tape.constant(zeros<4>({1, 1, 1, 1}))};  // that must not stay
    const Var<float> out = model(past, question.want_weights ? &weights : nullptr);
    probes::PatchTstAnswer answer;
    answer.out = out.tensor<3>();
    if (question.want_weights) {
        for (const Var<float>& one : weights) answer.weights.push_back(one.tensor<4>());
    }
    if (question.mode != Mode::infer) {
        tape.backward(sum_all(out * tape.constant(question.d_out)));
        answer.gradients = copy_gradients(parameters);
        answer.gradients.push_back({"past", extents_of(past), {past.grad().begin(), past.grad().end()}});
    }
    answer.parameters = copy_weights(parameters);
    return answer;
}

std::vector<std::size_t> ask_patchtst_of_zeros(const PatchTstOptions& options, const std::vector<std::size_t>& shape) {
    Random random(610);
    const PatchTst model(options, random);
    Tape<float> tape(Mode::infer);
    return extents_of(model(variable_of_zeros(tape, shape)));
}

}  // namespace

WB_BIND(patchtst) {
    worker.bind(probes::patch_count, &patch_count);
    worker.bind(probes::unfold_patches, &ask_unfold);
    worker.bind(probes::unfold_zeros, &ask_unfold_zeros);
    worker.bind(probes::patchtst, &ask_patchtst);
    worker.bind(probes::patchtst_of_zeros, &ask_patchtst_of_zeros);
}

}  // namespace wb
