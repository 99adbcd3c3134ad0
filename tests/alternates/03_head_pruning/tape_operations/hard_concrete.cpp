/// @file
/// Exercise 3.8 another way: no operation of its own, but the library's put together, sigmoid(x) = (1 + tanh(x / 2)) / 2 and
/// clamp(x) = relu(x) - relu(x - 1), all in float; log_alpha is a variable of the tape, and its gradient is carried to Adam by hand.
#include "hard_concrete.hpp"

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"
#include "wb/errors.hpp"
#include "wb/random.hpp"
#include "wb/training/adam.hpp"

namespace wb {
namespace {

void check(const HardConcrete& shape) {
    for (const double number : {shape.beta, shape.gamma, shape.zeta}) {
        if (!std::isfinite(number)) throw std::invalid_argument("beta, gamma and zeta must be finite");
    }
    if (shape.beta <= 0 || shape.gamma >= 0 || shape.zeta <= 1)
        throw std::invalid_argument("beta must be above 0, gamma below 0, zeta above 1");
}

void check(bool right, const char* what) {
    if (!right) throw std::invalid_argument(std::string("train_gates: ") + what + " is out of its range");
}

Var<float> constant_like(Var<float> x, double number) {
    return x.tape().constant(x.shape(), std::vector<float>(x.size(), static_cast<float>(number)));
}

Var<float> sigmoid(Var<float> x) {
    return tanh(x * 0.5F) * 0.5F + constant_like(x, 0.5);
}

double shift_of(const HardConcrete& shape) {
    return shape.beta * (std::log(-shape.gamma) - std::log(shape.zeta));
}

}  // namespace

Var<float> sample_gates(Var<float> log_alpha, const Tensor<2, double>& u, const HardConcrete& shape) {
    check(shape);
    if (log_alpha.shape().rank() != 1 || log_alpha.size() == 0 || log_alpha.size() != u.shape(1))
        throw ShapeError("log_alpha " + shape_text(log_alpha.shape()) + " and u " + shape_text(u));
    Tensor<2> noise(u.shape());
    for (std::size_t n = 0; n < u.size(); ++n) {
        if (!(u.data()[n] >= 0) || u.data()[n] > 1)
            throw std::invalid_argument("u[" + std::to_string(n / u.shape(1)) + "][" + std::to_string(n % u.shape(1)) +
                                        "] is not in 0 .. 1");
        noise.data()[n] = static_cast<float>(std::log(u.data()[n]) - std::log(1 - u.data()[n]));
    }
    const Var<float> x = log_alpha.tape().constant(noise) + log_alpha;
    const Var<float> s = sigmoid(x * static_cast<float>(1 / shape.beta));
    const Var<float> z = s * static_cast<float>(shape.zeta - shape.gamma) + constant_like(s, shape.gamma);
    return relu(z) - relu(z - constant_like(z, 1));
}

Tensor<1, double> open_probabilities(const Tensor<1>& log_alpha, const HardConcrete& shape) {
    check(shape);
    Tensor<1, double> open(log_alpha.shape());
    for (std::size_t h = 0; h < open.size(); ++h)
        open(h) = 0.5 + 0.5 * std::tanh((static_cast<double>(log_alpha(h)) - shift_of(shape)) / 2);
    return open;
}

Var<float> expected_open(Var<float> log_alpha, const HardConcrete& shape) {
    check(shape);
    if (log_alpha.shape().rank() != 1) throw ShapeError("log_alpha " + shape_text(log_alpha.shape()));
    return sum_all(sigmoid(log_alpha - constant_like(log_alpha, shift_of(shape))));
}

Tensor<1> test_gates(const Tensor<1>& log_alpha, const HardConcrete& shape) {
    check(shape);
    Tensor<1> gates(log_alpha.shape());
    for (std::size_t h = 0; h < gates.size(); ++h) {
        const double s = 0.5 + 0.5 * std::tanh(static_cast<double>(log_alpha(h)) / 2);
        const double z = s * (shape.zeta - shape.gamma) + shape.gamma;
        gates(h) = z < 0 ? 0 : z > 1 ? 1 : static_cast<float>(z);
    }
    return gates;
}

TrainedGates train_gates(const GatedLosses& losses, std::size_t samples, std::size_t heads,
                         const GateTraining& training) {
    check(samples > 0, "samples");
    check(heads > 0, "heads");
    check(training.batch > 0, "batch");
    check(std::isfinite(training.penalty) && training.penalty >= 0, "penalty");
    check(std::isfinite(training.rate) && training.rate >= 0, "rate");
    check(std::isfinite(training.start), "start");
    if (!(training.shape.zeta > 1)) throw std::invalid_argument("train_gates: zeta must be above 1");
    const auto parameter = std::make_shared<Parameter<float>>(Shape{heads});
    for (float& one : parameter->value) one = static_cast<float>(training.start);
    ParameterList<float> list;
    list.add("", "log_alpha", parameter);
    Adam<float> adam(list);
    const GradientBuffers<float> none;
    Random random(training.seed);
    TrainedGates result;
    for (std::size_t step = 0, first = 0; step < training.steps; ++step) {
        const std::size_t size = std::min(training.batch, samples - first);
        Tape<float> tape(Mode::evaluate);
        tape.redirect_gradients(&none);
        const Var<float> log_alpha = tape.variable(Shape{heads}, parameter->value);
        const Var<float> gates =
            sample_gates(log_alpha, uniform_tensor<2, double>(random, {size, heads}), training.shape);
        const Var<float> each = losses(tape, {.index = 0, .begin = first, .end = first + size}, gates);
        if (each.shape() != Shape{size}) throw ShapeError("losses " + shape_text(each.shape()));
        const Var<float> task = sum_all(each) * static_cast<float>(1 / static_cast<double>(size));
        const Var<float> open = expected_open(log_alpha, training.shape);
        if (!std::isfinite(task.item())) throw Error("no finite loss at step " + std::to_string(step));
        result.steps.push_back({static_cast<double>(task.item()), static_cast<double>(open.item())});
        tape.backward(open * static_cast<float>(training.penalty) + task);
        std::copy(log_alpha.grad().begin(), log_alpha.grad().end(), parameter->gradient.begin());
        adam.step(training.rate);
        first = (first + size) % samples;
    }
    result.log_alpha = Tensor<1>(std::array<std::size_t, 1>{heads});
    std::copy(parameter->value.begin(), parameter->value.end(), result.log_alpha.begin());
    return result;
}

}  // namespace wb
