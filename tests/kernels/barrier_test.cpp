/// @file
/// Divergence, deadlock and device-side errors end in a diagnosis, in every build, and leave the process usable.
#include <cmath>

#include "broken/broken.hpp"
#include "diagnosis.hpp"
#include "wb_kernels/device_buffer.hpp"

namespace wb::broken {
namespace {

TEST(Barrier, DivergenceNamesBothLinesAndThreads) {
    EXPECT_THAT(diagnosis_of(divergent_barrier), AllOf(HasSubstr("kernel diverge"), HasSubstr("block (0, 0, 0)"),
                                                       HasSubstr("thread (0, 0, 0) waits at barriers.cu:12"),
                                                       HasSubstr("thread (40, 0, 0) at barriers.cu:14")));
}

TEST(Barrier, DivergenceIsFoundInReversedOrderToo) {
    EXPECT_THAT(diagnosis_of(divergent_barrier, ThreadOrder::reversed),
                AllOf(HasSubstr("thread (63, 0, 0) waits at barriers.cu:14"),
                      HasSubstr("thread (39, 0, 0) at barriers.cu:12")));
}

TEST(Barrier, DeadlockNamesWhoWaitsWhere) {
    EXPECT_THAT(
        diagnosis_of(barrier_and_shuffle),
        AllOf(HasSubstr("deadlock"), HasSubstr("thread (0, 0, 0) waits at __syncthreads, barriers.cu:21"),
              HasSubstr("31 threads, the first (1, 0, 0), wait at __shfl_sync (mask 0xffffffff), barriers.cu:23"),
              HasSubstr("32 threads have left the kernel")));
}

TEST(Barrier, ALaneThatNeverComesIsADeadlock) {
    EXPECT_THAT(
        diagnosis_of(lane_that_never_comes),
        AllOf(HasSubstr("deadlock"), HasSubstr("thread (1, 0, 0) waits at __syncthreads"), HasSubstr("__syncwarp")));
}

TEST(Barrier, DifferentWarpFunctionsAreNamed) {
    EXPECT_THAT(diagnosis_of(different_warp_functions), AllOf(HasSubstr("__syncwarp"), HasSubstr("barriers.cu:32"),
                                                              HasSubstr("__ballot_sync"), HasSubstr("barriers.cu:30")));
}

TEST(Barrier, DifferentMasksAreNamed) {
    EXPECT_THAT(diagnosis_of(different_masks), AllOf(HasSubstr("0xffffffff"), HasSubstr("0xfffffffe")));
}

TEST(Barrier, ALaneMustBeInItsOwnMask) {
    EXPECT_THAT(diagnosis_of(lane_not_in_mask),
                AllOf(HasSubstr("thread (16, 0, 0)"), HasSubstr("lane 16 calls __syncwarp"),
                      HasSubstr("not in its mask 0x0000ffff")));
}

TEST(Barrier, ThreadsThatHaveLeftAreNotWaitedFor) {  // as on GPUs since Volta
    DeviceBuffer<int> out(40);
    EXPECT_THAT(diagnosis_of([&] { exited_threads_are_not_waited_for(out.data()); }), IsEmpty());
    EXPECT_EQ(out.to_host()[0], 32);
    EXPECT_EQ(out.to_host()[39], 8) << "the second warp has 8 lanes left";
}

TEST(Barrier, AShuffleFromALaneThatLeftGivesNaN) {
    DeviceBuffer<float> out(16);
    EXPECT_THAT(diagnosis_of([&] { shuffle_from_exited_lane(out.data()); }), IsEmpty());
    EXPECT_TRUE(std::isnan(out.to_host()[0])) << "CUDA leaves it undefined";
}

TEST(Barrier, ShuffleWidthIsAPowerOfTwo) {
    EXPECT_THAT(diagnosis_of(bad_width), HasSubstr("width 12"));
}

TEST(Barrier, ExceptionsAssertsAndTrapsEndTheKernel) {
    EXPECT_THAT(diagnosis_of(throws), HasSubstr("threw an exception, which no GPU can: no such thing"));
    EXPECT_THAT(diagnosis_of([] { asserts(-1); }),
                AllOf(HasSubstr("assertion \"value > 0\" failed"), HasSubstr("barriers.cu:")));
    EXPECT_THAT(diagnosis_of([] { asserts(1); }), IsEmpty());
    EXPECT_THAT(diagnosis_of(traps), HasSubstr("__trap()"));
}

TEST(Barrier, AFailedKernelLeavesTheProcessUsable) {
    for (int round = 0; round < 3; ++round) {
        EXPECT_THAT(diagnosis_of(divergent_barrier), HasSubstr("divergent"));
        EXPECT_THAT(diagnosis_of(lane_that_never_comes), HasSubstr("deadlock"));
        DeviceBuffer<int> out(40);
        EXPECT_THAT(diagnosis_of([&] { exited_threads_are_not_waited_for(out.data()); }), IsEmpty());
    }
}

TEST(Barrier, LaunchesAfterAFailedKernelDoNothing) {  // CUDA's sticky error
    DeviceBuffer<int> out(40);
    const std::string what = diagnosis_of([&] {
        divergent_barrier();
        exited_threads_are_not_waited_for(out.data());
    });
    EXPECT_THAT(what, HasSubstr("divergent"));
    EXPECT_EQ(out.to_host()[0], -1) << "still as fresh memory is";
}

}  // namespace
}  // namespace wb::broken
