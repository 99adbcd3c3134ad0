/// @file
/// Judges exercise 5.10, AdamW in one kernel.
#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

// A parameter within +-2 is rounded once or twice in each of up to 5 steps: 5 * 2 * 1.2e-7. The change of a step is about 0.01, and its
// own rounding a hundredth of that.
constexpr Tolerance parameter_tolerance{.absolute = 2e-6};
// m cancels: relative to the largest. v is a sum of squares, off by 1e-7 of its size in each of up to 5 steps; 1 - 0.999 in float is off
// by 1.3e-5.
constexpr Tolerance first_tolerance{.relative = 2e-6, .of_largest = 5e-7};
constexpr Tolerance second_tolerance{.relative = 2e-6};

probes::AdamWQuestion question(const Case& c) {
    return {c.in<1>("parameters"),
            c.in<1>("first"),
            c.in<1>("second"),
            c.in<2>("gradients"),
            static_cast<std::int64_t>(c.number("first_step")),
            c.number("learning_rate"),
            c.number("beta1"),
            c.number("beta2"),
            c.number("epsilon"),
            c.number("weight_decay"),
            c.number("gradient_scale")};
}

probes::AdamWTrace expect_steps(const Case& c, ThreadOrder order) {
    const probes::AdamWTrace trace = probes::adamw_kernel(question(c), order);
    expect_close(trace.first, c, "first", first_tolerance);
    expect_close(trace.second, c, "second", second_tolerance);
    expect_close(trace.parameters, c, "parameters", parameter_tolerance);
    return trace;
}

void expect_steps(const std::string& family, ThreadOrder order) {
    for_cases("5.10/adamw_" + family, [order](const Case& c) { expect_steps(c, order); });
}

TEST(AdamWKernel, FirstStepOfAnyNumberOfParameters) {
    in_both_thread_orders([](ThreadOrder order) { expect_steps("first", order); });
}

TEST(AdamWKernel, LaterStepsGoOnFromTheMoments) {
    in_both_thread_orders([](ThreadOrder order) { expect_steps("later", order); });
}

TEST(AdamWKernel, SixStepsAgreeWithPyTorch) {
    expect_steps(grader::one_case("5.10/pytorch/adamw"), ThreadOrder::forward);
}

TEST(AdamWKernel, ScalesTheGradientFirst) {
    in_both_thread_orders([](ThreadOrder order) { expect_steps("scale", order); });
}

TEST(AdamWKernel, LeavesTheGradientAtZero) {
    for_cases("5.10/adamw_scale", [](const Case& c) {
        const Tensor<2> gradient = probes::adamw_kernel(question(c), ThreadOrder::forward).gradient;
        expect_close(gradient, Tensor<2, double>(gradient.shape(), 0.0),
                     "the gradient after a step, which the next backward pass adds to,", Tolerance{});
    });
}

TEST(AdamWKernel, ZeroGradientsOnlyDecayAndNoNumbersAreNoLaunch) {
    in_both_thread_orders([](ThreadOrder order) { expect_steps("zero", order); });
}

TEST(AdamWKernel, StepsCountFromOne) {
    probes::AdamWQuestion x = question(grader::one_case("5.10/adamw_zero/gradients"));
    x.first_step = 0;
    const std::string text = probes::adamw_kernel.expect_error<std::invalid_argument>(x, ThreadOrder::forward);
    EXPECT_THAT(text, testing::AllOf(testing::HasSubstr("step"), testing::HasSubstr("0")));
}

TEST(AdamWKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    expect_steps("first", ThreadOrder::forward);
    expect_steps("zero", ThreadOrder::forward);
}

TEST(AdamWKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_steps("scale", ThreadOrder::forward);
}

// Four arrays come and four go, the gradient as zeros. A kernel that asks for the parameter twice, a ninth more, is not yet wasteful; three
// kernels, one for each array, are.
TEST(AdamWKernel, FourArraysComeOnceAndGoOnce) {
    const std::size_t least_bytes = sizeof(float) * 8 * cases("5.10/adamw_profiled").at(0).in<1>("parameters").size();
    expect_efficient_on(
        "5.10/adamw_profiled", [](const Case& c) { expect_steps(c, ThreadOrder::forward); }, least_bytes);
}

}  // namespace
}  // namespace wb
