/// @file
/// Judges exercise 6.14, the moving average.
#include <cstdint>
#include <stdexcept>
#include <string>

#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

// Numbers lie within 2 of 0, or within 4 when one of them is taken off. A running sum of 1,025 stays below 4,100, where half a float's step
// is 2.4e-4: thousands of them, as a random walk, are .01, and over 1,025 nothing. The difference of two prefix sums over a tile of
// some thousand has two such steps, over a window of three: 1.6e-4. Named mistakes are off by 1e-3 at least, mostly by 1e-1.
constexpr Tolerance tolerance{.absolute = 2e-4};

// The contract's. With the level taken off nothing is left to lose but the result's own rounding, 2.5e-4 at 4096.
constexpr Tolerance far_tolerance{.absolute = 1e-2};

void expect_averaged(const Case& c, const Tolerance& allowed, ThreadOrder order) {
    const auto window = static_cast<std::int32_t>(c.number("window"));
    expect_close(probes::moving_average_kernel(c.in<2>("x"), window, order), c, "trend", allowed);
}

void expect_averaged(const std::string& family, const Tolerance& allowed, ThreadOrder order) {
    for_cases("6.14/moving_average_" + family, [&](const Case& c) { expect_averaged(c, allowed, order); });
}

TEST(MovingAverageKernel, IsTheMeanOfTheWindowAroundEachNumber) {  // one row to 224 of them, windows of 1 to 25
    in_both_thread_orders([](ThreadOrder order) { expect_averaged("rows", tolerance, order); });
}

TEST(MovingAverageKernel, TilesMeetWithoutASeam) {  // up to 5,000 numbers, windows of up to 1,025
    in_both_thread_orders([](ThreadOrder order) { expect_averaged("long", tolerance, order); });
}

TEST(MovingAverageKernel, AWindowMayBeLongerThanTheSeries) {
    in_both_thread_orders([](ThreadOrder order) { expect_averaged("short", tolerance, order); });
}

TEST(MovingAverageKernel, AHighLevelCostsNoDigits) {
    in_both_thread_orders([](ThreadOrder order) { expect_averaged("far", far_tolerance, order); });
    if (HasFailure()) {
        ADD_FAILURE() << "If the tests before this one passed: these rows lie near 4096. Sums of many such numbers are "
                         "millions, where floats are .25 and "
                         "more apart: a prefix "
                         "sum cannot tell small windows, and in a long window roundings of one direction add up. Take "
                         "a number of the tile "
                         "off all its numbers before you add, and put it back at the end.";
    }
}

TEST(MovingAverageKernel, NothingToAverageIsNoLaunch) {
    in_both_thread_orders([](ThreadOrder order) { expect_averaged("edges", tolerance, order); });
}

TEST(MovingAverageKernel, WindowsWithoutAMiddleAreAnError) {
    for (const std::int32_t window : {0, -3, 4, 1024, 1026, 1027}) {
        const std::string text = probes::moving_average_kernel.expect_error<std::invalid_argument>(
            zeros<2>({2, 50}), window, ThreadOrder::forward);
        EXPECT_THAT(text, testing::HasSubstr(std::to_string(window))) << "name the window";
    }
}

TEST(MovingAverageKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"rows", "long", "short", "edges"})
        expect_averaged(family, tolerance, ThreadOrder::forward);
}

TEST(MovingAverageKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_averaged("small", tolerance, ThreadOrder::forward);
}

// Tiles overlap by 24 numbers, and a halo of 12 begins in the middle of a sector, so that a warp touches five where four would do: in tiles
// of 256 that is 1.4 times the row read, and 1 written, 1.2 of the least. An even distance between threads costs two wavefronts, one of 4
// costs four.
TEST(MovingAverageKernel, EachNumberIsFetchedOnceAndNeighboursWriteNeighbours) {
    expect_efficient_on("6.14/moving_average_profiled",
                        [](const Case& c) { expect_averaged(c, tolerance, ThreadOrder::forward); });
}

}  // namespace
}  // namespace wb
