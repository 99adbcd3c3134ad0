/// @file
/// Judges exercise 3.10, attention of live heads.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "live_heads_case.hpp"

namespace wb {
namespace {

// An output is a mean of values within +-2. Scores are sums of up to 128 products of up to 4, over sqrt(128): off by 1e-6, and so are the
// weights, relative to their size. Exercise 2.10 has the same sizes, and was measured at 1.5e-6: six times that.
constexpr Tolerance tolerance{.absolute = 1e-5};

void expect_attention(const std::string& family, ThreadOrder order) {
    for_cases("3.10/" + family, [order](const Case& c) {
        expect_close(probes::live_heads_kernel(live_heads_question(c), order), c, "out", tolerance);
    });
}

TEST(LiveHeadsKernel, ComputesTheHeadsOfItsList) {  // whatever it does to the others
    in_both_thread_orders([](ThreadOrder order) {
        for_cases("3.10/live", [order](const Case& c) {
            const probes::LiveHeadsQuestion question = live_heads_question(c);
            Tensor<3> out = probes::live_heads_kernel(question, order);
            expect_shape(out, {question.q.shape(0), question.q.shape(1), question.q.shape(2)}, "out");
            Tensor<3> before = question.before;
            std::vector<float> untouched;
            each_dead(question, before, [&](float& number) { untouched.push_back(number); });
            auto next = untouched.begin();
            each_dead(question, out, [&](float& number) { number = *next++; });
            expect_close(out, c, "out", tolerance);
        });
    });
}

TEST(LiveHeadsKernel, ColumnsOfOtherHeadsAreNeitherReadNorWritten) {
    in_both_thread_orders([](ThreadOrder order) {
        for_cases("3.10/live", [order](const Case& c) {
            probes::LiveHeadsQuestion question = live_heads_question(c);
            for (Tensor<3>* x : {&question.q, &question.k, &question.v})
                each_dead(question, *x, [](float& number) { number = std::numeric_limits<float>::quiet_NaN(); });
            SCOPED_TRACE("q, k and v are NaN in all columns that are not in the list");
            expect_close(probes::live_heads_kernel(question, order), c, "out", tolerance);
        });
    });
}

// One pair in the list, of batches that have more and more others.
void expect_blocks_by_queries_alone() {
    std::uint64_t blocks = 0;
    for (const std::size_t heads : {1U, 3U, 16U}) {
        for (const std::size_t kv_len : {5U, 70U}) {
            probes::LiveHeadsQuestion question;
            question.q = question.before = zeros<3>({2, 6, heads * 8});
            question.k = question.v = zeros<3>({2, kv_len, heads * 8});
            question.heads = static_cast<std::int32_t>(heads);
            question.live = {1};
            const std::uint64_t now = probes::live_heads_launch(question).blocks;
            ASSERT_GT(now, 0U) << "nothing was launched, with " << heads << " heads and kv_len " << kv_len;
            if (blocks == 0) blocks = now;
            EXPECT_EQ(now, blocks)
                << "CUDA blocks launched for a list of one pair with " << heads << " heads and kv_len " << kv_len
                << "; with 1 head and kv_len 5 there were " << blocks
                << ". What one pair takes depends on q_len alone; a surplus block that returns at once was launched "
                   "all the same.";
        }
    }
}

TEST(LiveHeadsKernel, BlocksAreLaunchedForTheListAloneAndNothingIsAllocated) {
    probes::LiveHeadsQuestion question =
        live_heads_question(grader::one_case("3.10/live/batch3_heads4_head_dim12_q_len6_kv_len33_one_entry_has_none"));
    std::vector<std::int32_t> all(12);
    for (std::size_t n = 0; n < all.size(); ++n) all[n] = static_cast<std::int32_t>(n);
    std::uint64_t of_one = 0;
    for (const std::size_t count : {1, 3, 7, 12}) {
        question.live.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
        const probes::LaunchFigures figures = probes::live_heads_launch(question);
        if (count == 1) of_one = figures.blocks;
        ASSERT_GT(figures.blocks, 0U) << "nothing was launched, with " << count << " pairs in the list";
        EXPECT_EQ(figures.blocks, count * of_one)
            << "CUDA blocks launched with " << count << " of 12 pairs in the list; with one there were " << of_one
            << ". A block that finds its head dead, and returns, was launched all the same.";
        EXPECT_EQ(figures.allocated, 0U)
            << "bytes of device memory that the launcher allocated for itself; the list is all it needs";
    }
    expect_blocks_by_queries_alone();
}

TEST(LiveHeadsKernel, HidesKeysAsAskedAndAQueryWithoutAKeyGivesZeros) {
    in_both_thread_orders([](ThreadOrder order) { expect_attention("live_masks", order); });
}

TEST(LiveHeadsKernel, LaterTileRaisesTheMaximum) {  // by 6, 60 and 10,000, where exp overflows above 88; or does not
    in_both_thread_orders([](ThreadOrder order) { expect_attention("live_rising", order); });
}

TEST(LiveHeadsKernel, TakesHeadsOf1To128AndRefusesOthers) {
    in_both_thread_orders([](ThreadOrder order) { expect_attention("live_dims", order); });
    for (const std::size_t head_dim : {0, 129, 256}) {
        probes::LiveHeadsQuestion question;
        question.q = question.k = question.v = question.before = zeros<3>({1, 2, 2 * head_dim});
        question.heads = 2;
        question.live = {1};
        SCOPED_TRACE("live_heads_attention of 2 heads, head_dim " + std::to_string(head_dim));
        const std::string message = probes::live_heads_kernel.expect_error<ShapeError>(question, ThreadOrder::forward);
        EXPECT_THAT(message, testing::HasSubstr(std::to_string(head_dim))) << "the message names the head_dim it got";
    }
}

TEST(LiveHeadsKernel, TakesMorePairsThanAGridIsHigh) {  // 70,000; gridDim.y and z end at 65,535
    expect_attention("live_many", ThreadOrder::forward);
}

TEST(LiveHeadsKernel, NothingLiveIsNoLaunch) {
    const probes::LiveHeadsQuestion right =
        live_heads_question(grader::one_case("3.10/live/batch2_heads4_head_dim16_q_len10_kv_len10_in_any_order"));
    probes::LiveHeadsQuestion question = right;
    question.live.clear();
    question.before = full<3>({2, 10, 64}, 5);
    expect_close(probes::live_heads_kernel(question, ThreadOrder::forward), Tensor<3, double>(question.before),
                 "out with an empty list, and what it held before", {});
    EXPECT_EQ(probes::live_heads_launch(question).blocks, 0U) << "CUDA blocks, with an empty list";
    question = right;
    question.q = question.before = zeros<3>({2, 0, 64});
    EXPECT_EQ(probes::live_heads_kernel(question, ThreadOrder::forward).size(), 0U);
    EXPECT_EQ(probes::live_heads_launch(question).blocks, 0U) << "CUDA blocks, without queries";
}

TEST(LiveHeadsKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"live", "live_masks", "live_dims"}) {
        for_cases(std::string("3.10/") + family, [](const Case& c) {
            probes::LiveHeadsQuestion question = live_heads_question(c);
            question.cut = true;
            SCOPED_TRACE("q, k, v and out end with the last column of the list's last pair");
            expect_close(probes::live_heads_kernel(question, ThreadOrder::forward), c, "out", tolerance);
        });
    }
}

TEST(LiveHeadsKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_attention("live_small", ThreadOrder::forward);
}

// Least: q, k, v and out of the list's pairs, and the list. q and out are moved once; k and v once for each block of Q of the 64 queries, so
// that (2 + 2 * 64 / Q) / 4 times the least is moved: 8.5 with blocks of 4 queries, 32.5 if every query reads its keys for itself.
TEST(LiveHeadsKernel, QueriesOfABlockShareTheirTilesOfKeys) {
    std::uint64_t bytes = 0;
    for (const Case& c : cases("3.10/live_profiled")) {
        const probes::LiveHeadsQuestion x = live_heads_question(c);
        const std::size_t tokens = 2 * x.q.shape(1) + 2 * x.k.shape(1),
                          head_dim = x.q.shape(2) / static_cast<std::size_t>(x.heads);
        bytes += sizeof(float) * x.live.size() * (tokens * head_dim + 1);
    }
    expect_efficient_on(
        "3.10/live_profiled",
        [](const Case& c) {
            expect_close(probes::live_heads_kernel(live_heads_question(c), ThreadOrder::forward), c, "out", tolerance);
        },
        bytes);
}

}  // namespace
}  // namespace wb
