/// @file
/// The scheduler's oracle against schedules worked out by hand.
#include "scheduler_oracle.hpp"

#include <gtest/gtest.h>

namespace wb::oracle {
namespace {

using Ids = std::vector<std::int64_t>;

TEST(SchedulerOracle,
     ThreeRequestsInSixBlocks) {  // the handout's example: blocks of 4, prompts of 4, 8 generated tokens
    const SchedulerOptions options{4, 6, 0, 0.0, 64, Preemption::recompute};
    const auto steps = serve(options, {{0, {1, 4, 8, 1}, {8}}, {0, {2, 4, 8, 1}, {8}}, {0, {3, 4, 8, 1}, {8}}}, 100);
    ASSERT_EQ(steps.size(), 11U);
    EXPECT_EQ(steps[0].admitted, (Ids{1, 2, 3}));
    EXPECT_EQ(steps[0].gpu_free, 3);
    EXPECT_EQ(steps[1].gpu_free, 0) << "token 5 starts a block";
    EXPECT_EQ(steps[5].preempted, (Ids{3})) << "token 9 starts another";
    EXPECT_EQ(steps[5].running, (Ids{1, 2}));
    EXPECT_EQ(steps[8].resumed, (Ids{3}));
    EXPECT_EQ(steps[8].slots, 9) << "4 of the prompt, 4 in the table, and the one that was about to be appended";
    EXPECT_EQ(steps[8].gpu_free, 3);
}

TEST(SchedulerOracle, GroupOfThreeIsSwappedWithItsSharing) {
    const SchedulerOptions options{4, 16, 8, 0.0, 64, Preemption::swap};
    const auto steps = serve(options, {{0, {1, 28, 8, 1}, {8}}, {0, {2, 8, 8, 3}, {8, 8, 8}}}, 100);
    ASSERT_EQ(steps.size(), 11U);
    EXPECT_EQ(steps[0].slots, 28 + 8) << "the group's prompt once";
    EXPECT_EQ(steps[5].preempted, (Ids{2}));
    EXPECT_EQ(steps[5].swapped_out, 5) << "2 in common and one of their own each";
    EXPECT_EQ(steps[5].cpu_free, 3);
    EXPECT_EQ(steps[8].swapped_in, 5);
    EXPECT_EQ(steps[8].slots, 3);
    EXPECT_EQ(steps[8].gpu_free, 16 - 5 - 3);
}

TEST(SchedulerOracle, OfThreeSharersTwoCopy) {
    const SchedulerOptions options{4, 9, 0, 0.0, 64, Preemption::recompute};
    const auto steps = serve(options, {{0, {1, 16, 4, 1}, {4}}, {0, {2, 6, 2, 3}, {2, 2, 2}}}, 100);
    EXPECT_EQ(steps.at(1).copied, 2);
    EXPECT_EQ(steps.at(1).gpu_free, 0);
    EXPECT_TRUE(steps.at(1).preempted.empty());
}

}  // namespace
}  // namespace wb::oracle
