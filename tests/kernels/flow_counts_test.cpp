/// @file
/// Which lanes of a warp make a request together: those that stand at one place, in one round of a loop. Counted by hand.
#include "counted/profile_of.hpp"

namespace wb::counted {
namespace {

using kernels::KernelProfile;
using kernels::LineCounters;

TEST(FlowCounts, ALoopGoesOnWithTheLanesThatAreLeft) {
    const auto x = ones(32 * 32);
    DeviceBuffer<float> out(32);
    const KernelProfile profile = profile_of([&] { lane_trips(x.data(), out.data()); });
    const LineCounters line = at(profile, "TRIPS");
    EXPECT_EQ(line.loads.requests, 31U) << "round k with the lanes above k; no lane is in round 31";
    EXPECT_EQ(line.loads.lanes, 496U) << "31 + 30 + .. + 1";
    // Lanes k + 1 .. 31 lie in 4 sectors as long as k + 1 < 8, in 3 below 16, 2 below 24, else 1.
    EXPECT_EQ(line.loads.sectors, 7U * 4 + 8 * 3 + 8 * 2 + 8 * 1);
    EXPECT_EQ(at(profile, "TOGETHER").stores.requests, 1U) << "they wait for each other after the loop";
    EXPECT_EQ(at(profile, "TOGETHER").stores.lanes, 32U);
}

TEST(FlowCounts, LanesOfDifferentRoundsAreNoRequest) {
    const auto x = ones(8 * 32);
    DeviceBuffer<float> out(32);
    const KernelProfile profile = profile_of([&] { every_other(x.data(), out.data()); });
    const LineCounters line = at(profile, "TURNS");
    EXPECT_EQ(line.loads.requests, 8U) << "every lane reads four times, but 16 lanes in each of 8 rounds";
    EXPECT_EQ(line.loads.lanes, 128U);
    EXPECT_EQ(line.loads.sectors, 32U) << "every other float of 4 sectors";
    EXPECT_EQ(line.loads.bytes, 8U * 64);
    EXPECT_EQ(line.flow.steps, 8U);
    EXPECT_EQ(line.flow.lanes, 128U);
    EXPECT_DOUBLE_EQ(line.flow.idle(), 0.5);
    EXPECT_EQ(profile.total.flow.divergent, 8U);
    EXPECT_EQ(at(profile, "AFTER").stores.lanes, 32U);
}

TEST(FlowCounts, LanesBeyondTheEndAreIdle) {
    const auto x = ones(40);
    DeviceBuffer<float> out(40);
    const KernelProfile profile = profile_of([&] { guarded(x.data(), out.data(), 40, 96); });
    const LineCounters line = at(profile, "GUARDED");
    EXPECT_EQ(line.loads.requests, 2U) << "the third warp has nothing to do";
    EXPECT_EQ(line.loads.lanes, 40U);
    EXPECT_EQ(line.loads.sectors, 5U);
    EXPECT_EQ(line.flow.steps, 2U);
    EXPECT_DOUBLE_EQ(line.flow.idle(), 24.0 / 64);
    EXPECT_EQ(profile.total.flow.divergent, 1U) << "the second warp parts; the others go one way";
}

TEST(FlowCounts, ALastWarpWithFewerThreadsIsNoDivergence) {
    const auto x = ones(40);
    DeviceBuffer<float> out(40);
    const KernelProfile profile = profile_of([&] { guarded(x.data(), out.data(), 40, 40); });
    EXPECT_EQ(at(profile, "GUARDED").loads.lanes, 40U);
    EXPECT_EQ(profile.total.flow.divergent, 0U);
    EXPECT_DOUBLE_EQ(profile.total.flow.idle(), 24.0 / 64) << "but its 24 lanes are idle all the time";
}

TEST(FlowCounts, AFunctionIsCalledByTheLanesThatAreThere) {
    const auto x = ones(64);
    DeviceBuffer<float> out(32);
    const KernelProfile profile = profile_of([&] { called_in_a_branch(x.data(), out.data()); });
    const LineCounters line = at(profile, "CALLED");
    EXPECT_EQ(line.loads.requests, 2U) << "16 lanes in the branch, then all 32";
    EXPECT_EQ(line.loads.lanes, 48U);
    EXPECT_EQ(line.loads.sectors, 2U + 4U);
    EXPECT_EQ(at(profile, "BACK").stores.lanes, 32U);
}

TEST(FlowCounts, BothSidesOfABranchAndThenAllTogether) {
    const auto x = ones(32);
    DeviceBuffer<float> out(64);
    const KernelProfile profile = profile_of([&] { lanes_meet_after_a_branch(x.data(), out.data()); });
    EXPECT_EQ(at(profile, "EVEN").loads.lanes, 16U);
    EXPECT_EQ(at(profile, "ODD").loads.lanes, 16U);
    EXPECT_EQ(at(profile, "MET").stores.requests, 1U);
    EXPECT_EQ(at(profile, "MET").stores.lanes, 32U);
    EXPECT_EQ(profile.total.flow.divergent, 1U);
}

TEST(FlowCounts, LanesMeetWhereverTheirNotesAreFull) {  // they run up to 32 events ahead, and a meeting may be the last
    const auto x = ones(32);
    for (int events = 0; events < 40; ++events) {
        DeviceBuffer<float> out(32);
        const KernelProfile profile = profile_of([&] { loads_and_meetings(x.data(), out.data(), events); });
        EXPECT_EQ(out.to_host()[31], 32.0F * static_cast<float>(events / 2 + events % 2)) << events;
        EXPECT_EQ(profile.total.warp_functions, 5U) << events;
        EXPECT_EQ(at(profile, "SUMMED").stores.requests, 1U) << events;
    }
}

TEST(FlowCounts, LanesThatWaitForALockGetIt) {  // those before them in the program are not preferred for ever
    const std::vector<int> zero(1, 0);
    DeviceBuffer<int> lock{std::span<const int>(zero)}, sum{std::span<const int>(zero)};
    const KernelProfile profile = profile_of([&] { spin_lock(lock.data(), sum.data()); });
    EXPECT_EQ(sum.to_host()[0], 32);
    EXPECT_GE(profile.total.atomics.lanes, 64U);
}

}  // namespace
}  // namespace wb::counted
