/// @file
/// Judges exercise 4.11, layer normalisation.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "judge/efficiency.hpp"
#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"

namespace wb {
namespace {

// A row's numbers are within 2 of its mean, its deviation is about 1, weights are within 2: outputs up to 4, for two numbers a row; up
// to 200 and rare for 5,000. The mean of up to 5,000 numbers, summed one by one, is off by some 1e-6 at worst, and so is each output.
constexpr Tolerance tolerance{.absolute = 1e-5, .relative = 5e-6};

// Numbers at 4096 are 4.9e-4 apart. Added one by one, the mean of 768 of them is off by 4096 * 6e-8 * sqrt(768) / 3 = 2e-3 (a random
// walk of roundings that grow with the sum), less when lanes share the sum; over the deviation of 0.5 and times a weight of 2, 1e-2.
// Three times that. mean(x^2) - mean^2 differs by whole numbers from a variance of 0.25: outputs are off by their own size.
constexpr Tolerance far_tolerance{.absolute = 3e-2};

// Whole numbers up to 6 and their sums are exact, the mean is off by at most its own rounding, 4.8e-7; over sqrt(1e-5), times 2: 3e-4.
constexpr Tolerance flat_tolerance{.absolute = 5e-4};

bool has_nan_where_numbers_are_equal(const Tensor<2>& x, const Tensor<2>& out) {
    const std::size_t hidden = x.shape(1);
    for (std::size_t at = 0; out.size() == x.size() && at < x.size(); at += hidden) {
        const std::span<const float> row(x.data() + at, hidden), answer(out.data() + at, hidden);
        if (std::all_of(row.begin(), row.end(), [&](float value) { return value == row[0]; }) &&
            std::any_of(answer.begin(), answer.end(), [](float value) { return std::isnan(value); }))
            return true;
    }
    return false;
}

void expect_normalised(const Case& c, const Tolerance& allowed, ThreadOrder order) {
    const probes::LayerNormQuestion question{c.in<2>("x"), c.in<1>("weight"), c.in<1>("bias"),
                                             static_cast<float>(c.number("epsilon"))};
    const Tensor<2> out = probes::layer_norm_kernel(question, order);
    std::optional<testing::ScopedTrace> why;  // no case can know a mistake by its NaN, which equals nothing
    if (has_nan_where_numbers_are_equal(question.x, out))
        why.emplace(
            __FILE__, __LINE__,
            "  NaN stands in a row of equal numbers, whose variance is 0: divide by sqrt(variance + epsilon), and the "
            "sum of squares by hidden, since hidden - 1 is 0 for one number.");
    expect_close(out, c, "out", allowed);
}

void expect_normalised(const std::string& family, const Tolerance& allowed, ThreadOrder order) {
    for_cases("4.11/layer_norm_" + family, [&](const Case& c) { expect_normalised(c, allowed, order); });
}

TEST(LayerNormKernel, NormalisesRowsOfAnyLength) {  // 1 to 5,000
    in_both_thread_orders([](ThreadOrder order) { expect_normalised("rows", tolerance, order); });
    expect_normalised(grader::one_case("4.11/pytorch/layer_norm"), tolerance, ThreadOrder::forward);
}

TEST(LayerNormKernel, RowsFarFromZeroComeOutRight) {  // mean 4096, deviation 0.5
    in_both_thread_orders([](ThreadOrder order) { expect_normalised("far", far_tolerance, order); });
    if (HasFailure()) {
        ADD_FAILURE() << "These rows lie far from 0, and their numbers close by each other. mean(x^2) - mean^2 is the "
                         "difference of two "
                         "numbers near 17 million, of which a float keeps no digit behind the point. Take the mean "
                         "first, and then the mean "
                         "of (x - mean)^2; or Welford's formulas.";
    }
}

TEST(LayerNormKernel, RowsOfEqualNumbersGiveTheBias) {  // variance 0: epsilon is what is left
    in_both_thread_orders([](ThreadOrder order) { expect_normalised("flat", flat_tolerance, order); });
}

TEST(LayerNormKernel, NoRowsAndNoNumbersAreNoLaunch) {
    in_both_thread_orders([](ThreadOrder order) { expect_normalised("edges", tolerance, order); });
}

TEST(LayerNormKernel, StaysInsideItsBuffers) {
    const OnBuild build(Build::asan);
    expect_normalised("rows", tolerance, ThreadOrder::forward);
    expect_normalised("edges", tolerance, ThreadOrder::forward);
}

TEST(LayerNormKernel, HasNoDataRace) {
    const OnBuild build(Build::race);
    expect_normalised("small", tolerance, ThreadOrder::forward);
}

// A row is read for the mean, for the variance and for the answer, with weight and bias beside it, and written once: 6 passes where 2 are the
// least; 5 with Welford's formulas. One more is left to other ways. Where each lane reads the whole row, it is 20.
TEST(LayerNormKernel, NeighboursReadNeighboursAndARowThreeTimes) {
    expect_efficient_on("4.11/layer_norm_profiled",
                        [](const Case& c) { expect_normalised(c, tolerance, ThreadOrder::forward); });
}

}  // namespace
}  // namespace wb
