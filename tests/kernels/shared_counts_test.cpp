/// @file
/// Wavefronts of shared memory, barriers and atomics equal what a count by hand says. 32 banks, each 4 bytes wide.
#include "counted/profile_of.hpp"

namespace wb::counted {
namespace {

using kernels::KernelProfile;
using kernels::LineCounters;
using kernels::SharedCount;

SharedCount words_read(int stride) {
    DeviceBuffer<float> out(32);
    return at(profile_of([&] { shared_stride(out.data(), stride); }), "WORDS").shared_loads;
}

TEST(SharedCounts, StridesThatAreMultiplesOfBanksConflict) {
    EXPECT_EQ(words_read(1).wavefronts, 1U);
    EXPECT_EQ(words_read(2).wavefronts, 2U) << "lanes 0 and 16 meet in bank 0";
    EXPECT_EQ(words_read(3).wavefronts, 1U) << "3 and 32 have no common divisor";
    EXPECT_EQ(words_read(4).wavefronts, 4U);
    EXPECT_EQ(words_read(8).wavefronts, 8U);
    EXPECT_EQ(words_read(16).wavefronts, 16U);
    EXPECT_EQ(words_read(31).wavefronts, 1U);
    EXPECT_EQ(words_read(32).wavefronts, 32U) << "all in bank 0";
}

TEST(SharedCounts, ABroadcastIsOneWavefront) {
    DeviceBuffer<float> out(32);
    const KernelProfile profile = profile_of([&] { shared_broadcast(out.data()); });
    const SharedCount loads = at(profile, "WORDS").shared_loads;
    EXPECT_EQ(loads.requests, 1U);
    EXPECT_EQ(loads.lanes, 32U);
    EXPECT_EQ(loads.wavefronts, 1U);
    EXPECT_DOUBLE_EQ(loads.bank_conflicts(), 1.0);
    EXPECT_EQ(at(profile, "SYNC").warp_functions, 1U);
    EXPECT_EQ(profile.total.shared_stores.requests, 32U) << "1024 words, 32 a time";
    EXPECT_EQ(profile.total.shared_stores.wavefronts, 32U);
    EXPECT_EQ(profile.shared_bytes, 4096U);
    EXPECT_EQ(profile.dynamic_shared_bytes, 0U);
}

TEST(SharedCounts, WideElementsAreServedInHalvesAndQuarters) {
    DeviceBuffer<float> out(32);
    const SharedCount two = at(profile_of([&] { shared_float2(out.data()); }), "VECTORS").shared_loads;
    EXPECT_EQ(two.requests, 1U);
    EXPECT_EQ(two.wavefronts, 2U) << "256 bytes, 128 a wavefront";
    EXPECT_EQ(two.least_wavefronts, 2U);
    const SharedCount four = at(profile_of([&] { shared_float4(out.data(), 1); }), "VECTORS").shared_loads;
    EXPECT_EQ(four.requests, 1U);
    EXPECT_EQ(four.wavefronts, 4U) << "512 bytes";
    EXPECT_EQ(four.least_wavefronts, 4U);
    const SharedCount apart = at(profile_of([&] { shared_float4(out.data(), 2); }), "VECTORS").shared_loads;
    EXPECT_EQ(apart.wavefronts, 8U) << "8 lanes of a quarter, 32 bytes apart: lanes 0 and 4 meet in banks 0..3";
    EXPECT_DOUBLE_EQ(apart.bank_conflicts(), 2.0);
}

TEST(SharedCounts, AColumnOfDoubles) {  // rows of 16 doubles are 32 words: every lane in banks 0 and 1
    DeviceBuffer<double> out(32);
    const SharedCount loads = at(profile_of([&] { shared_column_of_doubles(out.data()); }), "DOUBLES").shared_loads;
    EXPECT_EQ(loads.wavefronts, 32U) << "16 for each half";
    EXPECT_EQ(loads.least_wavefronts, 2U);
}

KernelProfile transpose_profile(Transpose how) {
    const auto x = ones(64 * 64);
    DeviceBuffer<float> out(64 * 64);
    KernelProfile profile = profile_of([&] { transpose(x.data(), out.data(), 64, how); });
    EXPECT_EQ(profile.least_read, 4U * 64 * 64);
    EXPECT_EQ(profile.least_written, 4U * 64 * 64);
    return profile;
}

// 64 x 64 floats are 4 tiles; a tile is 32 rows, a row one warp's request: 128 requests in all.
TEST(TransposeCounts, NaiveStoresColumnWise) {
    const KernelProfile profile = transpose_profile(Transpose::naive);
    const LineCounters line = at(profile, "NAIVE");
    EXPECT_EQ(line.loads.requests, 128U);
    EXPECT_EQ(line.loads.sectors, 128U * 4);
    EXPECT_EQ(line.stores.requests, 128U);
    EXPECT_EQ(line.stores.sectors, 128U * 32) << "the lanes of a warp store 64 floats apart";
    EXPECT_DOUBLE_EQ(profile.traffic(), 36.0 / 8.0);
}

TEST(TransposeCounts, ATileMovesTheStrideToSharedMemory) {
    const KernelProfile profile = transpose_profile(Transpose::tiled);
    EXPECT_EQ(at(profile, "IN").loads.sectors, 128U * 4);
    EXPECT_EQ(at(profile, "IN").shared_stores.wavefronts, 128U);
    EXPECT_EQ(at(profile, "OUT").stores.sectors, 128U * 4);
    EXPECT_EQ(at(profile, "OUT").shared_loads.requests, 128U);
    EXPECT_EQ(at(profile, "OUT").shared_loads.wavefronts, 128U * 32) << "a column of the tile lies in one bank";
    EXPECT_EQ(at(profile, "MEET").barriers, 4U) << "once a block";
    EXPECT_DOUBLE_EQ(profile.traffic(), 1.0);
}

TEST(TransposeCounts, OneColumnMoreEndsTheConflicts) {
    const KernelProfile profile = transpose_profile(Transpose::padded);
    EXPECT_EQ(at(profile, "IN").shared_stores.wavefronts, 128U);
    EXPECT_EQ(at(profile, "OUT").shared_loads.wavefronts, 128U);
    EXPECT_DOUBLE_EQ(profile.total.shared_loads.bank_conflicts(), 1.0);
    EXPECT_EQ(profile.shared_bytes, 32U * 33 * 4);
}

KernelProfile reduction_profile(Reduction how) {
    const auto x = ones(256);
    DeviceBuffer<float> out(1);
    KernelProfile profile = profile_of([&] { reduce(x.data(), out.data(), how); });
    EXPECT_EQ(out.to_host()[0], 256.0f);
    EXPECT_EQ(profile.total.barriers, 9U) << "one after the load, 8 rounds";
    return profile;
}

// 8 rounds; the line reads two words and writes one. Additions: 128 + 64 + .. + 1 = 255.
TEST(ReductionCounts, InterleavedKeepsEveryWarpBusyWithIdleLanes) {
    const KernelProfile profile = reduction_profile(Reduction::interleaved);
    const LineCounters line = at(profile, "INTERLEAVED");
    // Warps with a lane at work: 8 in the rounds s = 1, 2, 4, 8, 16; then 4, 2, 1: 47. No two of their words share a bank.
    EXPECT_EQ(line.shared_loads.requests, 2U * 47);
    EXPECT_EQ(line.shared_loads.lanes, 2U * 255);
    EXPECT_EQ(line.shared_loads.wavefronts, 2U * 47);
    EXPECT_EQ(line.shared_stores.requests, 47U);
    EXPECT_EQ(line.flow.steps, 47U);
    EXPECT_EQ(line.flow.lanes, 255U);
    EXPECT_EQ(profile.total.flow.divergent, 48U) << "each of the 47 leaves lanes behind; thread 0's store is the last";
}

TEST(ReductionCounts, InterleavedAndPackedHasBankConflicts) {
    const KernelProfile profile = reduction_profile(Reduction::interleaved_packed);
    const LineCounters line = at(profile, "PACKED");
    // s:                    1      2      4      8      16    32    64    128
    // lanes at work:        128    64     32     16     8     4     2     1
    // warps:                4      2      1      1      1     1     1     1       = 12
    // words 2s apart, so    2      4      8      8      8     4     2     1 in one bank
    // wavefronts:           8      8      8      8      8     4     2     1       = 47
    EXPECT_EQ(line.shared_loads.requests, 2U * 12);
    EXPECT_EQ(line.shared_loads.lanes, 2U * 255);
    EXPECT_EQ(line.shared_loads.wavefronts, 2U * 47);
    EXPECT_EQ(line.shared_stores.wavefronts, 47U);
    EXPECT_EQ(line.shared_stores.least_wavefronts, 12U);
}

TEST(ReductionCounts, SequentialHasNeither) {
    const KernelProfile profile = reduction_profile(Reduction::sequential);
    const LineCounters line = at(profile, "SEQUENTIAL");
    EXPECT_EQ(line.shared_loads.requests, 2U * 12);
    EXPECT_EQ(line.shared_loads.lanes, 2U * 255);
    EXPECT_EQ(line.shared_loads.wavefronts, 2U * 12);
    EXPECT_EQ(line.shared_stores.wavefronts, 12U);
    EXPECT_EQ(profile.total.flow.divergent, 6U) << "s = 16, 8, 4, 2, 1 part the first warp, and so does the last store";
}

// The machine code is read by objdump; where there is none, nothing is claimed.
TEST(FlopCounts, OfSumsAndProducts) {
    const KernelProfile sums = reduction_profile(Reduction::sequential);
    if (!sums.flops_known) GTEST_SKIP() << "no objdump, or not x86-64";
    EXPECT_EQ(sums.total.flops, 255U) << "256 numbers";
    EXPECT_EQ(at(sums, "SEQUENTIAL").flops, 255U);
    EXPECT_EQ(transpose_profile(Transpose::padded).total.flops, 0U);
    const auto x = ones(32 * 32);
    DeviceBuffer<float> out(32 * 32);
    const KernelProfile four = profile_of([&] { sum_float4(x.data(), out.data(), 64); });
    EXPECT_EQ(four.total.flops, 3U * 64) << "three additions a thread";
    const KernelProfile product = profile_of([&] { multiply(x.data(), x.data(), out.data(), 32); });
    EXPECT_EQ(product.total.flops, 2U * 32 * 32 * 32) << "a multiplication and an addition, fused or not";
    EXPECT_EQ(at(product, "PRODUCT").flops, 2U * 32 * 32 * 32);
    const KernelProfile trips = profile_of([&] { lane_trips(x.data(), out.data()); });
    EXPECT_EQ(trips.total.flops, 496U) << "only lanes that are there compute";
}

TEST(AtomicCounts, LanesAtOneAddressCollide) {
    const auto count = [](int num_bins) {
        const std::vector<int> zeros(32, 0);
        DeviceBuffer<int> bins{std::span<const int>(zeros)};
        const LineCounters line = at(profile_of([&] { histogram(bins.data(), num_bins, 64); }), "GLOBAL");
        EXPECT_EQ(bins.to_host()[0], 64 / num_bins);
        EXPECT_EQ(line.atomics.requests, 2U);
        EXPECT_EQ(line.atomics.lanes, 64U);
        return line.atomics;
    };
    EXPECT_EQ(count(32).collisions, 0U);
    EXPECT_EQ(count(32).passes, 2U) << "one a request";
    EXPECT_EQ(count(32).sectors, 8U);
    EXPECT_EQ(count(4).collisions, 2U * 28) << "4 of 32 lanes come first";
    EXPECT_EQ(count(4).passes, 2U * 8);
    EXPECT_EQ(count(4).sectors, 2U);
    EXPECT_EQ(count(1).collisions, 2U * 31);
    EXPECT_EQ(count(1).passes, 2U * 32);
}

TEST(AtomicCounts, SharedOnesAreKeptApart) {
    const std::vector<int> zeros(8, 0);
    DeviceBuffer<int> bins{std::span<const int>(zeros)};
    const KernelProfile profile = profile_of([&] { shared_histogram(bins.data(), 8, 64); });
    const LineCounters shared = at(profile, "SHARED"), merge = at(profile, "MERGE");
    EXPECT_EQ(bins.to_host()[7], 8);
    EXPECT_EQ(shared.shared_atomics.requests, 2U);
    EXPECT_EQ(shared.shared_atomics.collisions, 2U * 24);
    EXPECT_EQ(shared.shared_atomics.passes, 2U * 4);
    EXPECT_EQ(shared.atomics.requests, 0U);
    EXPECT_EQ(merge.atomics.requests, 1U);
    EXPECT_EQ(merge.atomics.lanes, 8U);
    EXPECT_EQ(merge.atomics.collisions, 0U);
    EXPECT_EQ(merge.shared_loads.requests, 1U);
    EXPECT_EQ(profile.total.barriers, 2U);
}

}  // namespace
}  // namespace wb::counted
