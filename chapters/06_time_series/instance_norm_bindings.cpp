/// @file
/// Binds the probes of exercise 6.12 to the submission's functions.
#include <limits>
#include <span>

#include "instance_norm_probes.hpp"
#include "probe/worker.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"

namespace wb {
namespace {

Var<float> variable(Tape<float>& tape, const Tensor<3>& x) {
    return tape.variable(Shape(std::span<const std::size_t>(x.shape())), {x.data(), x.size()});
}

/// The submission's function; its numbers are NaN as soon as it has returned.
Var<float> denormalise(Var<float> forecast, Tensor<2>& mean, Tensor<2>& deviation) {
    const Var<float> out = denormalise_windows(forecast, mean, deviation);
    mean.fill(std::numeric_limits<float>::quiet_NaN());
    deviation.fill(std::numeric_limits<float>::quiet_NaN());
    return out;
}

probes::DenormaliseAnswer ask(const probes::Numbers& numbers, Tensor<2> mean, Tensor<2> deviation,
                              const Tensor<3>& d_out) {
    Tape<float> tape;
    const Var<float> forecast = tape.variable(Shape(numbers.shape), numbers.values);
    const Var<float> out = denormalise(forecast, mean, deviation);
    const Var<float> again = sum_all(forecast);  // after the operation, so before it on the way back
    probes::DenormaliseAnswer answer;
    answer.out = out.tensor<3>();
    tape.backward(again + sum_all(out * tape.constant(d_out)));
    answer.gradient.assign(forecast.grad().begin(), forecast.grad().end());
    answer.forecast.assign(forecast.value().begin(), forecast.value().end());
    return answer;
}

probes::DenormaliseAnswer ask_again(const Tensor<3>& numbers, const Tensor<2>& mean, const Tensor<2>& deviation,
                                    const Tensor<3>& d_out) {
    Tape<float> tape;
    const auto run = [&](float more) {
        tape.reset();
        Tensor<3> moved = numbers;
        for (float& number : moved) number += more;
        const Var<float> forecast = variable(tape, moved);
        Tensor<2> m = mean, s = deviation;
        const Var<float> out = denormalise(forecast, m, s);
        probes::DenormaliseAnswer answer;
        answer.out = out.tensor<3>();
        tape.backward(sum_all(out * tape.constant(d_out)));
        answer.gradient.assign(forecast.grad().begin(), forecast.grad().end());
        answer.forecast.assign(forecast.value().begin(), forecast.value().end());
        return answer;
    };
    run(100);
    return run(0);
}

probes::DenormaliseAnswer ask_constant(const Tensor<3>& numbers, Tensor<2> mean, Tensor<2> deviation) {
    Tape<float> tape;
    const Var<float> other = variable(tape, numbers);
    const Var<float> out = denormalise(tape.constant(numbers), mean, deviation);
    probes::DenormaliseAnswer answer;
    answer.out = out.tensor<3>();
    tape.backward(sum_all(out) + sum_all(other));
    return answer;
}

probes::DenormaliseAnswer ask_infer(const Tensor<3>& numbers, Tensor<2> mean, Tensor<2> deviation) {
    Tape<float> tape(Mode::infer);
    probes::DenormaliseAnswer answer;
    answer.out = denormalise(variable(tape, numbers), mean, deviation).tensor<3>();
    return answer;
}

}  // namespace

WB_BIND(instance_norm) {
    worker.bind(probes::normalise_windows,
                [](const Tensor<3>& past, double epsilon) { return normalise_windows(past, epsilon); });
    worker.bind(probes::normalise_windows_plain, [](const Tensor<3>& past) { return normalise_windows(past); });
    worker.bind(probes::denormalise_windows, &ask);
    worker.bind(probes::denormalise_windows_again, &ask_again);
    worker.bind(probes::denormalise_windows_constant, &ask_constant);
    worker.bind(probes::denormalise_windows_infer, &ask_infer);
}

}  // namespace wb
