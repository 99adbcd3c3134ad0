// Exercise 2.9: matrix product by tiles in shared memory.
#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

// A sum of k <= 129 products in [-1, 1], in any order: off by 129 * 6e-8 of the sum of |a b|, about 32, at the very worst,
// 2.5e-4. Roundings cancel, though: 7e-6 measured, with 7 seeds and three kernels. Four times that; a lost product is 0.3 off.
constexpr Tolerance tolerance{.absolute = 3e-5};

void expect_product(const std::string& family, ThreadOrder order) {
    for_cases("2.9/" + family, [order](const Case& c) {
        expect_close(probes::tiled_matmul_kernel(c.in<2>("a"), c.in<2>("b"), order), c, "c", tolerance);
    });
}

TEST(TiledMatmulKernel, MatchesTheOracle) {
    in_both_thread_orders([](ThreadOrder order) { expect_product("plain", order); });
}

TEST(TiledMatmulKernel, SizesNeedNotBeMultiplesOfATile) {  // 1x70x1, 33x32x31, 70x129x41, ..
    in_both_thread_orders([](ThreadOrder order) { expect_product("odd", order); });
}

TEST(TiledMatmulKernel, AnEmptySumIsZero) {  // k = 0: c holds what was there before, unless it is written
    in_both_thread_orders([](ThreadOrder order) { expect_product("empty", order); });
}

TEST(TiledMatmulKernel, NoRowsAndNoColumnsAreNoLaunch) {  // CUDA refuses a grid of 0
    const auto product = [](std::size_t m, std::size_t n) {
        return probes::tiled_matmul_kernel(zeros<2>({m, 3}), zeros<2>({3, n}), ThreadOrder::forward);
    };
    expect_shape(product(0, 5), {0, 5}, "c with m = 0");
    expect_shape(product(5, 0), {5, 0}, "c with n = 0");
}

TEST(TiledMatmulKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    expect_product("odd", ThreadOrder::forward);
}

TEST(TiledMatmulKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_product("small", ThreadOrder::forward);
}

// Sides of 128: tiles of T x T load each matrix 128 / T times, so they move (2 * 128 / T + 1) / 3 times the least. 16 x 16 comes to 5.7,
// 32 x 32 to 3; without tiles each warp loads a row of 32 columns of b, and an element of a, for every product: 53.
TEST(TiledMatmulKernel, TilesAreLoadedOnceAndReadWithoutConflicts) {
    expect_efficient_on("2.9/profiled", [](const Case& c) {
        expect_close(probes::tiled_matmul_kernel(c.in<2>("a"), c.in<2>("b"), ThreadOrder::forward), c, "c", tolerance);
    });
}

}  // namespace
}  // namespace wb
