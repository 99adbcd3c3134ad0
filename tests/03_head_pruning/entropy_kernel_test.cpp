/// @file
/// Judges exercise 3.10, entropy of heads on the device.
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

// A row sums up to 300 terms, each off by 1e-7 of its size or so, and a head up to 200 rows: sums of numbers of one sign, whose errors
// are at most some 1e-6 of them, one float after the other. 5 times that.
constexpr Tolerance tolerance{.absolute = 1e-5, .relative = 5e-6};

probes::HeadEntropyQuestion question(const Case& c) {
    const Tensor<1, std::int32_t> lengths = c.in<1, std::int32_t>("query_lengths");
    return {c.in<4>("weights"), {lengths.begin(), lengths.end()}};
}

void expect_sums(const Case& c, ThreadOrder order) {
    const probes::HeadEntropySums sums = probes::head_entropy_kernel(question(c), order);
    expect_close(sums.nats, c, "nats", tolerance);
    Tensor<1, double> rows(std::array<std::size_t, 1>{sums.rows.size()});
    std::copy(sums.rows.begin(), sums.rows.end(), rows.begin());
    expect_close(rows, c, "rows", {});
}

void expect_sums(const std::string& family, ThreadOrder order) {
    for_cases("3.10/" + family, [order](const Case& c) { expect_sums(c, order); });
}

TEST(HeadEntropyKernel, SumsEachHeadsEntropyOverItsRows) {
    in_both_thread_orders([](ThreadOrder order) { expect_sums("entropy", order); });
}

TEST(HeadEntropyKernel, RowsOfPaddingAndRowsThatSeeNoKeyDoNotCount) {
    in_both_thread_orders([](ThreadOrder order) { expect_sums("entropy_padding", order); });
}

TEST(HeadEntropyKernel, WeightsOfZeroAddNothing) {  // 0 * ln 0 is NaN
    in_both_thread_orders([](ThreadOrder order) { expect_sums("entropy_sharp", order); });
}

TEST(HeadEntropyKernel, WithoutRowsSumsAndCountsAreZero) {
    in_both_thread_orders([](ThreadOrder order) { expect_sums("entropy_none", order); });
    const auto none = probes::head_entropy_kernel({zeros<4>({2, 0, 3, 4}), {}}, ThreadOrder::forward);
    EXPECT_EQ(none.rows.size(), 0U) << "without heads there is nothing to launch, and nothing to write";
}

TEST(HeadEntropyKernel, HasTheSameBitsInWhateverOrderThreadsRun) {
    for_cases("3.10/entropy", [](const Case& c) {
        const Tensor<1> forward = probes::head_entropy_kernel(question(c), ThreadOrder::forward).nats;
        const Tensor<1> reversed = probes::head_entropy_kernel(question(c), ThreadOrder::reversed).nats;
        expect_shape(reversed, {forward.size()}, "nats");
        expect_close(forward, c, "nats", tolerance);
        expect_close(reversed, c, "nats", tolerance);
        if (testing::Test::HasFailure()) return;  // bits of a wrong answer say nothing about the order
        for (std::size_t h = 0; h < forward.size(); ++h) {
            ASSERT_EQ(std::bit_cast<std::uint32_t>(forward(h)), std::bit_cast<std::uint32_t>(reversed(h)))
                << c.name() << ": nats[" << h << "] is " << testing::PrintToString(forward(h))
                << " with threads run first to last, and " << testing::PrintToString(reversed(h))
                << " last to first. A float sum depends on its order, and atomicAdd leaves the order to chance: "
                << "let one thread add the warps' sums, always in the same order.";
        }
    });
}

TEST(HeadEntropyKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"entropy", "entropy_padding", "entropy_none"}) expect_sums(family, ThreadOrder::forward);
}

TEST(HeadEntropyKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_sums("entropy_small", ThreadOrder::forward);
}

TEST(HeadEntropyKernel, NeighboursReadNeighboursOfARow) {
    expect_efficient_on("3.10/entropy_profiled", [](const Case& c) { expect_sums(c, ThreadOrder::forward); });
}

}  // namespace
}  // namespace wb
