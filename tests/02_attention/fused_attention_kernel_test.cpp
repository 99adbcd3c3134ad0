// Exercise 2.10: attention in one kernel with an online softmax.
#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"
#include "mask_case.hpp"

namespace wb {
namespace {

// An output is a mean of values within +-2. Scores are sums of up to 128 products of up to 4, over sqrt(128): off by 1e-6,
// and so are the weights, relative to their size. 1.5e-6 measured, with 7 seeds and three kernels. Six times that.
constexpr Tolerance tolerance{.absolute = 1e-5};

probes::FusedAttentionQuestion question(const Case& c) {
    const Mask mask = mask_of(c);
    return {c.in<4>("q"), c.in<4>("k"), c.in<4>("v"), mask.causal, {mask.key_lengths.begin(), mask.key_lengths.end()}};
}

void expect_attention(const std::string& family, ThreadOrder order) {
    for_cases("2.10/" + family, [order](const Case& c) {
        expect_close(probes::fused_attention_kernel(question(c), order), c, "out", tolerance);
    });
}

TEST(FusedAttentionKernel, OneTileOfKeysEqualsPlainSoftmax) {  // 16 keys or fewer: nothing to rescale yet
    in_both_thread_orders([](ThreadOrder order) { expect_attention("one_tile", order); });
}

TEST(FusedAttentionKernel, TakesHeadsOf32And64And128AndRefusesOthers) {
    in_both_thread_orders([](ThreadOrder order) { expect_attention("head_dims", order); });
    const Tensor<4> x = Tensor<4>::from_shape({1, 1, 2, 48});
    const std::string text =
        probes::fused_attention_kernel.expect_error<ShapeError>({x, x, x, false, {}}, ThreadOrder::forward);
    EXPECT_THAT(text, testing::HasSubstr("48")) << "the error should say which head_dim it got";
}

TEST(FusedAttentionKernel, LaterTileRaisesTheMaximum) {  // by 6, by 60, and by 10,000, where exp overflows above 88
    in_both_thread_orders([](ThreadOrder order) { expect_attention("rising", order); });
}

TEST(FusedAttentionKernel, CausalMaskIsAlignedAtTheEnd) {  // q_len 5 of kv_len 77: the first query sees 73 keys
    in_both_thread_orders([](ThreadOrder order) { expect_attention("causal", order); });
}

TEST(FusedAttentionKernel, DirtySlotsPastTheKeyLengthAreNotMultiplied) {  // 0 * NaN is NaN
    in_both_thread_orders([](ThreadOrder order) { expect_attention("dirty", order); });
}

TEST(FusedAttentionKernel, QueryWithoutAKeyGivesZeros) {  // key length 0, kv_len 0, causal with more queries than keys
    in_both_thread_orders([](ThreadOrder order) { expect_attention("no_key", order); });
}

TEST(FusedAttentionKernel, LongSequencesNeedNoScoreMatrix) {
    for_cases("2.10/long", [](const Case& c) {
        const auto asked = question(c);
        expect_close(probes::fused_attention_kernel(asked, ThreadOrder::forward), c, "out", tolerance);
        const auto score_bytes = 4 * asked.q.shape()[0] * asked.q.shape()[1] * asked.q.shape()[2] * asked.k.shape()[2];
        const auto scratch = probes::fused_attention_scratch(asked);
        if (scratch > score_bytes / 8) {
            ADD_FAILURE() << c.name() << ": the launcher allocated " << scratch
                          << " bytes of device memory beside its arguments; the score matrix takes " << score_bytes
                          << ". Keep a tile of scores in registers or shared memory, fold it into acc, and forget it.";
        }
    });
}

TEST(FusedAttentionKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"head_dims", "causal", "dirty", "no_key"})
        expect_attention(family, ThreadOrder::forward);
}

TEST(FusedAttentionKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_attention("small", ThreadOrder::forward);
}

// q and out are moved once; k and v once for each block of Q of the 256 queries, so that (2 + 2 * 256 / Q) / 4 times the least is moved:
// 4.5 with blocks of 32 queries, 8.5 with 16, and 129 if every query reads its keys for itself.
TEST(FusedAttentionKernel, QueriesOfABlockShareTheirTilesOfKeys) {
    expect_efficient_on("2.10/profiled", [](const Case& c) {
        expect_close(probes::fused_attention_kernel(question(c), ThreadOrder::forward), c, "out", tolerance);
    });
}

}  // namespace
}  // namespace wb
