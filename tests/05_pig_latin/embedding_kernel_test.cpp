/// @file
/// Judges exercise 5.10, embeddings. Every answer is exact: rows are copied, and the gradients of the cases are multiples of 1/8, whose
/// sums do not depend on their order.
#include "judge/efficiency.hpp"
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

// A row of 256 channels is read for each token, and the table has half as many rows as there are tokens: the least is a row read and a row
// written for each token. The token itself comes once for each warp, 32 bytes for every 128 or 256.
TEST(EmbeddingKernels, NeighboursFetchNeighbours) {
    const Case profiled = cases("5.10/gather_profiled").at(0);
    const std::size_t tokens = tokens_of(profiled).size(), hidden = profiled.in<2>("table").shape(1);
    expect_efficient_on(
        "5.10/gather_profiled",
        [](const Case& c) {
            expect_close(probes::embedding_gather_kernel(c.in<2>("table"), tokens_of(c), ThreadOrder::forward), c,
                         "out", exact);
        },
        sizeof(float) * tokens * (2 * hidden + 1));
}

// By atomics or by rows of the table: neighbours have neighbouring channels. What is moved is not compared, for a block that looks through
// all tokens reads more of them, and may be the better one where one letter comes a hundred times.
TEST(EmbeddingKernels, NeighboursAddToNeighbours) {
    expect_efficient_on("5.10/scatter_profiled", [](const Case& c) {
        expect_close(probes::embedding_scatter_add_kernel(c.in<2>("d_out"), tokens_of(c), c.in<2>("d_table"),
                                                          ThreadOrder::forward),
                     c, "d_table", exact);
    });
}

}  // namespace
}  // namespace wb
