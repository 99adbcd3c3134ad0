/// @file
/// Judges exercise 6.14, attention between few tokens.
#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

// q, k and v lie within 2. A score is a sum of up to 64 products within 4, over sqrt(64): mostly within 4, and each of its steps is rounded to
// 6e-8 of what has been summed: off by some 1e-6, 1e-5 if no two roundings cancelled. Its weight is off by as much, relatively; a number of the
// answer is a mean of numbers within 2.
constexpr Tolerance tolerance{.absolute = 2e-5, .relative = 1e-5};

// Floats at 1e4 are 1e-3 apart. In these cases scores are exact, but not those of a kernel that scales otherwise, e.g. by log2(e) for exp2f:
// 64 steps, each rounded by up to 5e-4, are off by 3e-3, and so are weights, relatively; numbers within 2, and twice that to be sure. Without
// the largest taken off there is no number at all.
constexpr Tolerance large_tolerance{.absolute = 2e-2};

probes::FewTokensQuestion question(const Case& c, bool weights_wanted) {
    return {c.in<3>("q"), c.in<3>("k"), c.in<3>("v"), weights_wanted};
}

void expect_attention(const Case& c, ThreadOrder order, const Tolerance& allowed) {
    const auto answer = probes::few_tokens_kernel(question(c, true), order);
    expect_close(answer.weights, c, "weights", allowed);
    if (testing::Test::HasFailure()) return;  // the answer is wrong because its weights are
    expect_close(answer.out, c, "out", allowed);
}

void expect_attention(const std::string& family, ThreadOrder order, const Tolerance& allowed = tolerance) {
    for_cases("6.14/few_tokens_" + family, [&](const Case& c) { expect_attention(c, order, allowed); });
}

TEST(FewTokensKernel, MixesTheValuesOfEachHeadByItsScores) {  // 1 to 64 tokens, 1 to 64 channels
    in_both_thread_orders([](ThreadOrder order) { expect_attention("sizes", order); });
    expect_attention("many", ThreadOrder::forward);
}

TEST(FewTokensKernel, LargeScoresStayFinite) {  // expf(1e4) is infinite, expf(-1e4) is 0
    in_both_thread_orders([](ThreadOrder order) { expect_attention("large", order, large_tolerance); });
    if (HasFailure()) {
        ADD_FAILURE() << "The scores are near 10,000 and -10,000. expf of the first is infinite, of the second 0; "
                         "inf / inf and 0 / 0 are NaN. Take off the largest score of each row before expf: the "
                         "weights stay the same, the largest becomes 1.";
    }
}

TEST(FewTokensKernel, WeightsAreLeftOutWhereTheyAreNotWanted) {
    const testing::ScopedTrace why(__FILE__, __LINE__,
                                   "`weights` is null here: it is not wanted, and must not be written to.");
    for (const char* family : {"sizes", "small"})
        for_cases(std::string("6.14/few_tokens_") + family, [](const Case& c) {
            const auto answer = probes::few_tokens_kernel(question(c, false), ThreadOrder::forward);
            expect_close(answer.out, c, "out", tolerance);
        });
}

TEST(FewTokensKernel, ScoresNeverGoToDeviceMemory) {
    expect_attention("small", ThreadOrder::forward);
    for_cases("6.14/few_tokens_small", [](const Case& c) {
        EXPECT_EQ(probes::few_tokens_allocates(question(c, false)), 0)
            << c.name()
            << ": the launcher allocated device memory of its own, in bytes. A head's keys, values and what a row or "
               "all rows need of scores fit into shared memory.";
    });
}

TEST(FewTokensKernel, NoHeadsAndNoTokensAreNoLaunch) {
    in_both_thread_orders([](ThreadOrder order) { expect_attention("edges", order); });
}

TEST(FewTokensKernel, WhatDoesNotFitIsAnError) {
    const auto refusal = [](std::size_t tokens, std::size_t head_dim) {
        const Tensor<3> x = zeros<3>({1, tokens, head_dim});
        return probes::few_tokens_kernel.expect_error<ShapeError>({x, x, x, false}, ThreadOrder::forward);
    };
    const auto names = [](const char* tokens, const char* head_dim) {
        return testing::AllOf(testing::HasSubstr("tokens"), testing::HasSubstr(tokens), testing::HasSubstr("head_dim"),
                              testing::HasSubstr(head_dim));
    };
    EXPECT_THAT(refusal(65, 16), names("65", "16")) << "65 tokens are more than 64";
    EXPECT_THAT(refusal(12, 65), names("12", "65")) << "a head_dim of 65 is more than 64";
    EXPECT_THAT(refusal(12, 0), names("12", "0")) << "a head_dim of 0 leaves nothing to compare";
}

TEST(FewTokensKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"sizes", "edges"}) expect_attention(family, ThreadOrder::forward);
}

TEST(FewTokensKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_attention("small", ThreadOrder::forward);
}

// Of a head everything comes once and goes once. 32 lanes that read one channel of 32 keys, 64 floats apart, meet in one bank, unless rows
// are longer by one, or turned. Half as many wavefronts again are left to ways that turn a matrix round as they store it.
TEST(FewTokensKernel, AHeadComesOnceAndItsKeysMeetInNoBank) {
    expect_efficient_on("6.14/few_tokens_profiled",
                        [](const Case& c) { expect_attention(c, ThreadOrder::forward, tolerance); });
}

}  // namespace
}  // namespace wb
