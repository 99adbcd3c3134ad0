/// @file
/// Judges exercise 4.11, rollout's chain of products.
#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

// Nothing is subtracted, so errors are relative: a sum of 577 positive numbers, one by one, is off by sqrt(577) * 6e-8 = 1.4e-6 of its size
// (roundings cancel; 3.5e-5 if none did), its divisor likewise, and 12 layers add up: 1e-5. Twice that. Numbers lie between 0 and 1.
constexpr Tolerance tolerance{.absolute = 1e-7, .relative = 2e-5};

void expect_rollout(const std::string& family, ThreadOrder order) {
    for_cases("4.11/rollout_" + family, [order](const Case& c) {
        expect_close(probes::rollout_kernel(c.in<4>("weights"), order), c, "out", tolerance);
    });
}

TEST(RolloutKernel, MultipliesTheLayersUpwards) {  // 1 to 197 tokens, up to 12 layers
    in_both_thread_orders([](ThreadOrder order) { expect_rollout("attention", order); });
}

TEST(RolloutKernel, DividesEachRowByItsOwnSum) {  // rows that do not sum to 1, and empty ones
    in_both_thread_orders([](ThreadOrder order) { expect_rollout("cut", order); });
}

TEST(RolloutKernel, AnyNumberOfLayersEndsInOut) {  // 0 to 5, the identity with 0
    in_both_thread_orders([](ThreadOrder order) { expect_rollout("layers", order); });
    if (HasFailure()) {
        ADD_FAILURE() << "Two arrays take turns; the last turn has to be out's, for odd and even numbers of layers, "
                         "and the first R is the "
                         "identity.";
    }
}

TEST(RolloutKernel,
     TakesManyTokens) {  // 577: 32 rows of them are 72 KiB, more than a block gets of shared memory unasked
    expect_rollout("many", ThreadOrder::forward);
}

TEST(RolloutKernel, NothingToMultiplyIsNoLaunch) {
    in_both_thread_orders([](ThreadOrder order) { expect_rollout("edges", order); });
}

TEST(RolloutKernel, AllocatesNoDeviceMemory) {
    expect_rollout("small", ThreadOrder::forward);
    for_cases("4.11/rollout_layers", [](const Case& c) {
        EXPECT_EQ(probes::rollout_allocates(c.in<4>("weights")), 0)
            << c.name()
            << ": the launcher allocated device memory of its own, in bytes. `out` and `scratch` are room enough: R_l "
               "is "
            << "written to one while R_(l-1) is read from the other, and A_l need not be stored.";
    });
}

TEST(RolloutKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"small", "cut", "layers", "edges"}) expect_rollout(family, ThreadOrder::forward);
}

TEST(RolloutKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_rollout("small", ThreadOrder::forward);
}

// The least of L layers: each reads W and R_(l-1) and writes R_l, and one R_0 is written, 3 L + 1 matrices. In tiles of 32, at 64 tokens, each
// matrix is read twice and R[i,j] once more: 13 matrices in place of 7; in tiles of 16, four times: 21, three times the least. Without
// tiles each product reads 5 bytes of its own, and it is 23 times.
TEST(RolloutKernel, TilesAreReadOnceAndMeetNoBank) {
    const auto weights = cases("4.11/rollout_profiled").at(0).in<4>("weights");
    const std::size_t layers = weights.shape(0), tokens = weights.shape(2);
    const std::size_t least_bytes = sizeof(float) * (3 * layers + 1) * weights.shape(1) * tokens * tokens;
    expect_efficient_on(
        "4.11/rollout_profiled",
        [](const Case& c) {
            expect_close(probes::rollout_kernel(c.in<4>("weights"), ThreadOrder::forward), c, "out", tolerance);
        },
        least_bytes);
}

}  // namespace
}  // namespace wb
