// Exercise 2.8: row softmax with warp shuffles.
#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

// A weight is exp(s - m) / l. |s - m| <= 8 but for the scores of 1e4, which are whole numbers, so exp is good to 8 * 6e-8;
// l is a sum of up to 5,000 positive terms, 157 of them by one lane: 157 * 6e-8 at worst. Twice the two together.
constexpr Tolerance tolerance{.absolute = 1e-12, .relative = 2e-5};

void expect_softmax(const std::string& family, ThreadOrder order) {
    for_cases("2.8/" + family, [order](const Case& c) {
        expect_close(probes::row_softmax_kernel(c.in<2>("scores"), order), c, "weights", tolerance);
    });
}

TEST(RowSoftmaxKernel, MatchesTheOracle) {
    in_both_thread_orders([](ThreadOrder order) { expect_softmax("plain", order); });
}

TEST(RowSoftmaxKernel, ColumnsNeedNotBeAMultipleOfAWarp) {  // 1, 3, 33, 100, 257, 511
    in_both_thread_orders([](ThreadOrder order) { expect_softmax("odd", order); });
}

TEST(RowSoftmaxKernel, RowsMayBeWiderThanABlock) {  // no block has more than 1,024 threads; rows of 1,025 to 5,000
    in_both_thread_orders([](ThreadOrder order) { expect_softmax("wide", order); });
}

TEST(RowSoftmaxKernel,
     MaskedScoresGiveZerosAndNeverNaN) {  // -inf here and there, in all of a row, in all but one place
    in_both_thread_orders([](ThreadOrder order) { expect_softmax("masked", order); });
}

TEST(RowSoftmaxKernel, ScoresOfTenThousandNeitherOverflowNorVanish) {
    in_both_thread_orders([](ThreadOrder order) { expect_softmax("large", order); });
}

TEST(RowSoftmaxKernel, NoRowsAndNoColumnsAreNoLaunch) {  // CUDA refuses a grid or a block of 0
    expect_shape(probes::row_softmax_kernel(zeros<2>({0, 8}), ThreadOrder::forward), {0, 8}, "weights of 0 rows");
    expect_shape(probes::row_softmax_kernel(zeros<2>({3, 0}), ThreadOrder::forward), {3, 0}, "weights of 0 columns");
}

TEST(RowSoftmaxKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    expect_softmax("odd", ThreadOrder::forward);
    expect_softmax("wide", ThreadOrder::forward);
}

TEST(RowSoftmaxKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_softmax("small", ThreadOrder::forward);
}

// A row is read for the maximum, for the sum and for the weights, and written once: 4 passes, where 2 are the least. Who writes the
// exponentials and divides them afterwards makes 5.
TEST(RowSoftmaxKernel, NeighboursReadNeighbours) {
    expect_efficient_on("2.8/profiled", [](const Case& c) {
        expect_close(probes::row_softmax_kernel(c.in<2>("scores"), ThreadOrder::forward), c, "weights", tolerance);
    });
}

}  // namespace
}  // namespace wb
