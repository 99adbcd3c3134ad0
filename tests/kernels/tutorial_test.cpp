/// @file
/// Correct kernels, as tutorials write them, give right numbers and no report: in all three builds, in both thread orders.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>

#include "tutorial/tutorial.hpp"
#include "wb_kernels/run.hpp"

namespace wb::tutorial {
namespace {

using kernels::ThreadOrder;

class Tutorial : public testing::TestWithParam<ThreadOrder> {
 protected:
    void SetUp() override { kernels::set_thread_order(GetParam()); }
    void TearDown() override { kernels::set_thread_order(ThreadOrder::forward); }

    /// The function's result; a diagnosis of its kernels fails the test.
    template <class Function, class... Arguments>
    auto clean(Function function, Arguments&&... arguments) {
        decltype(function(std::forward<Arguments>(arguments)...)) result{};
        EXPECT_NO_THROW(kernels::run([&] { result = function(std::forward<Arguments>(arguments)...); }));
        return result;
    }

    static std::vector<float> ramp(int n) {
        std::vector<float> x(static_cast<std::size_t>(n));
        for (int i = 0; i < n; ++i) x[static_cast<std::size_t>(i)] = static_cast<float>(i % 17) - 8.0f;
        return x;
    }
};

INSTANTIATE_TEST_SUITE_P(Order, Tutorial, testing::Values(ThreadOrder::forward, ThreadOrder::reversed),
                         [](const auto& order) {
                             return order.param == ThreadOrder::forward ? "Forward" : "Reversed";
                         });

TEST_P(Tutorial, VectorAddWithARaggedLastBlock) {
    const auto a = ramp(1000), c = clean(vector_add, a, a);
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_EQ(c[i], 2 * a[i]) << "at " << i;
}

TEST_P(Tutorial, LaunchesInALoopAndInAMacro) {
    EXPECT_EQ(clean(add_in_steps, std::vector<float>(200, 0.5f), 3), std::vector<float>(200, 4.5f));
}

TEST_P(Tutorial, ManagedMemoryIsHostsAndDevices) {
    EXPECT_EQ(clean(managed_add, 300), std::vector<float>(300, 3.0f));
}

TEST_P(Tutorial, EachThreadOfATwoDimensionalGridHasItsPlace) {
    std::vector<int> expected(37 * 19);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(clean(indices_2d, 37, 19), expected);
}

TEST_P(Tutorial, EachThreadOfAThreeDimensionalGridHasItsPlace) {
    std::vector<int> expected(5 * 6 * 7);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(clean(indices_3d, 5, 6, 7), expected);
}

TEST_P(Tutorial, SumsAgreeHoweverTheyAreReduced) {
    const auto x = ramp(999);
    const float sum = std::accumulate(x.begin(), x.end(), 0.0f);
    EXPECT_EQ(clean(sum_in_shared_memory, x), sum);
    EXPECT_EQ(clean(sum_with_shuffles, x), sum);
    EXPECT_EQ(clean(sum_by_last_block, x), sum);
    EXPECT_EQ(clean(sum_of_doubles, std::vector<double>(x.begin(), x.end())), sum);
}

TEST_P(Tutorial, WarpFunctionsGiveWhatCudaSays) {
    const auto out = clean(warp_functions);
    for (int lane = 0; lane < 32; ++lane) {
        const auto at = [&](int row) { return out[static_cast<std::size_t>(32 * row + lane)]; };
        EXPECT_EQ(at(0), 0x55555555) << "ballot of the even lanes";
        EXPECT_EQ(at(1), 3) << "any 1, all 2";
        EXPECT_EQ(at(2), lane % 8 == 0 ? lane : lane - 1) << "up by one in segments of 8";
        EXPECT_EQ(at(3), lane / 16 * 16 + 3) << "lane 3 of each segment of 16";
        EXPECT_EQ(at(4), lane ^ 5);
        EXPECT_EQ(at(5), 31 * 32 / 2);
        EXPECT_EQ(at(6), 4) << "four lanes have the same quotient";
        EXPECT_EQ(at(7), lane < 16 ? -5 : 0) << "the largest of -20 .. -5, by half a warp";
        EXPECT_EQ(at(8), 5 + 100 + 1000) << "__syncthreads_count, _or, _and";
    }
}

TEST_P(Tutorial, TransposeOfARaggedMatrix) {
    const auto x = ramp(45 * 70), y = clean(transpose, x, 45, 70);
    for (std::size_t row = 0; row < 45; ++row) {
        for (std::size_t col = 0; col < 70; ++col) ASSERT_EQ(y[col * 45 + row], x[row * 70 + col]);
    }
}

TEST_P(Tutorial, TiledMatmulOfRaggedMatrices) {
    const std::size_t m = 20, n = 35, k = 18;
    const auto a = ramp(m * k), b = ramp(k * n), c = clean(matmul, a, b, 20, 35, 18);
    for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            float sum = 0.0f;
            for (std::size_t l = 0; l < k; ++l) sum += a[i * k + l] * b[l * n + j];
            ASSERT_EQ(c[i * n + j], sum) << i << ", " << j;
        }
    }
}

TEST_P(Tutorial, StencilReadsItsHaloAndConstantMemory) {
    const std::vector<float> x(150, 1.0f), coefficients{1, 2, 3, 4, 5, 6, 7};
    const auto y = clean(stencil, x, coefficients);
    EXPECT_EQ(y[75], 28.0f);
    EXPECT_EQ(y[0], 22.0f) << "three neighbours are missing: 4 + 5 + 6 + 7";
    EXPECT_EQ(y[149], 10.0f);
}

TEST_P(Tutorial, ScanAcrossBlocks) {
    std::vector<int> x(500, 1), expected(500);
    std::iota(expected.begin(), expected.end(), 1);
    EXPECT_EQ(clean(inclusive_scan, x), expected);
}

TEST_P(Tutorial, HistogramWithAtomics) {
    std::vector<int> x(1000);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<int>(i % 10);
    EXPECT_EQ(clean(histogram, x, 10), std::vector<int>(10, 100));
}

TEST_P(Tutorial, HalvesRoundToNearestEvenAndShareWordsWithoutARace) {
    const std::vector<float> x{1.0f, 0.5f, 2049.0f, 65504.0f, 1e-8f, 6e-8f, 70000.0f}, zero(x.size(), 0.0f);
    const auto y = clean(half_axpy, 1.0f, x, zero);
    EXPECT_EQ(y[0], 1.0f);
    EXPECT_EQ(y[1], 0.5f);
    EXPECT_EQ(y[2], 2048.0f) << "2049 lies between 2048 and 2050: the even one";
    EXPECT_EQ(y[3], 65504.0f) << "the largest half";
    EXPECT_EQ(y[4], 0.0f);
    EXPECT_EQ(y[5], 0x1p-24f) << "the smallest half";
    EXPECT_TRUE(std::isinf(y[6]));
}

TEST_P(Tutorial, BfloatKeepsEightBits) {
    EXPECT_EQ(clean(bfloat_round_trip, std::vector<float>{1.0f, 257.0f, 1e38f, -3.0f}),
              (std::vector<float>{1.0f, 256.0f, 0x1.2cp126f, -3.0f}));
}

TEST_P(Tutorial, VectorLoadsOfFloat4) {
    const auto x = ramp(400);
    EXPECT_EQ(clean(copy_by_float4, x), x);
}

TEST_P(Tutorial, LaunchesAreFoundInEveryShape) {
    std::vector<int> expected;
    for (int shape = 1; shape <= 9; ++shape) expected.insert(expected.end(), 2, shape);
    EXPECT_EQ(clean(launches_in_every_shape), expected);
}

TEST_P(Tutorial, SharedMemoryIsFoundInEveryShape) {
    EXPECT_EQ(clean(shared_memory_in_every_shape), (std::vector<float>{3.0f, 7.0f, 17.0f, 10.0f, 3.0f + 3.0f + 5.0f}));
}

TEST_P(Tutorial, DeviceVariablesKeepTheirValueBetweenLaunches) {
    EXPECT_EQ(clean(counted_by_device_variable, 50), 100);
    EXPECT_EQ(clean(counted_by_device_variable, 3), 6);
}

TEST_P(Tutorial, MoreThan48KibOfSharedMemoryAfterAsking) {
    const auto x = clean(large_shared_memory, 16 * 1024);
    ASSERT_EQ(x.size(), 16u * 1024);
    EXPECT_EQ(x.front(), 16 * 1024 - 1);
    EXPECT_EQ(x.back(), 0.0f);
}

}  // namespace
}  // namespace wb::tutorial
