/// @file
/// Judges exercise 5.10, embeddings. Every answer is exact: rows are copied, and the gradients of the cases are multiples of 1/8, whose
/// sums do not depend on their order.
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

constexpr Tolerance exact = {};

std::vector<std::int32_t> tokens_of(const Case& c) {
    const auto tokens = c.in<1, std::int32_t>("tokens");
    return {tokens.begin(), tokens.end()};
}

void expect_gathered(const std::string& family, ThreadOrder order) {
    for_cases("5.10/gather_" + family, [order](const Case& c) {
        expect_close(probes::embedding_gather_kernel(c.in<2>("table"), tokens_of(c), order), c, "out", exact);
    });
}

void expect_scattered(const std::string& family, ThreadOrder order) {
    for_cases("5.10/scatter_" + family, [order](const Case& c) {
        expect_close(probes::embedding_scatter_add_kernel(c.in<2>("d_out"), tokens_of(c), c.in<2>("d_table"), order), c,
                     "d_table", exact);
    });
}

TEST(EmbeddingKernels, EachTokenGetsItsRow) {
    in_both_thread_orders([](ThreadOrder order) { expect_gathered("letters", order); });
}

TEST(EmbeddingKernels, GradientsOfEqualTokensAreSummed) {
    in_both_thread_orders([](ThreadOrder order) { expect_scattered("letters", order); });
}

TEST(EmbeddingKernels, TokensThatAreNoRowGiveZerosAndAddNothing) {
    in_both_thread_orders([](ThreadOrder order) {
        expect_gathered("strangers", order);
        expect_scattered("strangers", order);
    });
}

TEST(EmbeddingKernels, NoTokensAndNoChannelsAreNoLaunch) {
    in_both_thread_orders([](ThreadOrder order) {
        expect_gathered("edges", order);
        expect_scattered("edges", order);
    });
}

TEST(EmbeddingKernels, StayInsideTheirBuffers) {
    const OnBuild build(Build::asan);
    for (const char* family : {"letters", "strangers", "edges"}) {
        expect_gathered(family, ThreadOrder::forward);
        expect_scattered(family, ThreadOrder::forward);
    }
}

TEST(EmbeddingKernels, HaveNoDataRace) {
    const OnBuild build(Build::race);
    expect_gathered("small", ThreadOrder::forward);
    expect_scattered("small", ThreadOrder::forward);
}

}  // namespace
}  // namespace wb
