/// @file
/// Judges exercise 5.10, attention for short sequences: forward, and backward from the oracle's weights.
#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

// As in chapter 2: an output is a mean of values within +-2, a weight is at most 1. Scores are sums of up to 128 products of up to 4,
// over sqrt(head_dim): off by 1e-6, and so are the weights, relative to their size.
constexpr Tolerance tolerance{.absolute = 1e-5};

// dw is a sum of up to 128 products of up to 2, ds no more than twice that, and the weights of a row sum to 1: so dq is a sum of
// numbers within 2 * 2 * 256 / sqrt(128), mostly 20 times smaller, each off by 1e-7 of its size. dk and dv sum over 32 queries.
constexpr Tolerance gradient_tolerance{.absolute = 1e-5, .of_largest = 2e-6};

void expect_attention(const std::string& family, ThreadOrder order) {
    for_cases("5.10/attention_" + family, [order](const Case& c) {
        const auto answer =
            probes::short_attention_kernel({c.in<4>("q"), c.in<4>("k"), c.in<4>("v"), c.number("causal") != 0}, order);
        expect_close(answer.weights, c, "weights", tolerance);
        expect_close(answer.out, c, "out", tolerance);
    });
}

void expect_gradients(const Case& c, ThreadOrder order) {
    const auto gradients = probes::short_attention_backward_kernel(
        {c.in<4>("q"), c.in<4>("k"), c.in<4>("v"), c.in<4>("weights"), c.in<4>("d_out")}, order);
    expect_close(gradients.dv, c, "dv", gradient_tolerance);
    expect_close(gradients.dq, c, "dq", gradient_tolerance);
    expect_close(gradients.dk, c, "dk", gradient_tolerance);
}

void expect_gradients(const std::string& family, ThreadOrder order) {
    for_cases("5.10/backward_" + family, [order](const Case& c) { expect_gradients(c, order); });
}

TEST(ShortAttentionKernel, MixesTheValuesOfAWord) {
    in_both_thread_orders([](ThreadOrder order) { expect_attention("words", order); });
}

TEST(ShortAttentionKernel, CausalMaskIsAlignedAtTheEnd) {  // q_len 5 of kv_len 12: the first query sees 8 keys
    in_both_thread_orders([](ThreadOrder order) { expect_attention("causal", order); });
}

TEST(ShortAttentionKernel, TakesHeadsOf1To128Channels) {  // 32 x 32 x 128 needs more than 48 KiB of shared memory
    in_both_thread_orders([](ThreadOrder order) { expect_attention("head_dims", order); });
}

TEST(ShortAttentionKernel, LargeScoresDoNotOverflow) {  // up to 10,000; exp overflows above 88
    in_both_thread_orders([](ThreadOrder order) { expect_attention("huge", order); });
}

TEST(ShortAttentionKernel, QueryWithoutAKeyGivesZerosAndNothingGivesNothing) {
    in_both_thread_orders([](ThreadOrder order) { expect_attention("no_key", order); });
}

TEST(ShortAttentionKernel, RefusesWhatDoesNotFitIntoABlock) {
    const auto refusal = [](std::size_t q_len, std::size_t kv_len, std::size_t head_dim) {
        const Tensor<4> q = zeros<4>({1, 1, q_len, head_dim}), k = zeros<4>({1, 1, kv_len, head_dim});
        const Tensor<4> weights = zeros<4>({1, 1, q_len, kv_len});
        return std::pair(
            probes::short_attention_kernel.expect_error<ShapeError>({q, k, k, false}, ThreadOrder::forward),
            probes::short_attention_backward_kernel.expect_error<ShapeError>({q, k, k, weights, q},
                                                                             ThreadOrder::forward));
    };
    const auto expect_named = [](const std::pair<std::string, std::string>& texts, const char* name, const char* size) {
        for (const std::string& text : {texts.first, texts.second}) {
            EXPECT_THAT(text, testing::AllOf(testing::HasSubstr(name), testing::HasSubstr(size)))
                << "the error should say which size is too large, and what it is";
        }
    };
    expect_named(refusal(33, 4, 8), "q_len", "33");
    expect_named(refusal(4, 57, 8), "kv_len", "57");
    expect_named(refusal(4, 5, 129), "head_dim", "129");
}

TEST(ShortAttentionKernel, GradientsOfAWord) {
    in_both_thread_orders([](ThreadOrder order) {
        expect_gradients("words", order);
        expect_gradients("causal", order);
    });
}

TEST(ShortAttentionKernel, GradientsOfHeadsOf1To128Channels) {
    in_both_thread_orders([](ThreadOrder order) { expect_gradients("head_dims", order); });
}

TEST(ShortAttentionKernel, GradientsAreZeroWhereNothingWasSeen) {  // keys that no query sees, no queries, no keys
    in_both_thread_orders([](ThreadOrder order) { expect_gradients("edges", order); });
}

TEST(ShortAttentionKernel, GradientsAgreeWithPyTorch) {
    for (const char* name : {"attention", "attention_causal"}) {
        expect_gradients(grader::one_case(std::string("5.10/pytorch/") + name), ThreadOrder::forward);
    }
}

TEST(ShortAttentionKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"words", "head_dims", "no_key"}) expect_attention(family, ThreadOrder::forward);
    for (const char* family : {"words", "head_dims", "edges"}) expect_gradients(family, ThreadOrder::forward);
}

TEST(ShortAttentionKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_attention("small", ThreadOrder::forward);
    expect_gradients("small", ThreadOrder::forward);
}

// Of a head everything comes once and goes once. 32 lanes that read one channel of 32 rows, 32 floats apart, meet in one bank, unless rows
// have an odd distance. A few wavefronts more are left to ways that turn a matrix round as they store it.
TEST(ShortAttentionKernel, AHeadComesOnceAndItsKeysMeetInNoBank) {
    expect_efficient_on("5.10/attention_profiled", [](const Case& c) {
        const auto answer =
            probes::short_attention_kernel({c.in<4>("q"), c.in<4>("k"), c.in<4>("v"), false}, ThreadOrder::forward);
        expect_close(answer.weights, c, "weights", tolerance);
        expect_close(answer.out, c, "out", tolerance);
    });
}

TEST(ShortAttentionKernel, OnTheWayBackTooAHeadComesOnceAndItsKeysMeetInNoBank) {
    expect_efficient_on("5.10/backward_profiled", [](const Case& c) { expect_gradients(c, ThreadOrder::forward); });
}

}  // namespace
}  // namespace wb
