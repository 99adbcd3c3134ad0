/// @file
/// Judges exercise 1.10: kernels that write tokens into slots and copy blocks. Every answer is exact.
#include <algorithm>
#include <cstdint>
#include <string>

#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

using probes::Storage;

constexpr Tolerance exact = {};

void expect_written(const Case& c, Storage storage, ThreadOrder order) {
    const auto slots = c.in<1, std::int64_t>("slot_mapping");
    const probes::DeviceCache cache = probes::reshape_and_cache_kernel(
        {c.in<3>("k"), c.in<3>("v"), {slots.begin(), slots.end()}, {c.in<4>("k_cache"), c.in<4>("v_cache")}}, storage,
        order);
    expect_close(cache.k, c, "k_cache", exact);
    expect_close(cache.v, c, "v_cache", exact);
}

void expect_copied(const Case& c, Storage storage, ThreadOrder order) {
    const probes::DeviceCache cache = probes::copy_blocks_kernel(
        c.in<2, std::int32_t>("copies"), {c.in<4>("k_cache"), c.in<4>("v_cache")}, storage, order);
    expect_close(cache.k, c, "k_cache", exact);
    expect_close(cache.v, c, "v_cache", exact);
}

void expect_written(const std::string& family, Storage storage, ThreadOrder order) {
    for_cases(family, [&](const Case& c) { expect_written(c, storage, order); });
}

void expect_copied(const std::string& family, Storage storage, ThreadOrder order) {
    for_cases(family, [&](const Case& c) { expect_copied(c, storage, order); });
}

TEST(CacheKernels, EachTokenGoesIntoItsSlotAndNowhereElse) {
    in_both_thread_orders([](ThreadOrder order) { expect_written("1.10/write", Storage::float32, order); });
}

TEST(CacheKernels, BlocksAreCopiedWhole) {
    in_both_thread_orders([](ThreadOrder order) { expect_copied("1.10/copy", Storage::float32, order); });
}

TEST(CacheKernels, HalfIsCopiedToTheBit) {
    expect_written("1.10/write", Storage::float16, ThreadOrder::forward);
    expect_copied("1.10/copy", Storage::float16, ThreadOrder::forward);
}

TEST(CacheKernels, StayInsideTheirBuffers) {
    const OnBuild build(Build::asan);
    for (const Storage storage : {Storage::float32, Storage::float16}) {
        expect_written("1.10/write", storage, ThreadOrder::forward);
        expect_copied("1.10/copy", storage, ThreadOrder::forward);
    }
}

TEST(CacheKernels, HaveNoDataRace) {
    const OnBuild build(Build::race);
    expect_written("1.10/write", Storage::float32, ThreadOrder::forward);
    expect_copied("1.10/copy", Storage::float32, ThreadOrder::forward);
}

// Least: both rows of each token that is not skipped, read and written, and the slots. The cache itself is mostly left alone.
TEST(CacheKernels, NeighboursWriteNeighboursOfASlot) {
    std::uint64_t bytes = 0;
    for (const Case& c : cases("1.10/profiled_write")) {
        const auto slots = c.in<1, std::int64_t>("slot_mapping");
        const Tensor<3> k = c.in<3>("k");
        const auto written = std::count_if(slots.begin(), slots.end(), [](std::int64_t slot) { return slot >= 0; });
        bytes += 4 * sizeof(float) * static_cast<std::uint64_t>(written) * k.shape(1) * k.shape(2) +
                 sizeof(std::int64_t) * slots.size();
    }
    expect_efficient_on(
        "1.10/profiled_write", [](const Case& c) { expect_written(c, Storage::float32, ThreadOrder::forward); }, bytes);
}

// Least: the blocks of each pair in both caches, read and written, and the pairs.
TEST(CacheKernels, NeighboursCopyNeighbours) {
    std::uint64_t bytes = 0;
    for (const Case& c : cases("1.10/profiled_copy")) {
        const auto pairs = c.in<2, std::int32_t>("copies");
        const Tensor<4> cache = c.in<4>("k_cache");
        bytes +=
            4 * sizeof(float) * pairs.shape(0) * cache.size() / cache.shape(0) + sizeof(std::int32_t) * pairs.size();
    }
    expect_efficient_on(
        "1.10/profiled_copy", [](const Case& c) { expect_copied(c, Storage::float32, ThreadOrder::forward); }, bytes);
}

}  // namespace
}  // namespace wb
