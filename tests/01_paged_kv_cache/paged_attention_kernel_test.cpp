/// @file
/// Judges exercise 1.11: paged decode attention as one kernel.
#include "judge/efficiency.hpp"
#include "paged_kernel_suite.hpp"

namespace wb {
namespace {

using probes::Storage;

void expect_attention(const std::string& family, ThreadOrder order, Storage storage = Storage::float32,
                      const Tolerance& tolerance = float_tolerance) {
    for_cases("1.11/" + family, [&](const Case& c) {
        expect_close(probes::paged_decode_kernel(paged_question(c), storage, order), c, "out", tolerance);
    });
}

TEST(PagedDecodeKernel, MatchesTheOracleAroundBlockBorders) {  // 1, B-1, B and B+1 tokens; B also more than a warp
    in_both_thread_orders([](ThreadOrder order) { expect_attention("borders", order); });
}

TEST(PagedDecodeKernel, TakesHeadsOf32And64And128AndRefusesOthers) {
    in_both_thread_orders([](ThreadOrder order) { expect_attention("head_dims", order); });
    const std::string text = probes::paged_decode_kernel.expect_error<ShapeError>(
        question_of_zeros(48, 16), Storage::float32, ThreadOrder::forward);
    EXPECT_THAT(text, testing::HasSubstr("48")) << "the error should say which head_dim it got";
}

TEST(PagedDecodeKernel, NeighbouringQueryHeadsShareAKvHead) {
    in_both_thread_orders([](ThreadOrder order) { expect_attention("grouped", order); });
}

TEST(PagedDecodeKernel, LongContextsSpanManyBlocks) {  // 511, 512, 513 and 1025 tokens
    in_both_thread_orders([](ThreadOrder order) { expect_attention("long", order); });
    expect_attention("longer", ThreadOrder::forward);  // the scores of 12,500 tokens do not fit into shared memory
}

TEST(PagedDecodeKernel, HalfIsReadAndWrittenAndFloatIsSummed) {
    for (const char* family : {"borders", "head_dims", "long"}) {
        expect_attention(family, ThreadOrder::forward, Storage::float16, half_tolerance);
    }
}

TEST(PagedDecodeKernel, DirtySlotsPastTheContextAreNotMultiplied) {  // 0 * NaN is NaN
    in_both_thread_orders([](ThreadOrder order) { expect_attention("dirty", order); });
}

TEST(PagedDecodeKernel, EmptyContextsGiveZerosAndNoSequencesNothing) {
    in_both_thread_orders([](ThreadOrder order) { expect_attention("empty", order); });
    expect_shape(probes::paged_decode_kernel(question_without_sequences(), Storage::float32, ThreadOrder::forward),
                 {0, 2, 32}, "out of no sequences");
}

TEST(PagedDecodeKernel, ScoresOfTenThousandNeitherOverflowNorVanish) {
    in_both_thread_orders(
        [](ThreadOrder order) { expect_attention("large", order, Storage::float32, large_score_tolerance); });
}

TEST(PagedDecodeKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"head_dims", "borders", "dirty", "empty"})
        expect_attention(family, ThreadOrder::forward);
    expect_attention("head_dims", ThreadOrder::forward, Storage::float16, half_tolerance);
}

TEST(PagedDecodeKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_attention("small", ThreadOrder::forward);
}

// Every query head has a KV head of its own, so that each key and value is wanted by one CUDA block: once is the least.
TEST(PagedDecodeKernel, KeysAndValuesAreReadOnceAndSideBySide) {
    std::uint64_t bytes = 0;
    for (const Case& c : cases("1.11/profiled")) bytes += least_bytes_of_decoding(c);
    expect_efficient_on(
        "1.11/profiled",
        [](const Case& c) {
            expect_close(probes::paged_decode_kernel(paged_question(c), Storage::float32, ThreadOrder::forward), c,
                         "out", float_tolerance);
        },
        bytes);
}

}  // namespace
}  // namespace wb
