/// @file
/// Judges exercise 3.8's distribution: draws, gradients, and how often a gate is exactly 0 or 1.
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gate_task_case.hpp"
#include "hard_concrete_probes.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

// A gate is one number between 0 and 1, from a log_alpha that is a float. Who computes in float has errors of 1e-7 in ln u - ln(1 - u),
// up to 9 here, divided by a beta of 0.4 and through a sigmoid whose slope is 1/4 at most: below 2e-6.
constexpr Tolerance of_gates{.absolute = 1e-5};

// A sum of up to 9 slopes, each up to 1; the difference quotient of the oracle is good to 1e-9.
constexpr Tolerance of_gradient{.absolute = 2e-5};

Tensor<1> tensor_of(const std::vector<float>& numbers) {
    Tensor<1> result(std::array<std::size_t, 1>{numbers.size()});
    std::copy(numbers.begin(), numbers.end(), result.begin());
    return result;
}

/// What an operation adds to the gradient of log_alpha: the driver uses log_alpha a second time, which adds 1 to each.
Tensor<1> without_drivers_use(const std::vector<float>& gradient) {
    Tensor<1> own = tensor_of(gradient);
    for (float& number : own) number -= 1;
    return own;
}

const std::string of_operation_alone =
    "the gradient of log_alpha that comes from the operation; the driver's own use of log_alpha, 1 for each, is taken "
    "off";

/// u for each head in a column: the middles of `count` equal parts of 0 .. 1.
Tensor<2, double> even_u(std::size_t count, std::size_t heads) {
    Tensor<2, double> u(std::array<std::size_t, 2>{count, heads});
    for (std::size_t n = 0; n < count; ++n) {
        for (std::size_t h = 0; h < heads; ++h) u(n, h) = (static_cast<double>(n) + 0.5) / static_cast<double>(count);
    }
    return u;
}

TEST(SampleGates, AreStretchedAndCutOff) {
    for (const Case& c : cases("3.8/sample")) {
        const Tensor<1> log_alpha = c.in<1>("log_alpha");
        const Tensor<2, double> u = c.in<2, double>("u");
        expect_close(probes::sample_gates(log_alpha, u, c.in<2>("d_gates"), shape_of(c)).gates, c, "gates", of_gates);
        expect_close(probes::sample_gates_infer(log_alpha, u, shape_of(c)), c, "gates", of_gates);
    }
}

TEST(SampleGates, GradientsReachLogAlpha) {
    for (const Case& c : cases("3.8/sample")) {
        const probes::DrawnGates drawn =
            probes::sample_gates(c.in<1>("log_alpha"), c.in<2, double>("u"), c.in<2>("d_gates"), shape_of(c));
        SCOPED_TRACE(of_operation_alone + ". That of a gate that was cut off, to 0 or to 1, is 0");
        expect_close(without_drivers_use(drawn.gradient), c, "gradient", of_gradient);
    }
}

// 10,000 evenly spaced u: the share of gates that are open is the probability to within one part.
TEST(SampleGates, AreExactlyZeroAndOneAsOftenAsTheFormulaSays) {
    const Tensor<1> log_alpha = tensor_of({-4, -2, -0.5, 0, 1, 2, 4});
    for (const HardConcrete& shape : {HardConcrete{}, HardConcrete{0.4, -0.3, 1.6}}) {
        const Tensor<1, double> open = probes::open_probabilities(log_alpha, shape);
        expect_shape(open, {7}, "open probabilities");
        const Tensor<2> gates = probes::sample_gates_infer(log_alpha, even_u(10000, 7), shape);
        expect_shape(gates, {10000, 7}, "gates");
        for (std::size_t h = 0; h < 7; ++h) {
            int not_zero = 0, one = 0;
            for (std::size_t n = 0; n < 10000; ++n) {
                ASSERT_TRUE(gates(n, h) >= 0 && gates(n, h) <= 1) << "a gate of " << gates(n, h);
                not_zero += gates(n, h) != 0 ? 1 : 0;
                one += gates(n, h) == 1 ? 1 : 0;
            }
            EXPECT_NEAR(not_zero / 10000.0, open(h), 2e-4)
                << "the share of 10,000 evenly spaced u whose gate is not exactly 0, against open_probabilities, for "
                   "log_alpha "
                << log_alpha(h) << " and beta " << shape.beta;
            const double threshold = (1 - shape.gamma) / (shape.zeta - shape.gamma);  // z = 1
            const double x = static_cast<double>(log_alpha(h)) - shape.beta * std::log(threshold / (1 - threshold));
            EXPECT_NEAR(one / 10000.0, 1 / (1 + std::exp(-x)), 2e-4)
                << "the share whose gate is exactly 1, for log_alpha " << log_alpha(h) << " and beta " << shape.beta;
        }
    }
}

TEST(SampleGates, StayFiniteAtTheEnds) {
    const Tensor<1> log_alpha = tensor_of({-1000, 0, 1000});
    Tensor<2, double> u = full<2, double>({4, 3}, 0);
    for (std::size_t h = 0; h < 3; ++h) {
        u(1, h) = 1;
        u(2, h) = 0x1p-53;
        u(3, h) = 1 - 0x1p-53;
    }
    const probes::DrawnGates drawn = probes::sample_gates(log_alpha, u, full<2>({4, 3}, 1), {});
    expect_shape(drawn.gates, {4, 3}, "gates");
    for (std::size_t n = 0; n < 4; ++n) {
        for (std::size_t h = 0; h < 3; ++h) {
            SCOPED_TRACE("log_alpha " + std::to_string(log_alpha(h)) + ", u " + std::to_string(u(n, h)) + ", entry " +
                         std::to_string(n));
            if (n < 2 || h == 1)
                EXPECT_EQ(drawn.gates(n, h), n % 2 == 0 ? 0 : 1) << "u of 0 (or nearly) closes, 1 (or nearly) opens";
            else
                EXPECT_EQ(drawn.gates(n, h), h == 0 ? 0 : 1) << "a log_alpha of a thousand decides";
        }
    }
    ASSERT_EQ(drawn.gradient.size(), 3U);
    for (std::size_t h = 0; h < 3; ++h)
        EXPECT_EQ(drawn.gradient[h] - 1, 0)
            << "all gates are cut off, so the gradient is 0 for log_alpha " << log_alpha(h);
}

TEST(OpenGates, AreAsLikelyAsTheFormulaSays) {
    for (const Case& c : cases("3.8/open"))
        expect_close(probes::open_probabilities(c.in<1>("log_alpha"), shape_of(c)), c, "open", {.absolute = 1e-6});
    const Tensor<1, double> far = probes::open_probabilities(tensor_of({-1000, 1000}), {});
    expect_shape(far, {2}, "open probabilities");
    EXPECT_EQ(far(0), 0) << "log_alpha -1000";
    EXPECT_EQ(far(1), 1) << "log_alpha 1000";
}

TEST(OpenGates, AreCountedWithAGradient) {
    for (const Case& c : cases("3.8/open")) {
        const probes::OpenHeads open = probes::expected_open(c.in<1>("log_alpha"), shape_of(c));
        expect_close(full<1, double>({1}, open.expected), c, "sum", {.absolute = 1e-5});  // up to 12 numbers, in float
        SCOPED_TRACE(of_operation_alone);
        expect_close(without_drivers_use(open.gradient), c, "gradient", {.absolute = 1e-5});
    }
}

TEST(TestGates, LeaveNothingToChance) {
    for (const Case& c : cases("3.8/test"))
        expect_close(probes::test_gates(c.in<1>("log_alpha"), shape_of(c)), c, "gates", {.absolute = 1e-6});
    const Tensor<1> far = probes::test_gates(tensor_of({-1000, -2.5F, 2.5F, 1000}), {});
    expect_shape(far, {4}, "gates at test");
    for (std::size_t h = 0; h < 4; ++h)
        EXPECT_EQ(far(h), h < 2 ? 0 : 1) << "log_alpha of head " << h << " of -1000, -2.5, 2.5, 1000: exactly 0 or 1";
}

TEST(HardConcrete, WhatDoesNotFitIsRefused) {
    const Tensor<1> log_alpha = zeros<1>({3});
    const Tensor<2, double> u = full<2, double>({2, 3}, 0.5);
    const Tensor<2> d_gates = zeros<2>({2, 3});
    for (const std::size_t size : {4U, 1U}) {  // 1: not one for all
        SCOPED_TRACE("sample_gates, log_alpha [" + std::to_string(size) + "] for u [2, 3]");
        EXPECT_THAT(probes::sample_gates.expect_error<ShapeError>(zeros<1>({size}), u, d_gates, HardConcrete{}),
                    testing::AllOf(testing::HasSubstr("[" + std::to_string(size) + "]"), testing::HasSubstr("[2, 3]")))
            << "the message names both shapes";
    }
    {
        SCOPED_TRACE("sample_gates without heads: log_alpha [0], u [2, 0]");
        probes::sample_gates.expect_error<ShapeError>(zeros<1>({0}), zeros<2, double>({2, 0}), zeros<2>({2, 0}),
                                                      HardConcrete{});
    }
    {
        SCOPED_TRACE("log_alpha [2, 3], of two axes");
        probes::sample_gates_of_rank_2.expect_error<ShapeError>(zeros<2>({2, 3}), u);
        probes::expected_open_of_rank_2.expect_error<ShapeError>(zeros<2>({2, 3}));
    }
    for (const double wrong : {-0.25, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
        SCOPED_TRACE("sample_gates, u of entry 11, head 12 is " + std::to_string(wrong));
        Tensor<2, double> with = full<2, double>({14, 13}, 0.5);
        with(11, 12) = wrong;
        EXPECT_THAT(probes::sample_gates.expect_error<std::invalid_argument>(zeros<1>({13}), with, zeros<2>({14, 13}),
                                                                             HardConcrete{}),
                    testing::AllOf(testing::HasSubstr("11"), testing::HasSubstr("12")))
            << "the message names the entry and the head";
    }
    for (const HardConcrete& shape : {HardConcrete{0, -0.1, 1.1}, HardConcrete{0.5, 0, 1.1}, HardConcrete{0.5, -0.1, 1},
                                      HardConcrete{std::nan(""), -0.1, 1.1}}) {
        SCOPED_TRACE("beta " + std::to_string(shape.beta) + ", gamma " + std::to_string(shape.gamma) + ", zeta " +
                     std::to_string(shape.zeta));
        const auto names_them = [](const std::string& message) {
            EXPECT_THAT(message, testing::AllOf(testing::HasSubstr("beta"), testing::HasSubstr("gamma"),
                                                testing::HasSubstr("zeta")))
                << "the message gives beta, gamma and zeta by name and number";
        };
        names_them(probes::sample_gates.expect_error<std::invalid_argument>(log_alpha, u, d_gates, shape));
        names_them(probes::open_probabilities.expect_error<std::invalid_argument>(log_alpha, shape));
        names_them(probes::expected_open.expect_error<std::invalid_argument>(log_alpha, shape));
        names_them(probes::test_gates.expect_error<std::invalid_argument>(log_alpha, shape));
    }
}

}  // namespace
}  // namespace wb
