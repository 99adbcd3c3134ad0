/// @file
/// Judges exercise 6.14, each window by its own measure.
#include <cstdint>
#include <string>

#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

// Numbers lie within 2 of 0, so a sum of 720 of them is below 1,440, where half a float's step is 6e-5; 720 roundings, most of them
// smaller, add up to less than 1e-3 as a random walk, and the mean is off by 1e-6. Deviations are about 1, outputs up to 2.
constexpr Tolerance tolerance{.absolute = 1e-5, .relative = 1e-5};

// The contract's. A window's numbers near 4096 add up to 3 million, where floats are .25 apart; 720 roundings move the mean by .003,
// and outputs by twice that. Where a mean of squares lost its square, they are off by their own size.
constexpr Tolerance far_tolerance{.absolute = 3e-2};

// A mean near 5 is off by its own rounding, 4.8e-7, where lookback is no power of two and its reciprocal is multiplied by: over
// sqrt(1e-5) that is 1.5e-4.
constexpr Tolerance flat_tolerance{.absolute = 5e-4};

// Of powers of two no mean is off: 0 is 0, and only the deviation may be rounded.
constexpr Tolerance exact{.relative = 1e-6};

void expect_normalised(const Case& c, const Tolerance& allowed, ThreadOrder order) {
    const auto answer = probes::instance_norm_kernel(c.in<3>("x"), static_cast<float>(c.number("epsilon")), order);
    expect_close(answer.mean, c, "mean", allowed);  // what is wrong here is wrong in the others: one failure is enough
    if (!testing::Test::HasFailure()) expect_close(answer.deviation, c, "deviation", allowed);
    if (!testing::Test::HasFailure()) expect_close(answer.out, c, "out", allowed);
}

void expect_normalised(const std::string& family, const Tolerance& allowed, ThreadOrder order) {
    for_cases("6.14/instance_norm_" + family, [&](const Case& c) { expect_normalised(c, allowed, order); });
}

TEST(InstanceNormKernel, MeasuresEachVariateOfEachWindow) {  // 1 to 862 variates, 1 to 720 rows
    in_both_thread_orders([](ThreadOrder order) { expect_normalised("windows", tolerance, order); });
}

TEST(InstanceNormKernel, WindowsFarFromZeroComeOutRight) {  // mean 4096, deviation .5
    in_both_thread_orders([](ThreadOrder order) { expect_normalised("far", far_tolerance, order); });
    if (HasFailure()) {
        ADD_FAILURE()
            << "These windows lie far from 0, and their numbers close by each other. mean(x^2) - mean^2 is the "
               "difference "
               "of two numbers near 17 million, of which a float keeps no digit behind the point. Take the mean first, "
               "and then the mean of (x - mean)^2.";
    }
}

TEST(InstanceNormKernel, WindowsThatDoNotMoveAreZero) {  // the deviation is the root of epsilon
    in_both_thread_orders([](ThreadOrder order) {
        expect_normalised("flat", flat_tolerance, order);
        expect_normalised("exact", exact, order);
    });
}

TEST(InstanceNormKernel, NothingToMeasureIsNoLaunch) {
    in_both_thread_orders([](ThreadOrder order) { expect_normalised("edges", tolerance, order); });
}

TEST(InstanceNormKernel, WindowsWithoutARowAreAnError) {
    const std::string text =
        probes::instance_norm_kernel.expect_error<ShapeError>(zeros<3>({11, 0, 17}), 1e-5F, ThreadOrder::forward);
    for (const char* extent : {"11", "17", "0"})
        EXPECT_THAT(text, testing::HasSubstr(extent)) << "batch 11, lookback 0, variates 17: name all three";
}

TEST(InstanceNormKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"windows", "edges"}) expect_normalised(family, tolerance, ThreadOrder::forward);
}

TEST(InstanceNormKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_normalised("small", tolerance, ThreadOrder::forward);
}

// A window is read for the mean, for the variance and for the answer, and written once: 4 passes where 2 are the least; 3 with
// Welford's formulas. One more is left to other ways. Side by side lie variates.
TEST(InstanceNormKernel, NeighboursReadNeighboursAndAWindowThreeTimes) {
    expect_efficient_on("6.14/instance_norm_profiled",
                        [](const Case& c) { expect_normalised(c, tolerance, ThreadOrder::forward); });
}

}  // namespace
}  // namespace wb
