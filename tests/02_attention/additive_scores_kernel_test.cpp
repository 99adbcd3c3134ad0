// Exercise 2.11: the scores of additive attention on the device.
#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

// A sum of up to 100 terms within +-1, each off by 2 units of tanhf's last place, added up to about 15: 1e-4 at the very
// worst. Roundings cancel, though: 6e-6 measured, with 7 seeds and three kernels. Five times that; a lost term is 0.3 off.
constexpr Tolerance tolerance{.absolute = 3e-5};

void expect_scores(const std::string& family, ThreadOrder order) {
    for_cases("2.11/" + family, [order](const Case& c) {
        expect_close(probes::additive_scores_kernel(c.in<3>("q"), c.in<3>("k"), c.in<1>("w"), order), c, "scores",
                     tolerance);
    });
}

TEST(AdditiveScoresKernel, MatchesTheOracle) {
    in_both_thread_orders([](ThreadOrder order) { expect_scores("plain", order); });
}

TEST(AdditiveScoresKernel, SizesNeedNotBeMultiplesOfATile) {
    in_both_thread_orders([](ThreadOrder order) { expect_scores("odd", order); });
}

TEST(AdditiveScoresKernel, SaturatedArgumentsStayFinite) {  // tanh(+-1e4) is +-1; (e^2x - 1) / (e^2x + 1) is inf / inf
    in_both_thread_orders([](ThreadOrder order) { expect_scores("saturated", order); });
}

TEST(AdditiveScoresKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    expect_scores("odd", ThreadOrder::forward);
}

TEST(AdditiveScoresKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_scores("small", ThreadOrder::forward);
}

// Sides of 64: tiles of 16 x 16 load q, k and w 4, 4 and 16 times, 3.1 times the least; 32 keys by 8 queries come to 3.8. A thread that
// reads its query and its key for itself: some 50 times, and neighbours read keys that are a whole row apart.
TEST(AdditiveScoresKernel, TilesAreLoadedOnceAndReadWithoutConflicts) {
    expect_efficient_on("2.11/profiled", [](const Case& c) {
        expect_close(probes::additive_scores_kernel(c.in<3>("q"), c.in<3>("k"), c.in<1>("w"), ThreadOrder::forward), c,
                     "scores", tolerance);
    });
}

}  // namespace
}  // namespace wb
