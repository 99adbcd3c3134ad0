/// @file
/// Exercise 3.8: Hard-Concrete gates. The contract is chapters/03_head_pruning/hard_concrete.hpp.
#include "hard_concrete.hpp"

#include <algorithm>
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

// SOLUTION BEGIN 3.8 removed
namespace {

/// exp never overflows here into anything but infinity, of which 1 / (1 + inf) = 0 is the limit.
double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}

void require_shape(const char* where, const HardConcrete& shape) {
    if (shape.beta > 0 && shape.gamma < 0 && shape.zeta > 1 && std::isfinite(shape.beta) &&
        std::isfinite(shape.gamma) && std::isfinite(shape.zeta))
        return;
    throw std::invalid_argument(std::string(where) + ": beta " + std::to_string(shape.beta) + ", gamma " +
                                std::to_string(shape.gamma) + ", zeta " + std::to_string(shape.zeta) +
                                ": must be beta > 0, gamma < 0 and zeta > 1");
}

void require_uniforms(const Tensor<2, double>& u) {
    for (std::size_t b = 0; b < u.shape(0); ++b) {
        for (std::size_t h = 0; h < u.shape(1); ++h) {
            if (u(b, h) >= 0 && u(b, h) <= 1) continue;
            throw std::invalid_argument("sample_gates: u of entry " + std::to_string(b) + ", head " +
                                        std::to_string(h) + " is " + std::to_string(u(b, h)) +
                                        "; it must be from 0 to 1");
        }
    }
}

/// P(z > 0).
double open_probability(double log_alpha, const HardConcrete& shape) {
    return sigmoid(log_alpha - shape.beta * std::log(-shape.gamma / shape.zeta));
}

}  // namespace
// SOLUTION END

// TODO(3.8): an operation whose result is random, and whose gradient is not.
//   Equation: s = sigmoid((ln u - ln(1 - u) + log_alpha) / beta), z = clamp(s (zeta - gamma) + gamma, 0, 1). Where 0 < z < 1:
//             dz / d log_alpha = s (1 - s) / beta * (zeta - gamma).
//   Start:    gate_heads of exercise 3.1: tape.make, a loop, tape.record with a lambda that adds to tape.slot(log_alpha). Compute in
//             double. What backward needs of s, tape.keep<float>(count) keeps: it is simplest to keep the derivative itself.
//   Ask:      all the chance is in u, which comes in from outside. What then is there left to be differentiated? And what is the
//             derivative of a number that was cut off?
//   Traps:    one log_alpha serves every entry of the batch: its gradient is a sum. u may be 0: ln 0 is -inf, of which sigmoid makes 0,
//             and nothing is NaN as long as -inf meets no other infinity. 1 - u of a float u near 1 is coarse: keep the double.
Var<float> sample_gates(Var<float> log_alpha, const Tensor<2, double>& u, const HardConcrete& shape) {
    // SOLUTION BEGIN 3.8
    require_shape("sample_gates", shape);
    const Shape of_alpha = log_alpha.shape();
    const std::size_t batch = u.shape(0), heads = u.shape(1);
    if (of_alpha.rank() != 1 || heads == 0 || of_alpha[0] != heads)
        throw ShapeError("sample_gates: log_alpha " + shape_text(of_alpha) + " must be [heads], and u " +
                         shape_text(u) + " [batch, heads]");
    require_uniforms(u);
    Tape<float>& tape = log_alpha.tape();
    const Var<float> gates = tape.make({batch, heads});
    const float* a = tape.data(log_alpha);
    float *z = tape.data(gates), *slope = tape.keep<float>(batch * heads);
    for (std::size_t n = 0; n < batch * heads; ++n) {
        const double chance = u.data()[n];
        const double s =
            sigmoid((std::log(chance) - std::log1p(-chance) + static_cast<double>(a[n % heads])) / shape.beta);
        const double stretched = s * (shape.zeta - shape.gamma) + shape.gamma;
        z[n] = static_cast<float>(std::clamp(stretched, 0.0, 1.0));
        const bool inside = stretched > 0 && stretched < 1;
        slope[n] = inside ? static_cast<float>(s * (1 - s) / shape.beta * (shape.zeta - shape.gamma)) : 0;
    }
    return tape.record(gates, {log_alpha}, [=, &tape] {
        const auto [into, fresh] = tape.slot(log_alpha);
        if (into == nullptr) return;
        if (fresh) std::fill_n(into, heads, 0.0F);
        const float* d_gates = tape.gradient(gates);
        for (std::size_t n = 0; n < batch * heads; ++n) into[n % heads] += d_gates[n] * slope[n];
    });
    // SOLUTION END
}

// TODO(3.8): how likely is a gate open?
//   Equation: z > 0 where s > -gamma / (zeta - gamma). s grows with u; solved for u: P(z > 0) = sigmoid(log_alpha - beta ln(-gamma / zeta)).
//   Ask:      with log_alpha 0 and the default shape the answer is .832, not .5. Why are more gates open than closed?
//   Traps:    ln(-gamma / zeta) is negative, so it is the probability that grows by it.
Tensor<1, double> open_probabilities(const Tensor<1>& log_alpha, const HardConcrete& shape) {
    // SOLUTION BEGIN 3.8
    require_shape("open_probabilities", shape);
    Tensor<1, double> open(log_alpha.shape());
    for (std::size_t h = 0; h < open.size(); ++h) open(h) = open_probability(static_cast<double>(log_alpha(h)), shape);
    return open;
    // SOLUTION END
}

// TODO(3.8): the penalty, as an operation on the tape.
//   Equation: sum_h p_h; d p_h / d log_alpha_h = p_h (1 - p_h).
//   Start:    as above: make({}), record. The p_h of the forward pass are worth keeping.
//   Ask:      a gate that is shut for good (log_alpha -20): what does the penalty still do to it?
Var<float> expected_open(Var<float> log_alpha, const HardConcrete& shape) {
    // SOLUTION BEGIN 3.8
    require_shape("expected_open", shape);
    if (log_alpha.shape().rank() != 1)
        throw ShapeError("expected_open: log_alpha " + shape_text(log_alpha.shape()) + " must be [heads]");
    Tape<float>& tape = log_alpha.tape();
    const std::size_t heads = log_alpha.size();
    const Var<float> expected = tape.make(Shape{});
    float* slope = tape.keep<float>(heads);
    double total = 0;
    for (std::size_t h = 0; h < heads; ++h) {
        const double open = open_probability(static_cast<double>(tape.data(log_alpha)[h]), shape);
        total += open;
        slope[h] = static_cast<float>(open * (1 - open));
    }
    tape.data(expected)[0] = static_cast<float>(total);
    return tape.record(expected, {log_alpha}, [=, &tape] {
        const auto [into, fresh] = tape.slot(log_alpha);
        if (into == nullptr) return;
        if (fresh) std::fill_n(into, heads, 0.0F);
        for (std::size_t h = 0; h < heads; ++h) into[h] += tape.gradient(expected)[0] * slope[h];
    });
    // SOLUTION END
}

// TODO(3.8): the gates once training is over.
//   Equation: min(1, max(0, sigmoid(log_alpha) (zeta - gamma) + gamma)): equation 13.
//   Ask:      which log_alpha is the largest that gives exactly 0? Is P(z > 0) then small?
Tensor<1> test_gates(const Tensor<1>& log_alpha, const HardConcrete& shape) {
    // SOLUTION BEGIN 3.8
    require_shape("test_gates", shape);
    Tensor<1> gates(log_alpha.shape());
    for (std::size_t h = 0; h < gates.size(); ++h) {
        const double stretched = sigmoid(static_cast<double>(log_alpha(h))) * (shape.zeta - shape.gamma) + shape.gamma;
        gates(h) = static_cast<float>(std::clamp(stretched, 0.0, 1.0));
    }
    return gates;
    // SOLUTION END
}

// SOLUTION BEGIN 3.8 removed
namespace {

void require_training(std::size_t samples, std::size_t heads, const GateTraining& training) {
    const auto refuse = [](const char* name, double number, const char* wanted) {
        throw std::invalid_argument("train_gates: " + std::string(name) + " is " + std::to_string(number) +
                                    ", but must be " + wanted);
    };
    if (samples == 0) refuse("samples", 0, "at least 1");
    if (heads == 0) refuse("heads", 0, "at least 1");
    if (training.batch == 0) refuse("batch", 0, "at least 1");
    if (!(training.penalty >= 0) || !std::isfinite(training.penalty))
        refuse("penalty", training.penalty, "0 or more, and finite");
    if (!(training.rate >= 0) || !std::isfinite(training.rate)) refuse("rate", training.rate, "0 or more, and finite");
    if (!std::isfinite(training.start)) refuse("start", training.start, "finite");
    require_shape("train_gates", training.shape);
}

}  // namespace
// SOLUTION END

// TODO(3.8): training.
//   Start:    log_alpha is a Parameter<float> in a ParameterList by itself, which is what Adam gets; std::make_shared makes one. Each step:
//             tape.reset(Mode::evaluate), tape.use(log_alpha), u from Random, sample_gates, the losses, mean_all, the penalty,
//             tape.backward, Adam::step.
//   Ask:      the losses use the model's parameters. Where do their gradients go if you do nothing about it, and who finds them there?
//             Tape::redirect_gradients, with log_alpha as the only entry, sends them nowhere, and the tape need not even compute them.
//   Traps:    that table holds log_alpha->gradient.data(), a null pointer until need_gradient() or Adam's constructor has run: log_alpha
//             would never move. The last batch may be short. The penalty belongs to the loss that goes backward, not to the one that is reported. What is
//             reported is from before the step.
TrainedGates train_gates(const GatedLosses& losses, std::size_t samples, std::size_t heads,
                         const GateTraining& training) {
    // SOLUTION BEGIN 3.8
    require_training(samples, heads, training);
    const auto log_alpha = std::make_shared<Parameter<float>>(Shape{heads}, false);
    std::fill(log_alpha->value.begin(), log_alpha->value.end(), static_cast<float>(training.start));
    ParameterList<float> parameters;
    parameters.add("", "log_alpha", log_alpha);
    Adam<float> optimizer(parameters);  // gives the gradient its memory
    const GradientBuffers<float> only_log_alpha{{log_alpha.get(), log_alpha->gradient.data()}};
    Tape<float> tape;
    tape.redirect_gradients(&only_log_alpha);
    Random random(training.seed);
    TrainedGates trained{Tensor<1>(std::array<std::size_t, 1>{heads}), {}};
    std::size_t begin = 0;
    for (std::size_t step = 0; step < training.steps; ++step) {
        const Shard shard{0, begin, begin + std::min(samples - begin, training.batch)};
        begin = shard.end == samples ? 0 : shard.end;
        Tensor<2, double> u(std::array<std::size_t, 2>{shard.size(), heads});
        for (double& number : u) number = random.uniform();
        tape.reset(Mode::evaluate);
        const Var<float> alpha = tape.use(*log_alpha);
        const Var<float> each = losses(tape, shard, sample_gates(alpha, u, training.shape));
        if (each.shape() != Shape{shard.size()})
            throw ShapeError("train_gates: losses " + shape_text(each.shape()) + " must be [" +
                             std::to_string(shard.size()) + "], one for each sample of the batch");
        const Var<float> loss = mean_all(each), open = expected_open(alpha, training.shape);
        if (!std::isfinite(loss.item()))
            throw Error("train_gates: the loss of step " + std::to_string(step) + " is " + std::to_string(loss.item()));
        trained.steps.push_back({static_cast<double>(loss.item()), static_cast<double>(open.item())});
        tape.backward(loss + open * static_cast<float>(training.penalty));
        optimizer.step(training.rate);
    }
    std::copy(log_alpha->value.begin(), log_alpha->value.end(), trained.log_alpha.begin());
    return trained;
    // SOLUTION END
}

}  // namespace wb
