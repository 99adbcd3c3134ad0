/// @file
/// Judges exercise 4.11, patchify. Every answer is exact: numbers are only moved.
#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

constexpr Tolerance exact = {};

void expect_patches(const Case& c, ThreadOrder order) {
    const auto patch_size = static_cast<std::int32_t>(c.number("patch_size"));
    expect_close(probes::patchify_kernel(c.in<4>("pixels"), patch_size, order), c, "patches", exact);
}

void expect_patches(const std::string& family, ThreadOrder order) {
    for_cases("4.11/patchify_" + family, [order](const Case& c) { expect_patches(c, order); });
}

TEST(PatchifyKernel, CutsPicturesIntoRowsOfNumbers) {  // patches of 1 to 37 pixels a side, pictures of any shape
    in_both_thread_orders([](ThreadOrder order) { expect_patches("sizes", order); });
    expect_patches(grader::one_case("4.11/pytorch/patchify"), ThreadOrder::forward);
}

TEST(PatchifyKernel,
     TakesWidePicturesAndLargePatches) {  // more numbers than a block has threads, or unasked shared memory
    in_both_thread_orders([](ThreadOrder order) { expect_patches("strips", order); });
}

TEST(PatchifyKernel, NothingToCutIsNoLaunch) {
    in_both_thread_orders([](ThreadOrder order) { expect_patches("edges", order); });
}

TEST(PatchifyKernel, PatchesThatDoNotFitAreAnError) {
    const auto refusal = [](std::size_t height, std::size_t width, std::int32_t patch_size) {
        return probes::patchify_kernel.expect_error<ShapeError>(zeros<4>({1, 1, height, width}), patch_size,
                                                                ThreadOrder::forward);
    };
    const auto names = [](const char* height, const char* width, const char* patch_size) {
        return testing::AllOf(testing::HasSubstr(height), testing::HasSubstr(width), testing::HasSubstr(patch_size),
                              testing::HasSubstr("patch_size"));
    };
    EXPECT_THAT(refusal(30, 32, 16), names("30", "32", "16")) << "16 does not divide the height";
    EXPECT_THAT(refusal(32, 30, 16), names("32", "30", "16")) << "16 does not divide the width";
    EXPECT_THAT(refusal(8, 24, 0), names("8", "24", "0")) << "there are no patches of 0 pixels";
    EXPECT_THAT(refusal(8, 24, -4), names("8", "24", "-4")) << "there are no patches of -4 pixels";
}

TEST(PatchifyKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"sizes", "strips", "edges"}) expect_patches(family, ThreadOrder::forward);
}

TEST(PatchifyKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_patches("small", ThreadOrder::forward);
}

// Every number is read once and written once, and a line of a patch is 16 pixels, two whole sectors: in the order of the pixels as in
// that of the answer, all that is touched is used.
TEST(PatchifyKernel, NeighboursMoveNeighbours) {
    expect_efficient_on("4.11/patchify_profiled", [](const Case& c) { expect_patches(c, ThreadOrder::forward); });
}

}  // namespace
}  // namespace wb
