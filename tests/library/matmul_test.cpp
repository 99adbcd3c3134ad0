#include "wb/matmul.hpp"

#include <gtest/gtest.h>
#include <omp.h>

#include <array>
#include <limits>
#include <vector>

#include "scratch.hpp"
#include "wb/errors.hpp"
#include "wb/random.hpp"

namespace wb {
namespace {

/// Small whole numbers: their products and sums are exact, so every order of summing gives the same bits.
template <std::size_t N, class Real>
Tensor<N, Real> whole_numbers(std::uint64_t seed, const std::array<std::size_t, N>& shape) {
    Random random(seed);
    Tensor<N, Real> tensor(shape);
    for (Real& value : tensor.storage()) value = static_cast<Real>(random.below(9)) - 4;
    return tensor;
}

/// One product by its definition.
template <class Real>
Real element(const Real* a, const Real* b, Transpose a_as, Transpose b_as, std::size_t rows, std::size_t inner,
             std::size_t cols, std::size_t i, std::size_t j) {
    Real total = 0;
    for (std::size_t k = 0; k < inner; ++k) {
        total += (a_as == Transpose::yes ? a[k * rows + i] : a[i * inner + k]) *
                 (b_as == Transpose::yes ? b[j * inner + k] : b[k * cols + j]);
    }
    return total;
}

struct Sizes {
    std::size_t batch, rows, inner, cols;
};

constexpr std::array all_transposes{std::pair{Transpose::no, Transpose::no}, std::pair{Transpose::no, Transpose::yes},
                                    std::pair{Transpose::yes, Transpose::no},
                                    std::pair{Transpose::yes, Transpose::yes}};

/// [batch, rows, inner] times [batch, inner, cols], or times one [inner, cols], under every pair of flags.
template <class Real, std::size_t M>
void check_batched(const Sizes& s) {
    for (const auto& [a_as, b_as] : all_transposes) {
        const std::array<std::size_t, 2> a_last =
            a_as == Transpose::yes ? std::array{s.inner, s.rows} : std::array{s.rows, s.inner};
        const std::array<std::size_t, 2> b_last =
            b_as == Transpose::yes ? std::array{s.cols, s.inner} : std::array{s.inner, s.cols};
        const Tensor<3, Real> a = whole_numbers<3, Real>(1, {s.batch, a_last[0], a_last[1]});
        Tensor<M, Real> b;
        if constexpr (M == 3)
            b = whole_numbers<3, Real>(2, {s.batch, b_last[0], b_last[1]});
        else
            b = whole_numbers<2, Real>(2, b_last);
        const Tensor<3, Real> c = matmul(a, b, a_as, b_as);
        ASSERT_EQ(shape_text(c), shape_text(std::array{s.batch, s.rows, s.cols}));
        for (std::size_t n = 0; n < s.batch; ++n) {
            const Real* b_n = b.data() + (M == 3 ? n * s.inner * s.cols : 0);
            for (std::size_t i = 0; i < s.rows; ++i) {
                for (std::size_t j = 0; j < s.cols; ++j) {
                    ASSERT_EQ(c(n, i, j),
                              element(a.data() + n * s.rows * s.inner, b_n, a_as, b_as, s.rows, s.inner, s.cols, i, j))
                        << "at " << n << ", " << i << ", " << j << ", transposes " << static_cast<int>(a_as)
                        << static_cast<int>(b_as);
                }
            }
        }
    }
}

constexpr std::array<Sizes, 6> all_sizes{Sizes{1, 1, 1, 1}, {3, 5, 7, 2},     {4, 1, 33, 17},
                                         {2, 200, 64, 33},  {70, 17, 16, 18}, {1, 500, 40, 30}};

TEST(Matmul, BatchesEqualTheDefinitionUnderEveryTranspose) {
    for (const Sizes& sizes : all_sizes) {
        check_batched<float, 3>(sizes);
        check_batched<double, 3>(sizes);
    }
}

TEST(Matmul, OneMatrixServesTheWholeBatch) {
    for (const Sizes& sizes : all_sizes) {
        check_batched<float, 2>(sizes);
        check_batched<double, 2>(sizes);
    }
}

TEST(Matmul, TwoAxesByHand) {
    const Tensor<2> a{{1, 2, 3}, {4, 5, 6}}, b{{1, 0}, {0, 1}, {1, 1}};
    EXPECT_EQ(matmul(a, b), (Tensor<2>{{4, 5}, {10, 11}}));
    EXPECT_EQ(matmul(a, a, Transpose::no, Transpose::yes), (Tensor<2>{{14, 32}, {32, 77}}));
}

TEST(Matmul, FourAxesAreABatchOfHeads) {
    const Tensor<4> q = whole_numbers<4, float>(3, {2, 3, 4, 5}), k = whole_numbers<4, float>(4, {2, 3, 6, 5});
    const Tensor<4> scores = matmul(q, k, Transpose::no, Transpose::yes);
    ASSERT_EQ(shape_text(scores), "[2, 3, 4, 6]");
    float expected = 0;
    for (std::size_t d = 0; d < 5; ++d) expected += q(1, 2, 3, d) * k(1, 2, 5, d);
    EXPECT_EQ(scores(1, 2, 3, 5), expected);
    const Tensor<4> projected = matmul(q, whole_numbers<2, float>(5, {5, 7}));
    EXPECT_EQ(shape_text(projected), "[2, 3, 4, 7]");
}

TEST(Matmul, AnEmptyInnerAxisGivesZeros) {
    const Tensor<3> c = matmul(zeros<3>({2, 3, 0}), zeros<3>({2, 0, 4}));
    EXPECT_EQ(c, zeros<3>({2, 3, 4}));
}

TEST(Matmul, EmptyResultsKeepTheirShape) {
    EXPECT_EQ(shape_text(matmul(zeros<3>({0, 3, 2}), zeros<3>({0, 2, 4}))), "[0, 3, 4]");
    EXPECT_EQ(shape_text(matmul(zeros<2>({0, 2}), zeros<2>({2, 4}))), "[0, 4]");
    EXPECT_EQ(shape_text(matmul(zeros<3>({2, 3, 4}), zeros<2>({4, 0}))), "[2, 3, 0]");
}

TEST(Matmul, TheNumberOfThreadsDoesNotMatter) {
    const Tensor<2> a = whole_numbers<2, float>(6, {301, 64}), b = whole_numbers<2, float>(7, {64, 65});
    const int before = omp_get_max_threads();
    omp_set_num_threads(1);
    const Tensor<2> alone = matmul(a, b);
    omp_set_num_threads(5);
    const Tensor<2> five = matmul(a, b);
    omp_set_num_threads(before);
    EXPECT_EQ(alone, five);
}

TEST(Matmul, WorksOnAThreadOfATeam) {
    const Tensor<2> a = whole_numbers<2, float>(8, {200, 64}), b = whole_numbers<2, float>(9, {64, 64});
    const Tensor<2> expected = matmul(a, b);
    std::array<Tensor<2>, 4> results;
#pragma omp parallel for num_threads(4)
    for (std::size_t n = 0; n < results.size(); ++n) results[n] = matmul(a, b);
    for (const Tensor<2>& result : results) EXPECT_EQ(result, expected);
}

TEST(MatmulErrors, InnerAxesThatDifferAreNamedWithBothShapes) {
    EXPECT_EQ(text_of<ShapeError>([] {
                  matmul(zeros<4>({2, 8, 5, 64}), zeros<4>({2, 8, 32, 7}));
              }),
              "matmul: a and b differ in the inner axis (axis 3 of a, axis 2 of b): a [2, 8, 5, 64], b [2, 8, 32, 7]");
}

TEST(MatmulErrors, AForgottenOrNeedlessTransposeIsGuessed) {
    const Tensor<4> q = zeros<4>({2, 8, 5, 64}), k = zeros<4>({2, 8, 7, 64}), k_turned = zeros<4>({2, 8, 64, 7});
    EXPECT_EQ(text_of<ShapeError>([&] { matmul(q, k); }),
              "matmul: a and b differ in the inner axis (axis 3 of a, axis 2 of b): a [2, 8, 5, 64], b [2, 8, 7, 64]. "
              "With Transpose::yes for b they fit");
    EXPECT_EQ(text_of<ShapeError>([&] { matmul(q, k_turned, Transpose::no, Transpose::yes); }),
              "matmul: a and b differ in the inner axis (axis 3 of a, axis 3 of b): a [2, 8, 5, 64], b [2, 8, 64, 7] "
              "(transposed). "
              "Without Transpose::yes for b they fit");
}

TEST(MatmulErrors, BatchesThatDifferAreNotBroadcast) {
    EXPECT_EQ(text_of<ShapeError>([] {
                  matmul(zeros<4>({2, 8, 5, 6}), zeros<4>({2, 1, 6, 7}));
              }),
              "matmul: a and b differ in the batch (axis 1): a [2, 8, 5, 6], b [2, 1, 6, 7]");
}

TEST(Gemm, AddsAScaledProductToAScaledMatrix) {
    const std::array<float, 4> a{1, 2, 3, 4}, b{1, 0, 0, 1};
    std::array<float, 4> c{10, 20, 30, 40};
    gemm(Transpose::no, Transpose::no, 2, 2, 2, 2.0F, a.data(), b.data(), 0.5F, c.data());
    EXPECT_EQ(c, (std::array<float, 4>{7, 14, 21, 28}));
}

TEST(Gemm, DoesNotReadWhatBetaZeroOverwrites) {
    const std::array<double, 1> a{2}, b{3};
    std::array<double, 1> c{std::numeric_limits<double>::quiet_NaN()};
    gemm(Transpose::no, Transpose::no, 1, 1, 1, 1.0, a.data(), b.data(), 0.0, c.data());
    EXPECT_EQ(c[0], 6);
    c[0] = std::numeric_limits<double>::quiet_NaN();
    gemm(Transpose::no, Transpose::no, 1, 1, 0, 1.0, a.data(), b.data(), 0.0, c.data());
    EXPECT_EQ(c[0], 0) << "an empty sum";
}

TEST(Gemm, StridesPickOneHeadOutOfARow) {  // q and k [tokens 2, heads 2, head_dim 2]: scores of head 1
    const std::array<float, 8> q{9, 9, 1, 2, 9, 9, 3, 4}, k{9, 9, 1, 0, 9, 9, 0, 1};
    std::array<float, 4> scores{};
    gemm(Transpose::no, Transpose::yes, 2, 2, 2, 1.0F, q.data() + 2, k.data() + 2, 0.0F, scores.data(),
         {.a = 4, .b = 4});
    EXPECT_EQ(scores, (std::array<float, 4>{1, 2, 3, 4}));
}

TEST(GemmErrors, AStrideShorterThanItsRowIsRefused) {
    const std::array<float, 9> a{}, b{};
    std::array<float, 9> c{};
    EXPECT_EQ(text_of<ShapeError>([&] {
                  gemm(Transpose::no, Transpose::no, 3, 3, 3, 1.0F, a.data(), b.data(), 0.0F, c.data(), {.b = 2});
              }),
              "gemm: the rows of b are 3 long, but 2 apart");
}

TEST(GemmErrors, ExtentsBeyondBlasAreRefused) {
    EXPECT_EQ(text_of<ShapeError>([&] {
                  gemm(Transpose::no, Transpose::no, std::size_t{1} << 31, 1, 1, 1.0F, nullptr, nullptr, 0.0F, nullptr);
              }),
              "gemm: rows is 2147483648, and BLAS counts to 2147483647");
}

}  // namespace
}  // namespace wb
