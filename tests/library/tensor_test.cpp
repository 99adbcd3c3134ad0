#include "wb/tensor.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "scratch.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

/// 0, 1, 2, .. in row-major order.
template <std::size_t N, class Real = float>
Tensor<N, Real> ramp(const std::array<std::size_t, N>& shape) {
    Tensor<N, Real> tensor(shape);
    for (std::size_t n = 0; n < tensor.size(); ++n) tensor.data()[n] = static_cast<Real>(n);
    return tensor;
}

TEST(ShapeText, ShowsEveryAxis) {
    EXPECT_EQ(shape_text(zeros<4>({2, 8, 5, 64})), "[2, 8, 5, 64]");
    EXPECT_EQ(shape_text(zeros<1>({0})), "[0]");
    EXPECT_EQ(shape_text(std::span<const std::size_t>{}), "[]");
}

TEST(Filled, OneNumberInBracesIsALengthNotAnElement) {
    const Tensor<1> five = zeros<1>({5});
    ASSERT_EQ(five.size(), 5);
    EXPECT_EQ(five(4), 0.0F);
    EXPECT_EQ((full<2, double>({2, 3}, 7)(1, 2)), 7.0);
}

TEST(Reductions, KeepTheAxisWithExtentOne) {
    const Tensor<3> x = ramp<3>({2, 3, 4});
    EXPECT_EQ(shape_text(sum(x, 0)), "[1, 3, 4]");
    EXPECT_EQ(shape_text(mean(x, 1)), "[2, 1, 4]");
    EXPECT_EQ(shape_text(max(x, 2)), "[2, 3, 1]");
    EXPECT_EQ(shape_text(argmax(x, 2)), "[2, 3, 1]");
}

TEST(Reductions, FirstMiddleAndLastAxisByHand) {
    const Tensor<3> x = ramp<3>({2, 3, 4});
    EXPECT_EQ(sum(x, 0)(0, 2, 3), 11.0F + 23.0F);
    EXPECT_EQ(sum(x, 1)(1, 0, 0), 12.0F + 16.0F + 20.0F);
    EXPECT_EQ(sum(x, 2)(1, 2, 0), 20.0F + 21.0F + 22.0F + 23.0F);
    EXPECT_EQ(mean(x, 2)(0, 0, 0), 1.5F);
    EXPECT_EQ(max(x, 0)(0, 1, 1), 17.0F);
    EXPECT_EQ(max(x, 1)(0, 0, 3), 11.0F);
    EXPECT_EQ(argmax(x, 1)(1, 0, 2), 2);
}

TEST(Reductions, NegativeAxesCountFromTheEnd) {
    const Tensor<3, double> x = ramp<3, double>({2, 3, 4});
    EXPECT_EQ(sum(x, -1), sum(x, 2));
    EXPECT_EQ(max(x, -3), max(x, 0));
}

TEST(Reductions, TheResultBroadcastsBackOverItsTensor) {
    const Tensor<3> x = ramp<3>({2, 3, 4});
    const Tensor<3> shifted = x - max(x, -1);  // what xtensor 0.24.3 gets wrong with its own lazy amax
    for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(shifted(i, j, k), static_cast<float>(k) - 3.0F);
        }
    }
}

TEST(Reductions, AnUnqualifiedCallInsideTheNamespaceIsOursNotTheLazyOneOfXtensor) {
    Tensor<2> x = ramp<2>({2, 2});  // not const, and an int as axis: what argument-dependent lookup would match best
    const int axis = 1;
    auto total = sum(x, axis);
    static_assert(std::is_same_v<decltype(total), Tensor<2>>);
    EXPECT_EQ(total(1, 0), 5.0F);
}

TEST(Reductions, RowsOfEveryLengthAddUp) {  // vector lanes and what is left over
    for (std::size_t n = 1; n < 70; ++n) {
        const Tensor<2> x = ramp<2>({3, n});
        const auto last = static_cast<float>(3 * n - 1);
        EXPECT_EQ(sum(x, 1)(2, 0), static_cast<float>(n) * (last + static_cast<float>(2 * n)) / 2) << n;
        EXPECT_EQ(max(x, 1)(2, 0), last) << n;
        EXPECT_EQ(argmax(x, 1)(2, 0), static_cast<std::int64_t>(n - 1)) << n;
    }
}

TEST(Reductions, MaxShowsANaNWhereverItStands) {
    for (const std::size_t at : {std::size_t{0}, std::size_t{7}, std::size_t{12}}) {
        Tensor<2> x = ramp<2>({13, 13});
        x(at, at) = nan;
        EXPECT_TRUE(std::isnan(max(x, 1)(at, 0)) && std::isnan(max(x, 0)(0, at))) << at;
        EXPECT_EQ(max(x, 1)((at + 1) % 13, 0), x((at + 1) % 13, 12));
        EXPECT_EQ(argmax(x, 1)(at, 0), static_cast<std::int64_t>(at));
    }
}

TEST(Reductions, ARowOfMinusInfinityHasThatMaximum) {
    const Tensor<2> x = full<2>({2, 9}, -infinity);
    EXPECT_EQ(max(x, 1)(0, 0), -infinity);
    EXPECT_EQ(argmax(x, 1)(0, 0), 0);
}

TEST(Reductions, ArgmaxTakesTheFirstOfEquals) {
    Tensor<1> x = zeros<1>({6});
    x(2) = x(4) = 1;
    EXPECT_EQ(argmax(x, 0)(0), 2);
}

TEST(Reductions, AnEmptyAxisSumsToZero) {
    const Tensor<3> total = sum(zeros<3>({2, 0, 3}), 1);
    EXPECT_EQ(total, zeros<3>({2, 1, 3}));
}

TEST(Reductions, NothingOfNothingIsNothing) {
    EXPECT_EQ(shape_text(max(zeros<2>({0, 0}), 1)), "[0, 1]");
}

TEST(ReductionErrors, AnEmptyAxisHasNoMaximum) {
    const Tensor<3> empty = zeros<3>({2, 3, 0});
    EXPECT_EQ(text_of<ShapeError>([&] { max(empty, -1); }),
              "max: axis 2 of [2, 3, 0] is empty, so there is nothing to take the max of");
    EXPECT_EQ(text_of<ShapeError>([&] { mean(empty, 2); }),
              "mean: axis 2 of [2, 3, 0] is empty, so there is nothing to take the mean of");
}

TEST(ReductionErrors, AnAxisThatIsNotThereIsNamedWithThoseThatAre) {
    const Tensor<3> x = ramp<3>({2, 3, 4});
    EXPECT_EQ(text_of<ShapeError>([&] { sum(x, 3); }),
              "sum: [2, 3, 4] has no axis 3. Its axes are 0..2, or -3..-1 from the end");
    EXPECT_EQ(text_of<ShapeError>([&] { argmax(x, -4); }),
              "argmax: [2, 3, 4] has no axis -4. Its axes are 0..2, or -3..-1 from the end");
}

}  // namespace
}  // namespace wb
