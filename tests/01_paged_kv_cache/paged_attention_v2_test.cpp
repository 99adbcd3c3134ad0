/// @file
/// Judges exercise 1.12: paged decode attention by partitions of the context, the merge, and both together.
#include "judge/efficiency.hpp"
#include "paged_kernel_suite.hpp"

namespace wb {
namespace {

using probes::Storage;

// A sum of up to 512 exponentials, each as much off as its score: 1e-6, relative to its size. Scores stay below 10.
constexpr Tolerance sum_tolerance{.relative = 1e-5};

void expect_attention(const std::string& family, ThreadOrder order, Storage storage = Storage::float32,
                      const Tolerance& tolerance = float_tolerance) {
    for_cases("1.12/" + family, [&](const Case& c) {
        expect_close(probes::paged_decode_v2_kernel(paged_question(c), storage, order), c, "out", tolerance);
    });
}

void expect_partitions(const Case& c, ThreadOrder order) {
    probes::DevicePartitions got = probes::decode_partitions_kernel(paged_question(c), Storage::float32, order);
    const Tensor<3, double> sum = c.expected<3>("sum");
    expect_shape(got.sum, {sum.shape(0), sum.shape(1), sum.shape(2)}, "sum");
    const std::size_t head_dim = got.out.shape(3);
    for (std::size_t n = 0; n < sum.size(); ++n) {
        if (sum.data()[n] != 0) continue;  // the context has no such partition: what stands there is nobody's
        got.max.data()[n] = got.sum.data()[n] = 0;
        for (std::size_t d = 0; d < head_dim; ++d) got.out.data()[n * head_dim + d] = 0;
    }
    expect_close(got.max, c, "max", float_tolerance);
    expect_close(got.sum, c, "sum", sum_tolerance);
    expect_close(got.out, c, "out", float_tolerance);
}

void expect_partitions(ThreadOrder order) {
    for_cases("1.12/partitions", [&](const Case& c) { expect_partitions(c, order); });
}

void expect_merged(const Case& c, ThreadOrder order, Storage storage = Storage::float32,
                   const Tolerance& tolerance = float_tolerance) {
    const auto lengths = c.in<1, std::int32_t>("context_lens");
    const probes::DevicePartitions partitions{c.in<3>("max"), c.in<3>("sum"), c.in<4>("out")};
    expect_close(probes::merge_partitions_kernel(partitions, {lengths.begin(), lengths.end()}, storage, order), c,
                 "out", tolerance);
}

void expect_merged(ThreadOrder order, Storage storage = Storage::float32,
                   const Tolerance& tolerance = float_tolerance) {
    for_cases("1.12/merge", [&](const Case& c) { expect_merged(c, order, storage, tolerance); });
}

TEST(PagedDecodeV2, EachPartitionHoldsItsOwnSoftmax) {
    in_both_thread_orders([](ThreadOrder order) { expect_partitions(order); });
}

TEST(PagedDecodeV2, TheMergeWeighsPartitionsByTheirMaximaAndSums) {  // what lies past a context is NaN
    in_both_thread_orders([](ThreadOrder order) { expect_merged(order); });
}

TEST(PagedDecodeV2, MatchesTheOracleAroundPartitionBorders) {  // 511, 512, 513 and 1025 tokens
    in_both_thread_orders([](ThreadOrder order) { expect_attention("borders", order); });
}

TEST(PagedDecodeV2, NeighbouringQueryHeadsShareAKvHead) {
    in_both_thread_orders([](ThreadOrder order) { expect_attention("grouped", order); });
}

TEST(PagedDecodeV2, HalfIsReadAndWrittenAndFloatIsSummed) {
    expect_attention("borders", ThreadOrder::forward, Storage::float16, half_tolerance);
    expect_merged(ThreadOrder::forward, Storage::float16, half_tolerance);
}

TEST(PagedDecodeV2, DirtySlotsPastTheContextAreNotMultiplied) {  // 0 * NaN is NaN
    in_both_thread_orders([](ThreadOrder order) { expect_attention("dirty", order); });
}

TEST(PagedDecodeV2, EmptyContextsGiveZerosAndNoSequencesNothing) {
    in_both_thread_orders([](ThreadOrder order) { expect_attention("empty", order); });
    expect_shape(probes::paged_decode_v2_kernel(question_without_sequences(), Storage::float32, ThreadOrder::forward),
                 {0, 2, 32}, "out of no sequences");
}

TEST(PagedDecodeV2, ScoresOfTenThousandNeitherOverflowNorVanish) {
    in_both_thread_orders(
        [](ThreadOrder order) { expect_attention("large", order, Storage::float32, large_score_tolerance); });
}

TEST(PagedDecodeV2, RefusesHeadsAndBlocksThatItDoesNotTake) {
    const auto error = [](std::size_t head_dim, std::size_t block_size) {
        return probes::paged_decode_v2_kernel.expect_error<ShapeError>(question_of_zeros(head_dim, block_size),
                                                                       Storage::float32, ThreadOrder::forward);
    };
    EXPECT_THAT(error(48, 16), testing::HasSubstr("48")) << "the error should say which head_dim it got";
    EXPECT_THAT(error(32, 24), testing::HasSubstr("24")) << "a KV block of 24 would lie in two partitions of 512";
}

TEST(PagedDecodeV2, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    expect_partitions(ThreadOrder::forward);
    expect_merged(ThreadOrder::forward);
    for (const char* family : {"borders", "dirty", "empty"}) expect_attention(family, ThreadOrder::forward);
}

TEST(PagedDecodeV2, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_attention("small", ThreadOrder::forward);
    expect_merged(ThreadOrder::forward);
}

TEST(PagedDecodeV2, APartitionsKeysAndValuesAreReadOnceAndSideBySide) {
    std::uint64_t bytes = 0;
    for (const Case& c : cases("1.12/profiled_partitions")) bytes += least_bytes_of_decoding(c);
    expect_efficient_on(
        "1.12/profiled_partitions", [](const Case& c) { expect_partitions(c, ThreadOrder::forward); }, bytes);
}

// Twice the least leaves room to look up every partition's maximum and sum anew in each warp.
TEST(PagedDecodeV2, NeighboursMergeNeighbouringDimensions) {
    expect_efficient_on("1.12/profiled_merge", [](const Case& c) { expect_merged(c, ThreadOrder::forward); });
}

}  // namespace
}  // namespace wb
