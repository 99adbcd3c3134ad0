/// @file
/// One request at a time: what its addresses make of sectors, wavefronts, collisions and strides.
#include "simt/profile/request.hpp"

#include <gtest/gtest.h>

namespace wb::simt::profile {
namespace {

constexpr std::uintptr_t base = 4096;

/// Lane i at base + offset + i * stride.
Request request(std::size_t bytes, std::ptrdiff_t stride, std::uint32_t lanes = ~0u, std::ptrdiff_t offset = 0) {
    Request made;
    made.lanes = lanes;
    made.bytes = bytes;
    for (unsigned lane = 0; lane < lanes_of_warp; ++lane)
        made.address[lane] = base + static_cast<std::uintptr_t>(offset + static_cast<std::ptrdiff_t>(lane) * stride);
    return made;
}

TEST(Request, SectorsAreCountedOnceAndWithTheirBytes) {
    const Sectors sectors(request(4, 8));
    EXPECT_EQ(sectors.size(), 8U);
    EXPECT_EQ(sectors.bytes(), 128U);
    EXPECT_EQ(sectors.begin()->number, base / 32);
    EXPECT_EQ(sectors.begin()->bytes, 0x0f0f0f0fU) << "every other word";
}

TEST(Request, AnAccessThatCrossesASectorTouchesBoth) {
    const Sectors sectors(request(16, 16, 1, 24));
    ASSERT_EQ(sectors.size(), 2U);
    EXPECT_EQ(sectors.begin()[0].bytes, 0xff000000U);
    EXPECT_EQ(sectors.begin()[1].bytes, 0x000000ffU);
}

TEST(Request, InactiveLanesTouchNothing) {
    EXPECT_EQ(Sectors(request(4, 4, 0xff)).size(), 1U);
    EXPECT_EQ(Sectors(request(4, 128, 0x80000001)).size(), 2U);
}

TEST(Request, BytesOfOneWordAreNoConflict) {
    EXPECT_EQ(wavefronts_of(request(1, 1)).needed, 1U) << "32 bytes: 8 words";
    EXPECT_EQ(wavefronts_of(request(2, 2)).needed, 1U);
    EXPECT_EQ(wavefronts_of(request(2, 128)).needed, 32U);
}

TEST(Request, HalvesAndQuartersWithoutActiveLanesTakeNoWavefront) {
    EXPECT_EQ(wavefronts_of(request(8, 8, 0x0000ffff)).needed, 1U);
    EXPECT_EQ(wavefronts_of(request(8, 8, 0x00010000)).least, 1U);
    EXPECT_EQ(wavefronts_of(request(16, 16, 0xff0000ff)).needed, 2U);
    EXPECT_EQ(wavefronts_of(request(16, 0)).needed, 4U) << "one address for all, but a quarter at a time";
}

TEST(Request, LanesApartByABankEachConflictWithNobody) {
    EXPECT_EQ(wavefronts_of(request(4, 4 * 33)).needed, 1U);
    EXPECT_EQ(wavefronts_of(request(4, 4 * 32)).needed, 32U);
    EXPECT_EQ(wavefronts_of(request(4, 4 * 32, 0x0f)).needed, 4U);
}

TEST(Request, CollisionsAreOfEqualAddresses) {
    EXPECT_EQ(collisions_of(request(4, 4)).passes, 1U);
    EXPECT_EQ(collisions_of(request(4, 0, 0xff)).passes, 8U);
    EXPECT_EQ(collisions_of(request(4, 0, 0xff)).lanes, 7U);
}

TEST(Request, TheStrideIsThatOfMostNeighbours) {
    Request tile = request(4, 4);  // two rows of 16, 1024 bytes apart
    for (unsigned lane = 16; lane < 32; ++lane) tile.address[lane] += 1024 - 64;
    EXPECT_EQ(stride_of(tile).bytes, 4);
    EXPECT_TRUE(stride_of(tile).usual);
    EXPECT_EQ(stride_of(request(4, -256)).bytes, -256);
    EXPECT_EQ(stride_of(request(4, 4, 0x55555555)).bytes, 4) << "every other lane, 8 bytes apart";
    Request scattered = request(4, 4);
    for (unsigned lane = 0; lane < 32; ++lane) scattered.address[lane] = base + 4 * (lane * lane);
    EXPECT_FALSE(stride_of(scattered).usual);
    EXPECT_FALSE(stride_of(request(4, 4, 1)).usual) << "a lane alone has no neighbour";
}

}  // namespace
}  // namespace wb::simt::profile
