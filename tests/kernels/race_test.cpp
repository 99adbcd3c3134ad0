/// @file
/// The race build finds what numbers cannot show, names both lines, and accuses nobody wrongly.
#include <numeric>
#include <vector>

#include "broken/broken.hpp"
#include "diagnosis.hpp"
#include "wb_kernels/device_buffer.hpp"

namespace wb::broken {
namespace {

class Race : public testing::TestWithParam<ThreadOrder> {
 protected:
    template <class Launcher>
    static std::string diagnosis(Launcher launcher) {
        return diagnosis_of(launcher, GetParam());
    }

    DeviceBuffer<float> x{std::span<const float>(std::vector<float>(64, 1.0f))};
};

INSTANTIATE_TEST_SUITE_P(Order, Race, testing::Values(ThreadOrder::forward, ThreadOrder::reversed),
                         [](const auto& order) {
                             return order.param == ThreadOrder::forward ? "Forward" : "Reversed";
                         });

TEST_P(Race, MissingBarrierNamesArrayAndBothLines) {
    EXPECT_THAT(diagnosis([&] { shift_without_barrier(x.data()); }),
                AllOf(HasSubstr("kernel shift"), HasSubstr("data race on byte "),
                      HasSubstr("of the __shared__ array staged (256 bytes)"), HasSubstr("races.cu:10"),
                      HasSubstr("races.cu:11"), HasSubstr("__syncthreads() is missing between them")));
}

TEST_P(Race, KernelTemplatesHaveTheirLinesToo) {  // libbacktrace alone does not find them in what GNU ld links
    EXPECT_THAT(diagnosis([&] { shift_in_a_template(x.data()); }),
                AllOf(HasSubstr("kernel shift_any<64>"), HasSubstr("races.cu:69"), HasSubstr("races.cu:70")));
}

TEST_P(Race, MissingSyncwarpThoughTheNumbersAreRight) {
    EXPECT_THAT(diagnosis([&] { exchange_without_syncwarp(x.data()); }),
                AllOf(HasSubstr("races.cu:17"), HasSubstr("races.cu:18"), HasSubstr("A __syncwarp()")));
}

TEST_P(Race, SyncwarpOrdersOnlyTheLanesOfItsMask) {
    EXPECT_THAT(diagnosis([&] { syncwarp_of_other_lanes(x.data()); }),
                AllOf(HasSubstr("races.cu:24"), HasSubstr("races.cu:26")));
}

TEST_P(Race, AWriteAfterManyReadsIsFound) {
    EXPECT_THAT(diagnosis([&] { overwrite_what_others_read(x.data()); }),
                AllOf(HasSubstr("races.cu:30"), HasSubstr("races.cu:31"), HasSubstr("byte 0 of device buffer")));
}

TEST_P(Race, BlocksThatWriteTheSameElement) {
    EXPECT_THAT(diagnosis([&] { all_blocks_add_to_one(x.data()); }),
                AllOf(HasSubstr("of block ("), HasSubstr("Blocks run in any order"), HasSubstr("atomicAdd")));
}

TEST_P(Race, AtomicAgainstPlain) {
    const std::vector<int> zeros(2);
    DeviceBuffer<int> counter{std::span<const int>(zeros)};
    EXPECT_THAT(diagnosis([&] { atomic_and_plain(counter.data()); }),
                AllOf(HasSubstr("races.cu:38"), HasSubstr("races.cu:39"), HasSubstr("atomically"),
                      HasSubstr("does not order a plain one")));
}

TEST_P(Race, BytesOfOneWordAreApart) {
    DeviceBuffer<std::int8_t> bytes(64);
    EXPECT_THAT(diagnosis([&] { neighbouring_bytes(bytes.data()); }), IsEmpty());
    EXPECT_THAT(diagnosis([&] { two_threads_one_byte(bytes.data()); }), HasSubstr("writes 1 bytes at races.cu:42"));
}

TEST_P(Race, PublishingToAnotherBlockNeedsAFence) {
    const std::vector<unsigned> zero(1);
    DeviceBuffer<unsigned> counter{std::span<const unsigned>(zero)};
    DeviceBuffer<float> partial(4), out(1);
    EXPECT_THAT(diagnosis([&] { last_block_without_fence(partial.data(), out.data(), counter.data()); }),
                AllOf(HasSubstr("races.cu:45"), HasSubstr("races.cu:48"), HasSubstr("__threadfence()")));
}

TEST_P(Race, BarriersInTheRightPlacesAreEnough) {
    EXPECT_THAT(diagnosis([&] { barrier_in_half_of_the_steps(x.data()); }), IsEmpty());
}

TEST_P(Race, HostMemoryIsNotAGpus) {
    const std::vector<float> host(100, 1.0f);
    EXPECT_THAT(diagnosis([&] { kernel_reads_host_memory(host.data(), x.data()); }),
                AllOf(HasSubstr("reads 4 bytes of the host's memory at memory.cu:7"), HasSubstr("cudaMemcpy")));
}

TEST_P(Race, ReportsAreBoundedAndEachLaunchStartsAfresh) {
    const std::string many = diagnosis([&] {
        for (int i = 0; i < 30; ++i) all_blocks_add_to_one(x.data());
    });
    EXPECT_LT(many.size(), 8000u);
    EXPECT_THAT(many, HasSubstr("more)"));
    EXPECT_THAT(diagnosis([&] { barrier_in_half_of_the_steps(x.data()); }), IsEmpty());
}

}  // namespace
}  // namespace wb::broken
