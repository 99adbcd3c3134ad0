/// @file
/// Judges exercise 2.7: dq, dk and dv.
///
/// Tolerances: all is double. Sums of up to 16 terms round to about 1e-15 of their size; 1e-10 of the largest is
/// a wide margin that no float computation (1e-7) fits into. Finite differences are good to about 1e-8 (see
/// make_backward_cases.cpp); 1e-6 of the largest element leaves a factor of a hundred. PyTorch computed in double.
#include "judge/judge.hpp"
#include "mask_case.hpp"
#include "probes.hpp"

namespace wb {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr Tolerance close = {.absolute = 1e-12, .of_largest = 1e-10};

void expect_family(const std::string& family, const Tolerance& tolerance) {
    for (const Case& c : cases("2.7/" + family)) {
        const AttentionGradients gradients = probes::scaled_dot_product_attention_backward(
            c.in<4, double>("q"), c.in<4, double>("k"), c.in<4, double>("v"), c.in<4, double>("d_output"), mask_of(c));
        expect_close(gradients.dv, c, "dv", tolerance);
        expect_close(gradients.dq, c, "dq", tolerance);
        expect_close(gradients.dk, c, "dk", tolerance);
    }
}

Tensor<4, double> numbers(const std::array<std::size_t, 4>& shape, std::size_t first) {
    Tensor<4, double> x(shape);
    for (std::size_t n = 0; n < x.size(); ++n) {
        x.data()[n] = static_cast<double>((first + n) * 2654435761U % 4001U) / 1000.0 - 2.0;
    }
    return x;
}

TEST(AttentionBackward, MatchesTheOracle) {
    expect_family("plain", close);
}

TEST(AttentionBackward, AgreesWithFiniteDifferences) {
    expect_family("finite_differences", {.absolute = 1e-7, .of_largest = 1e-6});
}

TEST(AttentionBackward, AgreesWithPyTorch) {
    expect_family("pytorch", close);
}

TEST(AttentionBackward, MaskedPairsPassNoGradient) {
    expect_family("masks", close);
}

TEST(AttentionBackward, WhatMaskedSlotsHoldHasNoInfluence) {
    expect_family("dirty", close);
}

TEST(AttentionBackward, AShiftOfAllKeysPassesNoGradient) {
    // One vector added to every key adds one number to all scores of a row, which softmax never notices: dk sums to 0.
    const std::size_t heads = 2, kv_len = 5, head_dim = 3;
    const AttentionGradients gradients = probes::scaled_dot_product_attention_backward(
        numbers({1, heads, 4, head_dim}, 0), numbers({1, heads, kv_len, head_dim}, 100),
        numbers({1, heads, kv_len, 6}, 200), numbers({1, heads, 4, 6}, 300), {});
    expect_shape(gradients.dk, {1, heads, kv_len, head_dim}, "dk");
    for (std::size_t h = 0; h < heads; ++h)
        for (std::size_t d = 0; d < head_dim; ++d) {
            double over_keys = 0.0, size = 0.0;
            for (std::size_t j = 0; j < kv_len; ++j) {
                over_keys += gradients.dk(0, h, j, d);
                size += std::abs(gradients.dk(0, h, j, d));
            }
            EXPECT_GT(size, 0.01) << "dk of head " << h << ", channel " << d << " is 0 throughout";
            EXPECT_NEAR(over_keys, 0.0, 1e-12) << "sum of dk over the keys, head " << h << ", channel " << d;
        }
}

TEST(AttentionBackward, WrongShapesNameTensorsShapesAndAxis) {
    const Tensor<4, double> q = numbers({2, 3, 5, 8}, 0), k = numbers({2, 3, 7, 8}, 0), v = numbers({2, 3, 7, 6}, 0);
    const Tensor<4, double> d_output = numbers({2, 3, 5, 6}, 0);
    const auto error = [&](const Tensor<4, double>& a, const Tensor<4, double>& b, const Tensor<4, double>& c,
                           const Tensor<4, double>& d) {
        return probes::scaled_dot_product_attention_backward.expect_error<ShapeError>(a, b, c, d, {});
    };
    EXPECT_THAT(error(q, k, v, numbers({2, 3, 4, 6}, 0)),
                AllOf(HasSubstr("q [2, 3, 5, 8]"), HasSubstr("d_output [2, 3, 4, 6]"), HasSubstr("axis 2")));
    EXPECT_THAT(error(q, k, v, numbers({2, 3, 5, 8}, 0)),
                AllOf(HasSubstr("v [2, 3, 7, 6]"), HasSubstr("d_output [2, 3, 5, 8]"), HasSubstr("axis 3")));
    EXPECT_THAT(error(q, numbers({2, 3, 7, 4}, 0), v, d_output),
                AllOf(HasSubstr("q [2, 3, 5, 8]"), HasSubstr("k [2, 3, 7, 4]"), HasSubstr("axis 3")));
    EXPECT_THAT(error(q, k, numbers({2, 3, 5, 6}, 0), d_output),
                AllOf(HasSubstr("k [2, 3, 7, 8]"), HasSubstr("v [2, 3, 5, 6]"), HasSubstr("axis 2")));
}

}  // namespace
}  // namespace wb
