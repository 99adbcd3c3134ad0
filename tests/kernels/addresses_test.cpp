/// @file
/// The addresses that are kept of a place: those of its first full request, counted from where its buffer or array begins.
#include "counted/profile_of.hpp"

namespace wb::counted {
namespace {

using kernels::AccessKind;
using kernels::KernelProfile;
using kernels::LaneAddresses;

constexpr std::uint32_t all_lanes = ~0u;

/// The requests that are kept of the line that ends in this marker.
std::vector<LaneAddresses> kept(const KernelProfile& profile, const std::string& marker) {
    std::ifstream source(profile.file);
    std::vector<LaneAddresses> found;
    std::string text;
    for (int number = 1; std::getline(source, text); ++number) {
        if (!text.ends_with("// " + marker)) continue;
        for (const auto& line : profile.lines) {
            if (line.line == number && line.file == profile.file)
                found.insert(found.end(), line.addresses.begin(), line.addresses.end());
        }
    }
    return found;
}

/// The one of this kind.
LaneAddresses kept(const KernelProfile& profile, const std::string& marker, AccessKind kind, bool shared = false) {
    for (const LaneAddresses& addresses : kept(profile, marker)) {
        if (addresses.kind == kind && addresses.shared == shared) return addresses;
    }
    ADD_FAILURE() << "nothing is kept of " << marker;
    return {};
}

/// Of lanes that lie so many bytes apart.
std::array<std::int64_t, 32> lie(std::int64_t first, std::int64_t apart) {
    std::array<std::int64_t, 32> offsets{};
    for (std::size_t lane = 0; lane < 32; ++lane) offsets[lane] = first + apart * static_cast<std::int64_t>(lane);
    return offsets;
}

LaneAddresses strided_loads(int stride, int offset) {
    const auto x = ones(static_cast<std::size_t>(64 * stride + offset));
    DeviceBuffer<float> out(64);
    return kept(profile_of([&] { strided(x.data(), out.data(), 1, 64, stride, offset); }), "STRIDED", AccessKind::load);
}

TEST(Addresses, OfGlobalMemoryAreCountedFromTheBuffer) {
    const LaneAddresses far = strided_loads(32, 0);
    EXPECT_EQ(far.lanes, all_lanes);
    EXPECT_EQ(far.bytes, 4U);
    EXPECT_EQ(far.buffer_bytes, 64U * 32 * 4);
    EXPECT_EQ(far.offset, lie(0, 128)) << "the first of two warps";
    EXPECT_EQ(strided_loads(1, 0).offset, lie(0, 4));
    EXPECT_EQ(strided_loads(1, 3).offset, lie(12, 4)) << "misaligned, and kept so";
}

TEST(Addresses, OfABroadcastAreAllTheSame) {
    const auto x = ones(2);
    DeviceBuffer<float> out(64);
    const KernelProfile profile = profile_of([&] { broadcast(x.data(), out.data(), 2, 32); });
    EXPECT_EQ(kept(profile, "BROADCAST", AccessKind::load).offset, lie(0, 0));
    EXPECT_EQ(kept(profile, "BROADCAST", AccessKind::store).offset, lie(0, 4));
}

TEST(Addresses, OfSharedMemoryAreCountedFromTheArray) {
    DeviceBuffer<float> out(32);
    const KernelProfile profile = profile_of([&] { shared_stride(out.data(), 32); });
    const LaneAddresses words = kept(profile, "WORDS", AccessKind::load, true);
    EXPECT_EQ(words.array, "words");
    EXPECT_EQ(words.buffer_bytes, 4096U);
    EXPECT_EQ(words.offset, lie(0, 128));
    EXPECT_EQ(kept(profile, "WORDS", AccessKind::store).offset, lie(0, 4)) << "the same line stores to global memory";
}

TEST(Addresses, OfWideElementsKeepTheirSize) {
    DeviceBuffer<float> out(32);
    const KernelProfile profile = profile_of([&] { shared_float4(out.data(), 2); });
    const LaneAddresses vectors = kept(profile, "VECTORS", AccessKind::load, true);
    EXPECT_EQ(vectors.bytes, 16U);
    EXPECT_EQ(vectors.offset, lie(0, 32));
}

TEST(Addresses, OfAnAtomicSayThatItIsOne) {
    DeviceBuffer<int> bins(1);
    const KernelProfile profile = profile_of([&] { histogram(bins.data(), 1, 32); });
    ASSERT_EQ(kept(profile, "GLOBAL").size(), 1U);
    EXPECT_EQ(kept(profile, "GLOBAL", AccessKind::atomic).offset, lie(0, 0));
}

TEST(Addresses, OfAVariableLieInNoBuffer) {
    const auto x = ones(32);
    DeviceBuffer<float> out(64);
    const LaneAddresses table =
        kept(profile_of([&] { look_up_variables(x.data(), out.data()); }), "STORED", AccessKind::store);
    EXPECT_EQ(table.buffer_bytes, 0U);
    EXPECT_EQ(table.offset, lie(table.offset[0], 4));
    EXPECT_LT(table.offset[0], 256) << "from the last multiple of 256 bytes";
}

TEST(Addresses, AFullRequestTakesThePlaceOfALessFullOne) {
    const auto x = ones(64);
    DeviceBuffer<float> out(64);
    const auto lanes = [&](const std::vector<int>& sizes) {
        const KernelProfile profile = profile_of([&] {
            for (const int n : sizes) guarded(x.data(), out.data(), n, 32);
        });
        return kept(profile, "GUARDED", AccessKind::load).lanes;
    };
    EXPECT_EQ(lanes({20}), 0xfffffU) << "20 lanes: better than nothing";
    EXPECT_EQ(lanes({20, 32}), all_lanes);
    EXPECT_EQ(lanes({8, 20}), 0xffU) << "or else the first";
}

TEST(Addresses, AreTheSameInEveryRunWhereverTheBufferLies) {
    const LaneAddresses first = strided_loads(2, 1);
    const auto other = ones(1000);  // takes the place in memory that x had
    const LaneAddresses second = strided_loads(2, 1);
    EXPECT_EQ(first.offset, second.offset);
    EXPECT_EQ(first.buffer_bytes, second.buffer_bytes);
}

TEST(Addresses, OfALineAreAFewAndTheDearestFirst) {
    const auto x = ones(256);
    DeviceBuffer<float> out(32);
    const auto addresses = kept(profile_of([&] { eight_strides(x.data(), out.data()); }), "EIGHT");
    ASSERT_EQ(addresses.size(), kernels::pictures_of_a_line) << "8 loads and a store";
    EXPECT_EQ(addresses[0].offset, lie(0, 32));
    EXPECT_EQ(addresses[0].cost, 32U);
    EXPECT_EQ(addresses[5].offset, lie(0, 12)) << "those with strides of 1 and 2 floats are left out";
}

TEST(Addresses, ARoundOfALoopIsNoPlaceOfItsOwn) {
    const auto x = ones(32 * 32);
    DeviceBuffer<float> out(32);
    const auto addresses = kept(profile_of([&] { columns(x.data(), out.data(), 32); }), "COLUMNS");
    ASSERT_EQ(addresses.size(), 1U);
    EXPECT_EQ(addresses[0].offset, lie(0, 128)) << "of the first round";
    EXPECT_EQ(addresses[0].cost, 32U * 32) << "of all 32 rounds";
}

}  // namespace
}  // namespace wb::counted
