/// @file
/// Judges exercise 4.11, bias and GELU, forth and back.
#include <bit>

#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

// z and erf are rounded to 6e-8 each, and 1 + erf loses what erf loses: off by 1e-7 times z, up to 5. The form with tanh is off by up to
// 4.7e-4, so it is seen. The contract says so: 1e-6 + 1e-6 of the size.
constexpr Tolerance tolerance{.absolute = 1e-6, .relative = 1e-6};

// gelu' is within -0.13 and 1.13, and off by 1e-7 times z; so is d_x, for d_out is within 1. d_bias sums up to 197 of them, of either
// sign: sums within 30, each step rounded to 1e-7 of that at the very worst.
constexpr Tolerance gradient_tolerance{.absolute = 2e-6, .relative = 1e-6};
constexpr Tolerance bias_tolerance{.absolute = 2e-5};

probes::BiasGeluQuestion question(const Case& c) {
    return {.x = c.in<2>("x"), .bias = c.in<1>("bias"), .in_place = false, .skips = {}};
}

probes::BiasGeluBackwardQuestion backward_question(const Case& c) {
    return {.x = c.in<2>("x"), .bias = c.in<1>("bias"), .d_out = c.in<2>("d_out"), .in_place = false, .skips = {}};
}

void expect_forward(const Case& c, ThreadOrder order) {
    expect_close(probes::bias_gelu_kernel(question(c), order), c, "out", tolerance);
}

void expect_forward(const std::string& family, ThreadOrder order) {
    for_cases("4.11/gelu_" + family, [order](const Case& c) { expect_forward(c, order); });
}

void expect_gradients(const probes::BiasGeluBackwardQuestion& asked, const Case& c, ThreadOrder order) {
    const auto gradients = probes::bias_gelu_backward_kernel(asked, order);
    expect_close(gradients.d_x, c, "d_x", gradient_tolerance);
    expect_close(gradients.d_bias, c, "d_bias", bias_tolerance);
}

void expect_backward(const std::string& family, ThreadOrder order) {
    for_cases("4.11/gelu_" + family, [order](const Case& c) { expect_gradients(backward_question(c), c, order); });
}

TEST(BiasGeluKernel, AddsTheBiasAndBends) {
    in_both_thread_orders([](ThreadOrder order) { expect_forward("sizes", order); });
    expect_forward(grader::one_case("4.11/pytorch/gelu"), ThreadOrder::forward);
}

TEST(BiasGeluKernel, LargeNumbersStayFinite) {  // 1e20, whose square is infinity in float
    in_both_thread_orders([](ThreadOrder order) {
        expect_forward("large", order);
        expect_backward("large", order);
    });
}

TEST(BiasGeluKernel, ArraysMayBeginAnywhereAndBeTheSame) {  // a float4 may only be read from a multiple of 16 bytes
    const std::vector<probes::Skips> places = {{0, 0, 0}, {1, 0, 1}, {0, 0, 1}, {1, 0, 0},
                                               {0, 1, 0}, {2, 3, 2}, {3, 2, 1}};
    for (const Case& c : cases("4.11/gelu_sizes")) {
        for (const probes::Skips& skips : places) {
            for (const bool in_place : {false, true}) {
                if (HasFailure()) return;
                SCOPED_TRACE(testing::Message()
                             << "x begins after " << skips.x << " numbers of a larger array, bias after " << skips.bias
                             << ", out (d_out and d_x) after " << skips.out
                             << (in_place ? "; out is x, d_x is d_out" : ""));
                auto asked = question(c);
                asked.skips = skips;
                asked.in_place = in_place;
                expect_close(probes::bias_gelu_kernel(asked, ThreadOrder::forward), c, "out", tolerance);
                auto back = backward_question(c);
                back.skips = skips;
                back.in_place = in_place;
                expect_gradients(back, c, ThreadOrder::forward);
            }
        }
    }
}

TEST(BiasGeluKernel, GradientsOfTheNumbersAndOfTheBias) {
    in_both_thread_orders([](ThreadOrder order) { expect_backward("sizes", order); });
    const Case c = grader::one_case("4.11/pytorch/gelu");
    expect_gradients(backward_question(c), c, ThreadOrder::forward);
}

TEST(BiasGeluKernel, BiasGradientHasTheSameBitsInWhateverOrderThreadsRun) {
    for_cases("4.11/gelu_sizes", [](const Case& c) {
        const Tensor<1> forward = probes::bias_gelu_backward_kernel(backward_question(c), ThreadOrder::forward).d_bias;
        const Tensor<1> reversed =
            probes::bias_gelu_backward_kernel(backward_question(c), ThreadOrder::reversed).d_bias;
        expect_close(forward, c, "d_bias", bias_tolerance);
        expect_shape(reversed, {forward.size()}, "d_bias");
        for (std::size_t n = 0; n < forward.size(); ++n) {
            ASSERT_EQ(std::bit_cast<std::uint32_t>(forward(n)), std::bit_cast<std::uint32_t>(reversed(n)))
                << c.name() << ": d_bias[" << n << "] is " << testing::PrintToString(forward(n))
                << " with threads run first to last, and " << testing::PrintToString(reversed(n))
                << " last to first. A float sum depends on its order, and atomicAdd leaves the order to chance: "
                << "let one thread add a column's sums, always in the same order.";
        }
    });
}

TEST(BiasGeluKernel, NoRowsAreABiasGradientOfZerosAndNoNumbersAreNoLaunch) {
    in_both_thread_orders([](ThreadOrder order) {
        expect_forward("edges", order);
        expect_backward("edges", order);
    });
}

TEST(BiasGeluKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"sizes", "edges"}) {
        expect_forward(family, ThreadOrder::forward);
        expect_backward(family, ThreadOrder::forward);
    }
}

TEST(BiasGeluKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_forward("small", ThreadOrder::forward);
    expect_backward("small", ThreadOrder::forward);
}

// Forth x is read and out written, back x and d_out are read and d_x written: 5 arrays of the size of x, and a bias that every number asks for
// again, each way. So 7 passes where 5 are the least, with one number a thread as with a float4.
TEST(BiasGeluKernel, NeighboursReadNeighboursForthAndBack) {
    const Case profiled = cases("4.11/gelu_profiled").at(0);
    const std::size_t numbers = profiled.in<2>("x").size(), hidden = profiled.in<1>("bias").size();
    const std::size_t least_bytes = sizeof(float) * (5 * numbers + 3 * hidden);  // bias forth and back, and d_bias
    expect_efficient_on(
        "4.11/gelu_profiled",
        [](const Case& c) {
            expect_forward(c, ThreadOrder::forward);
            expect_gradients(backward_question(c), c, ThreadOrder::forward);
        },
        least_bytes);
}

}  // namespace
}  // namespace wb
