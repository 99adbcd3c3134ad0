/// @file
/// Binds the probes of exercise 6.6 to the submission's functions.
#include <algorithm>

#include "decomposition_probes.hpp"
#include "probe/worker.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"

namespace wb {
namespace {

using probes::AverageUse;

Var<float> variable(Tape<float>& tape, const Tensor<3>& x) {
    return tape.variable(Shape(std::span<const std::size_t>(x.shape())), {x.data(), x.size()});
}

/// The gradient that x has; a student's operation that is not recorded leaves none.
std::optional<Tensor<3>> gradient_of(Var<float> x) {
    if (x.grad().empty()) return std::nullopt;
    Tensor<3> gradient = x.tensor<3>();
    std::copy(x.grad().begin(), x.grad().end(), gradient.begin());
    return gradient;
}

probes::AverageAnswer ask_moving_average(const Tensor<3>& numbers, std::size_t window, const Tensor<3>& d_trend,
                                         AverageUse use) {
    Tape<float> tape;
    const auto run = [&](float with) {
        tape.reset(use == AverageUse::infer ? Mode::infer : Mode::train);
        const Tensor<3> moved = numbers + with;
        const Var<float> x = use == AverageUse::constant ? tape.constant(moved) : variable(tape, moved);
        const Var<float> trend = moving_average(x, window);
        probes::AverageAnswer answer{trend.tensor<3>(), x.tensor<3>(), {}};
        if (use == AverageUse::infer) return answer;
        Var<float> loss = sum_all(trend * tape.constant(d_trend));
        if (use == AverageUse::shared) loss = sum_all(x) + loss;
        tape.backward(loss);
        answer.d_x = gradient_of(x);
        return answer;
    };
    if (use == AverageUse::alone) run(100);
    return run(0);
}

std::vector<std::size_t> ask_moving_average_of_zeros(const std::vector<std::size_t>& extents, std::size_t window) {
    Tape<float> tape;
    const Shape shape(extents);
    const Shape of_trend = moving_average(tape.variable(shape, std::vector<float>(shape.size())), window).shape();
    const std::span<const std::size_t> answer = of_trend;
    return {answer.begin(), answer.end()};
}

probes::DecomposeAnswer ask_decompose(const Tensor<3>& numbers, std::size_t window, const Tensor<3>& d_trend,
                                      const Tensor<3>& d_seasonal) {
    Tape<float> tape;
    const Var<float> x = variable(tape, numbers);
    const Decomposition parts = decompose(x, window);
    probes::DecomposeAnswer answer{parts.trend.tensor<3>(), parts.seasonal.tensor<3>(), {}};
    tape.backward(sum_all(parts.trend * tape.constant(d_trend)) + sum_all(parts.seasonal * tape.constant(d_seasonal)));
    if (const auto gradient = gradient_of(x)) answer.d_x = *gradient;
    return answer;
}

}  // namespace

WB_BIND(decomposition) {
    worker.bind(probes::moving_average, &ask_moving_average);
    worker.bind(probes::moving_average_of_zeros, &ask_moving_average_of_zeros);
    worker.bind(probes::decompose, &ask_decompose);
}

}  // namespace wb
