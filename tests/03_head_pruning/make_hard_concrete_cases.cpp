/// @file
/// Writes the cases of exercise 3.8's distribution. Families:
///
///     3.8/sample  gates for given u, with the gradient of sum(gates * d_gates)
///     3.8/open    how many gates are open, with the gradient of 3 * penalty
///     3.8/test    gates once training is over
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "gate_task_case.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "trusted_gates.hpp"

namespace wb {
namespace {

/// What students make of the formula, one at a time.
struct DrawFlaws {
    bool no_stretch = false, no_clamp = false, beta_on_noise = false, beta_on_alpha = false, no_beta = false,
         times_beta = false;
    bool reversed = false, first_row = false, swapped = false;
};

/// The tests take off the 1 of the driver's own use of log_alpha, which is lost here.
constexpr const char* overwritten =
    "a gradient that replaces the one that was there, the driver's 1: add to it, unless the slot is fresh";

double flawed_gate(double log_alpha, double u, HardConcrete shape, const DrawFlaws& flaws) {
    const double noise = std::log(u / (1 - u)) * (flaws.reversed ? -1 : 1);
    double x = (noise + log_alpha) / shape.beta;
    if (flaws.beta_on_noise) x = noise / shape.beta + log_alpha;
    if (flaws.beta_on_alpha) x = noise + log_alpha / shape.beta;
    if (flaws.no_beta) x = noise + log_alpha;
    if (flaws.times_beta) x = (noise + log_alpha) * shape.beta;
    const double s = 1 / (1 + std::exp(-x));
    if (flaws.no_stretch) return s;
    const double z =
        flaws.swapped ? s * (shape.gamma - shape.zeta) + shape.zeta : s * (shape.zeta - shape.gamma) + shape.gamma;
    return flaws.no_clamp ? z : std::min(1.0, std::max(0.0, z));
}

void write_sample(Draw& draw, std::size_t batch, std::size_t heads, const HardConcrete& shape) {
    const Tensor<1> log_alpha = draw.uniform<1>({heads}, 2.5);
    const Tensor<2> d_gates = draw.uniform<2>({batch, heads}, 1);
    Tensor<2, double> u(std::array<std::size_t, 2>{batch, heads});
    for (std::size_t n = 0; n < u.size(); ++n) {
        double z = 0;
        do {  // not where z is just about to be cut off: there a float may fall on the other side
            u.data()[n] = 0.5 + static_cast<double>(draw.uniform<1>({1}, 0.4999)(0));
            z = trusted::stretched_gate(static_cast<double>(log_alpha(n % heads)), u.data()[n], shape);
        } while (std::abs(z) < 1e-3 || std::abs(z - 1) < 1e-3);
    }
    CaseWriter writer("3.8/sample", shape_name({{"batch", batch}, {"heads", heads}}) +
                                        (shape.beta == HardConcrete{}.beta ? "" : "_other_shape"));
    writer.in("log_alpha", log_alpha).in("u", u).in("d_gates", d_gates);
    write_shape(writer, shape);

    const auto table = [&](const auto& function) {
        Tensor<2, double> result(std::array<std::size_t, 2>{batch, heads});
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t h = 0; h < heads; ++h)
                result(b, h) = function(static_cast<double>(log_alpha(h)), u(b, h), b, h);
        }
        return result;
    };
    writer.expected("gates", table([&](double a, double v, auto, auto) { return trusted::gate(a, v, shape); }));
    const auto flawed = [&](const char* words, const DrawFlaws& flaws) {
        writer.mistake(words, "gates",
                       table([&](double a, double v, auto, auto) { return flawed_gate(a, v, shape, flaws); }));
    };
    flawed("s itself: it is never exactly 0 or 1 until it is stretched and cut off", {.no_stretch = true});
    flawed("the stretched s, not cut off: a gate is never below 0 or above 1", {.no_clamp = true});
    flawed("the noise divided by beta, and log_alpha not: beta divides their sum", {.beta_on_noise = true});
    flawed("log_alpha divided by beta, and the noise not: beta divides their sum", {.beta_on_alpha = true});
    flawed("the result without beta", {.no_beta = true});
    flawed("the sum times beta; it is divided by it", {.times_beta = true});
    flawed("the result with ln(1 - u) - ln u: a large u opens the gate", {.reversed = true});
    flawed("the result with gamma and zeta exchanged", {.swapped = true});
    if (batch > 1)
        writer.mistake(
            "one draw for the whole batch, the first entry's u: each entry has its own", "gates",
            table([&](double a, double, std::size_t, std::size_t h) { return trusted::gate(a, u(0, h), shape); }));

    const auto slopes = [&](const auto& slope) {
        Tensor<1, double> gradient(std::array<std::size_t, 1>{heads});
        gradient.fill(0);
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t h = 0; h < heads; ++h)
                gradient(h) += static_cast<double>(d_gates(b, h)) * slope(static_cast<double>(log_alpha(h)), u(b, h));
        }
        return gradient;
    };
    const auto difference = [&](const auto& function) {
        return [function](double a, double v) {
            constexpr double h = 1e-5;
            return (function(a + h, v) - function(a - h, v)) / (2 * h);
        };
    };
    const auto right = difference([&](double a, double v) { return trusted::gate(a, v, shape); });
    const Tensor<1, double> gradient = slopes(right);
    writer.expected("gradient", gradient);
    Tensor<1, double> alone = gradient, mean = gradient;
    for (std::size_t h = 0; h < heads; ++h) {
        alone(h) -= 1;
        mean(h) = gradient(h) / static_cast<double>(batch);
    }
    writer.mistake(overwritten, "gradient", alone);
    if (batch > 1) writer.mistake("a mean over the batch; every entry's gradient adds up", "gradient", mean);
    writer.mistake(
        "a gradient that goes 'straight through', as if nothing had been cut off; that of a gate that was is 0",
        "gradient", slopes(difference([&](double a, double v) { return trusted::stretched_gate(a, v, shape); })));
    writer.mistake("the gradient without 1 / beta", "gradient",
                   slopes([&](double a, double v) { return right(a, v) * shape.beta; }));
    writer.mistake("the gradient without the stretch, zeta - gamma", "gradient",
                   slopes([&](double a, double v) { return right(a, v) / (shape.zeta - shape.gamma); }));
}

void write_open(Draw& draw, std::size_t heads, const HardConcrete& shape) {
    const Tensor<1> log_alpha = draw.uniform<1>({heads}, 4);
    CaseWriter writer("3.8/open",
                      shape_name({{"heads", heads}}) + (shape.beta == HardConcrete{}.beta ? "" : "_other_shape"));
    writer.in("log_alpha", log_alpha);
    write_shape(writer, shape);
    const auto row = [&](const auto& function) {
        Tensor<1, double> result(std::array<std::size_t, 1>{heads});
        for (std::size_t h = 0; h < heads; ++h) result(h) = function(static_cast<double>(log_alpha(h)));
        return result;
    };
    const auto sum = [&](const auto& function) {
        Tensor<1, double> total(std::array<std::size_t, 1>{1});
        total(0) = 0;
        for (const double one : row(function)) total(0) += one;
        return total;
    };
    const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
    const double shift = std::log(-shape.gamma / shape.zeta);
    const auto right = [&](double a) { return trusted::open_probability(a, shape); };
    writer.expected("open", row(right)).expected("sum", sum(right));
    const auto mistake = [&](const char* words, const auto& function) {
        writer.mistake(words, "open", row(function));
        writer.mistake(words, "sum", sum(function));
    };
    mistake("sigmoid(log_alpha): that is P(s > 1/2), while z > 0 begins far below", sigmoid);
    mistake("the result with + beta ln(-gamma / zeta)", [&](double a) { return sigmoid(a + shape.beta * shift); });
    mistake("the result without the factor beta", [&](double a) { return sigmoid(a - shift); });
    mistake("sigmoid((log_alpha - ln(-gamma / zeta)) / beta): solved for u, beta is left at the logarithm alone",
            [&](double a) { return sigmoid((a - shift) / shape.beta); });
    mistake("the result with log_alpha divided by beta, and ln(-gamma / zeta) not",
            [&](double a) { return sigmoid(a / shape.beta - shift); });
    mistake("P(z = 0): how likely the gate is closed", [&](double a) { return 1 - right(a); });
    mistake("the gates at test", [&](double a) { return trusted::test_gate(a, shape); });
    if (heads > 1)
        writer.mistake("a mean; the penalty counts heads", "sum",
                       sum([&](double a) { return right(a) / static_cast<double>(heads); }));

    const auto slope = [&](double a) { return (right(a + 1e-5) - right(a - 1e-5)) / 2e-5; };
    writer.expected("gradient", row([&](double a) { return 3 * slope(a); }));
    writer.mistake(overwritten, "gradient", row([&](double a) { return 3 * slope(a) - 1; }));
    writer.mistake("the gradient without what comes in, 3: multiply by the result's own gradient", "gradient",
                   row(slope));
    writer.mistake("p in place of p (1 - p)", "gradient", row([&](double a) { return 3 * right(a); }));
}

void write_test_gates(Draw& draw, std::size_t heads, const HardConcrete& shape) {
    const Tensor<1> log_alpha = draw.uniform<1>({heads}, 4);
    CaseWriter writer("3.8/test",
                      shape_name({{"heads", heads}}) + (shape.beta == HardConcrete{}.beta ? "" : "_other_shape"));
    writer.in("log_alpha", log_alpha);
    write_shape(writer, shape);
    const auto row = [&](const auto& function) {
        Tensor<1, double> result(std::array<std::size_t, 1>{heads});
        for (std::size_t h = 0; h < heads; ++h) result(h) = function(static_cast<double>(log_alpha(h)));
        return result;
    };
    const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
    writer.expected("gates", row([&](double a) { return trusted::test_gate(a, shape); }));
    writer.mistake("sigmoid(log_alpha / beta): equation 13 has no beta", "gates",
                   row([&](double a) { return trusted::gate(a, 0.5, shape); }));
    writer.mistake("sigmoid(log_alpha), neither stretched nor cut off: no gate is ever exactly 0", "gates",
                   row(sigmoid));
    writer.mistake("the stretched sigmoid, not cut off", "gates",
                   row([&](double a) { return sigmoid(a) * (shape.zeta - shape.gamma) + shape.gamma; }));
    writer.mistake("how likely the gate is open", "gates",
                   row([&](double a) { return trusted::open_probability(a, shape); }));
}

WB_CASES(hard_concrete) {
    Draw draw(seed + 381);
    const HardConcrete usual, other{0.4, -0.3, 1.6};
    write_sample(draw, 1, 1, usual);
    write_sample(draw, 4, 5, usual);
    write_sample(draw, 9, 12, usual);
    write_sample(draw, 5, 6, other);
    write_open(draw, 1, usual);
    write_open(draw, 12, usual);
    write_open(draw, 7, other);
    write_test_gates(draw, 24, usual);
    write_test_gates(draw, 9, other);
}

}  // namespace
}  // namespace wb
