/// @file
/// Requests, sectors and bytes of global memory equal what a count by hand says. A warp has 32 lanes, a sector 32 bytes: 8 floats.
#include "counted/profile_of.hpp"

namespace wb::counted {
namespace {

using kernels::GlobalCount;
using kernels::KernelProfile;

KernelProfile strided_profile(int blocks, int threads, int stride, int offset) {
    const auto x = ones(static_cast<std::size_t>(blocks * threads * stride + offset));
    DeviceBuffer<float> out(static_cast<std::size_t>(blocks * threads));
    return profile_of([&] { strided(x.data(), out.data(), blocks, threads, stride, offset); });
}

TEST(GlobalCounts, StridesOfOneToThirtyTwo) {
    struct Truth {
        int stride;
        std::uint64_t sectors;  // that 32 floats so far apart lie in: 32 * stride / 8, at most one each
    };
    for (const Truth& truth : {Truth{1, 4}, {2, 8}, {4, 16}, {8, 32}, {32, 32}}) {
        SCOPED_TRACE(truth.stride);
        const KernelProfile profile = strided_profile(2, 64, truth.stride, 0);
        const GlobalCount loads = at(profile, "STRIDED").loads, stores = at(profile, "STRIDED").stores;
        EXPECT_EQ(loads.requests, 4U) << "2 blocks of 2 warps";
        EXPECT_EQ(loads.lanes, 128U);
        EXPECT_EQ(loads.sectors, 4 * truth.sectors);
        EXPECT_EQ(loads.least_sectors, 16U) << "128 bytes a warp fit into 4 sectors";
        EXPECT_EQ(loads.bytes, 512U);
        EXPECT_DOUBLE_EQ(loads.sectors_per_request(), static_cast<double>(truth.sectors));
        EXPECT_EQ(stores.requests, 4U);
        EXPECT_EQ(stores.sectors, 16U);
        EXPECT_EQ(profile.least_read, 512U) << "128 floats";
        EXPECT_EQ(profile.least_written, 512U);
        EXPECT_EQ(profile.bytes_moved(), 32 * (4 * truth.sectors + 16));
    }
}

TEST(GlobalCounts, TheStrideIsKnown) {
    const KernelProfile profile = strided_profile(2, 64, 32, 0);
    for (const auto& line : profile.lines) {
        if (line.count.loads.requests == 0) continue;
        EXPECT_EQ(line.loads.stride, 128) << "32 floats";
        EXPECT_EQ(line.loads.bytes, 4U);
        EXPECT_TRUE(line.loads.usual);
        EXPECT_EQ(line.stores.stride, 4);
    }
}

TEST(GlobalCounts, MisalignedLoadsTouchASectorMore) {
    EXPECT_EQ(at(strided_profile(1, 32, 1, 1), "STRIDED").loads.sectors, 5U) << "floats 1..32: sectors 0..4";
    EXPECT_EQ(at(strided_profile(1, 32, 1, 7), "STRIDED").loads.sectors, 5U) << "floats 7..38: sectors 0..4";
    EXPECT_EQ(at(strided_profile(1, 32, 1, 8), "STRIDED").loads.sectors, 4U) << "floats 8..39: aligned again";
    EXPECT_EQ(at(strided_profile(2, 64, 1, 1), "STRIDED").loads.sectors, 20U) << "each of 4 warps";
}

TEST(GlobalCounts, ABroadcastIsOneSector) {
    const auto x = ones(2);
    DeviceBuffer<float> out(128);
    const KernelProfile profile = profile_of([&] { broadcast(x.data(), out.data(), 2, 64); });
    const GlobalCount loads = at(profile, "BROADCAST").loads;
    EXPECT_EQ(loads.requests, 4U);
    EXPECT_EQ(loads.lanes, 128U);
    EXPECT_EQ(loads.sectors, 4U);
    EXPECT_EQ(loads.bytes, 16U) << "4 in each request, however many lanes read them";
    EXPECT_EQ(profile.least_read, 8U) << "the two blocks read one float each";
}

TEST(GlobalCounts, TheOrderOfLanesDoesNotMatter) {
    const auto x = ones(64);
    DeviceBuffer<float> out(64);
    const KernelProfile profile = profile_of([&] { backwards(x.data(), out.data(), 64); });
    EXPECT_EQ(at(profile, "BACKWARDS").loads.requests, 2U);
    EXPECT_EQ(at(profile, "BACKWARDS").loads.sectors, 8U);
}

TEST(GlobalCounts, ReadingColumnWiseMovesEachSectorEightTimes) {
    const std::size_t n = 64;
    const auto x = ones(n * n);
    DeviceBuffer<float> out(n);
    const KernelProfile profile = profile_of([&] { columns(x.data(), out.data(), static_cast<int>(n)); });
    const GlobalCount loads = at(profile, "COLUMNS").loads;
    EXPECT_EQ(loads.requests, 2 * n) << "2 warps, n rounds";
    EXPECT_EQ(loads.sectors, 2 * n * 32) << "each lane in a row of its own";
    EXPECT_EQ(loads.least_sectors, 2 * n * 4);
    EXPECT_EQ(at(profile, "SUMS").stores.sectors, 8U);
    EXPECT_EQ(profile.least_read, 4 * n * n);
    EXPECT_EQ(profile.least_written, 4 * n);
    EXPECT_DOUBLE_EQ(profile.traffic(), (32.0 * 4096 + 256) / (16384 + 256)) << "just under 8";
}

TEST(GlobalCounts, WideElementsAreOneRequest) {
    const auto x = ones(256);
    DeviceBuffer<float> out(256);
    const auto count = [&](auto copy) { return at(profile_of([&] { copy(x.data(), out.data(), 64); }), "VECTORS"); };
    const auto two = count(copy_float2), four = count(copy_float4);
    EXPECT_EQ(two.loads.requests, 2U);
    EXPECT_EQ(two.loads.sectors, 16U) << "8 bytes a lane: 256 bytes, 8 sectors";
    EXPECT_EQ(two.stores.sectors, 16U);
    EXPECT_EQ(four.loads.requests, 2U);
    EXPECT_EQ(four.loads.sectors, 32U) << "16 bytes a lane: 512 bytes, 16 sectors";
    EXPECT_EQ(four.loads.least_sectors, 32U);
    EXPECT_EQ(four.stores.requests, 2U);
    EXPECT_EQ(four.stores.sectors, 32U);
}

TEST(GlobalCounts, AFloat4WhoseComponentsAreUsedIsLoadedWhole) {
    const auto x = ones(128);
    DeviceBuffer<float> out(32);
    const GlobalCount loads = at(profile_of([&] { sum_float4(x.data(), out.data(), 32); }), "FLOAT4").loads;
    EXPECT_EQ(loads.requests, 1U);
    EXPECT_EQ(loads.sectors, 16U);
    EXPECT_EQ(loads.bytes, 512U);
}

TEST(GlobalCounts, TwelveBytesAreThreeRequests) {  // float3 is aligned to 4 bytes
    const auto x = ones(96);
    DeviceBuffer<float> out(96);
    const auto line = at(profile_of([&] { copy_float3(x.data(), out.data(), 32); }), "VECTORS");
    EXPECT_EQ(line.loads.requests, 3U);
    EXPECT_EQ(line.loads.lanes, 96U);
    EXPECT_EQ(line.loads.sectors, 36U) << "each has a float in all 12 sectors of the 384 bytes";
    EXPECT_EQ(line.loads.least_sectors, 12U);
    EXPECT_EQ(line.stores.sectors, 36U);
}

TEST(GlobalCounts, HalvesFillTwoSectors) {
    const std::vector<unsigned short> values(32, 1);
    const DeviceBuffer<unsigned short> x{std::span<const unsigned short>(values)};
    DeviceBuffer<unsigned short> out(32);
    const auto line = at(profile_of([&] { copy_halves(x.data(), out.data(), 32); }), "VECTORS");
    EXPECT_EQ(line.loads.sectors, 2U);
    EXPECT_EQ(line.stores.sectors, 2U);
}

TEST(GlobalCounts, DeviceVariablesAreGlobalMemoryAndConstantsAreNot) {
    const auto x = ones(32);
    DeviceBuffer<float> out(64);
    const KernelProfile profile = profile_of([&] { look_up_variables(x.data(), out.data()); });
    EXPECT_EQ(at(profile, "STORED").stores.sectors, 4U);
    EXPECT_EQ(at(profile, "FACTORS").loads.requests, 1U) << "x only: constants have a cache of their own";
    EXPECT_EQ(at(profile, "TABLE").loads.sectors, 4U);
    EXPECT_EQ(out.to_host()[1], 3.0f);
    EXPECT_EQ(out.to_host()[32], 31.0f);
}

/// What the L2 model fetches when one warp reads 4096 bytes twice.
class L2Counts : public testing::Test {
 protected:
    static KernelProfile profile(std::size_t l2_bytes) {
        const auto x = ones(1024);
        DeviceBuffer<float> out(32);
        kernels::set_l2_bytes(l2_bytes);
        const KernelProfile found = profile_of([&] { read_twice(x.data(), out.data(), 1024); });
        kernels::set_l2_bytes(std::size_t{40} << 20);
        EXPECT_EQ(found.total.loads.sectors, 256U) << "128 sectors, twice";
        EXPECT_EQ(found.total.stores.sectors, 4U);
        EXPECT_EQ(found.l2.bytes, l2_bytes);
        EXPECT_EQ(found.l2.bytes_written, 128U) << "at the latest when the kernel ends";
        return found;
    }
};

TEST_F(L2Counts, WhatFitsIsFetchedOnce) {
    const KernelProfile fits = profile(4096 + 128);
    EXPECT_EQ(fits.l2.hits, 128U);
    EXPECT_EQ(fits.l2.misses, 128U + 4U);
    EXPECT_EQ(fits.l2.bytes_read, 4096U);
}

TEST_F(L2Counts, WhatDoesNotFitIsGoneWhenItsTurnComesAgain) {  // least recently used, read in a circle
    const KernelProfile thrashes = profile(2048);
    EXPECT_EQ(thrashes.l2.hits, 0U);
    EXPECT_EQ(thrashes.l2.bytes_read, 8192U);
}

TEST(Counts, AreTheSameInEveryRunAndOrder) {
    const KernelProfile once = strided_profile(3, 96, 4, 1);
    kernels::set_thread_order(kernels::ThreadOrder::reversed);
    const KernelProfile reversed = strided_profile(3, 96, 4, 1);
    kernels::set_thread_order(kernels::ThreadOrder::forward);
    const KernelProfile again = strided_profile(3, 96, 4, 1);
    for (const KernelProfile* other : {&reversed, &again}) {
        EXPECT_EQ(other->total.loads.sectors, once.total.loads.sectors);
        EXPECT_EQ(other->total.stores.sectors, once.total.stores.sectors);
        EXPECT_EQ(other->total.flow.steps, once.total.flow.steps);
        EXPECT_EQ(other->total.flow.lanes, once.total.flow.lanes);
        EXPECT_EQ(other->least_read, once.least_read);
    }
}

TEST(Counts, LaunchesOfOneKernelFromOnePlaceAreAddedUp) {
    const auto x = ones(64);
    DeviceBuffer<float> out(64);
    const KernelProfile profile = profile_of([&] {
        backwards(x.data(), out.data(), 64);
        backwards(x.data(), out.data(), 32);
    });
    EXPECT_EQ(profile.kernel, "reverse");
    EXPECT_EQ(profile.launches, 2U);
    EXPECT_EQ(profile.blocks, 2U);
    EXPECT_EQ(profile.threads, 96U);
    EXPECT_EQ(profile.warps, 3U);
    EXPECT_EQ(profile.total.loads.requests, 3U);
    EXPECT_EQ(profile.least_read, 4U * 96) << "each launch reads its bytes itself";
    EXPECT_EQ(profile.symbol, "_Z7reversePKfPf");
}

TEST(Counts, KernelsThatOnePlaceLaunchesByPointerAreKeptApart) {
    const auto x = ones(32);
    DeviceBuffer<float> out(32);
    kernels::take_profiles();
    kernels::run([&] { by_pointer(x.data(), out.data()); });
    const auto profiles = kernels::take_profiles();
    ASSERT_EQ(profiles.size(), 2U);
    EXPECT_EQ(profiles[0].kernel, "kernel");
    EXPECT_EQ(profiles[0].symbol, "_Z13broadcast_onePKfPf");
    EXPECT_EQ(profiles[0].launches, 2U);
    EXPECT_EQ(profiles[1].kernel, "kernel");
    EXPECT_EQ(profiles[1].symbol, "_Z7reversePKfPf");
    EXPECT_EQ(profiles[1].launches, 1U);
}

TEST(Counts, AKernelWhoseArgumentsAreDeducedHasNoSymbol) {  // nor an address that the launch would know
    const auto x = ones(64);
    DeviceBuffer<float> out(64);
    EXPECT_EQ(profile_of([&] { copy_float2(x.data(), out.data(), 32); }).symbol, "");
}

}  // namespace
}  // namespace wb::counted
