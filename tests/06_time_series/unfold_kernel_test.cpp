/// @file
/// Judges exercise 6.14, patches out of windows. Every answer is exact: numbers are only moved.
#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

constexpr Tolerance exact = {};

void expect_patches(const Case& c, ThreadOrder order) {
    const auto patch = static_cast<std::int32_t>(c.number("patch")),
               stride = static_cast<std::int32_t>(c.number("stride"));
    expect_close(probes::unfold_kernel(c.in<3>("x"), patch, stride, order), c, "patches", exact);
}

void expect_patches(const std::string& family, ThreadOrder order) {
    for_cases("6.14/unfold_" + family, [order](const Case& c) { expect_patches(c, order); });
}

TEST(UnfoldKernel, CutsEachVariateOfEachWindowIntoPatches) {  // 1 to 100 variates, patches of 3 to 16
    in_both_thread_orders([](ThreadOrder order) { expect_patches("sizes", order); });
}

TEST(UnfoldKernel, RepeatsTheLastRowOfItsOwnWindow) {  // up to a whole patch of it
    in_both_thread_orders([](ThreadOrder order) { expect_patches("end", order); });
}

TEST(UnfoldKernel, TakesLongPatchesAndManyWindows) {  // 500 rows of 33 variates are 64 KiB; gridDim.y ends at 65,535
    in_both_thread_orders([](ThreadOrder order) { expect_patches("long", order); });
    expect_patches("many", ThreadOrder::forward);
}

TEST(UnfoldKernel, NothingToCutIsNoLaunch) {
    in_both_thread_orders([](ThreadOrder order) { expect_patches("edges", order); });
}

TEST(UnfoldKernel, PatchesThatDoNotFitAreAnError) {
    const auto refusal = [](std::size_t lookback, std::int32_t patch, std::int32_t stride) {
        return probes::unfold_kernel.expect_error<ShapeError>(zeros<3>({1, lookback, 2}), patch, stride,
                                                              ThreadOrder::forward);
    };
    const auto names = [](const char* lookback, const char* patch, const char* stride) {
        return testing::AllOf(testing::HasSubstr("lookback"), testing::HasSubstr(lookback), testing::HasSubstr("patch"),
                              testing::HasSubstr(patch), testing::HasSubstr("stride"), testing::HasSubstr(stride));
    };
    EXPECT_THAT(refusal(24, 25, 8), names("24", "25", "8")) << "a patch of 25 rows is longer than 24";
    EXPECT_THAT(refusal(96, 16, 17), names("96", "16", "17")) << "a stride of 17 leaves out a row behind each patch";
    EXPECT_THAT(refusal(96, 16, 0), names("96", "16", "0")) << "a stride of 0 never comes to the end";
    EXPECT_THAT(refusal(96, 16, -3), names("96", "16", "-3")) << "a stride of -3 goes back in time";
    EXPECT_THAT(refusal(96, 0, 0), names("96", "0", "0")) << "there are no patches of 0 rows";
    EXPECT_THAT(refusal(0, 4, 2), names("0", "4", "2")) << "a window of 0 rows has no last one to repeat";
}

TEST(UnfoldKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"sizes", "end", "edges"}) expect_patches(family, ThreadOrder::forward);
}

TEST(UnfoldKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_patches("small", ThreadOrder::forward);
}

// Patches of 16 with a stride of 8 have each row twice, so x is read twice, and the answer, twice its size, is written once: 4/3 of the least.
// Read along variates, written along places, by way of a tile whose rows and columns are in 32 banks.
TEST(UnfoldKernel, NeighboursReadAndWriteNeighboursThroughATileWithoutBankConflicts) {
    expect_efficient_on("6.14/unfold_profiled", [](const Case& c) { expect_patches(c, ThreadOrder::forward); });
}

}  // namespace
}  // namespace wb
