/// @file
/// Judges exercise 1.10: kernels that write tokens into slots and copy blocks. Every answer is exact.
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

using probes::Storage;

constexpr Tolerance exact = {};

void expect_written(const std::string& family, Storage storage, ThreadOrder order) {
    for_cases(family, [&](const Case& c) {
        const auto slots = c.in<1, std::int64_t>("slot_mapping");
        const probes::DeviceCache cache = probes::reshape_and_cache_kernel(
            {c.in<3>("k"), c.in<3>("v"), {slots.begin(), slots.end()}, {c.in<4>("k_cache"), c.in<4>("v_cache")}},
            storage, order);
        expect_close(cache.k, c, "k_cache", exact);
        expect_close(cache.v, c, "v_cache", exact);
    });
}

void expect_copied(const std::string& family, Storage storage, ThreadOrder order) {
    for_cases(family, [&](const Case& c) {
        const probes::DeviceCache cache = probes::copy_blocks_kernel(
            c.in<2, std::int32_t>("copies"), {c.in<4>("k_cache"), c.in<4>("v_cache")}, storage, order);
        expect_close(cache.k, c, "k_cache", exact);
        expect_close(cache.v, c, "v_cache", exact);
    });
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

}  // namespace
}  // namespace wb
