/// @file
/// The oracle of 6.14's patches and of attention between few tokens, against numbers by hand.
#include "token_kernel_oracle.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace wb {
namespace {

TEST(TokenKernelOracle, PatchesByHand) {  // the handout's row, 0 to 6, and a second variate, ten more
    Tensor<3> x({1, 7, 2});
    for (std::size_t t = 0; t < 7; ++t) {
        x(0, t, 0) = static_cast<float>(t);
        x(0, t, 1) = static_cast<float>(10 + t);
    }
    const Tensor<3, double> patches{{{0, 1, 2}, {2, 3, 4}, {4, 5, 6}, {6, 6, 6}},
                                    {{10, 11, 12}, {12, 13, 14}, {14, 15, 16}, {16, 16, 16}}};
    EXPECT_EQ(oracle::unfold(x, 3, 2), patches);
}

TEST(TokenKernelOracle, RowsOfPatchesAreVariatesOfOneWindowAfterAnother) {
    const Tensor<3> x{{{1, 2, 3}}, {{4, 5, 6}}};  // two windows of one row
    const Tensor<3, double> patches{{{1}, {1}}, {{2}, {2}}, {{3}, {3}}, {{4}, {4}}, {{5}, {5}}, {{6}, {6}}};
    EXPECT_EQ(oracle::unfold(x, 1, 1), patches);
}

TEST(TokenKernelOracle, AttentionByHand) {  // scores 0 and ln 3: weights 1/4 and 3/4, and the second query's equal
    const float ln3 = std::log(3.0F);
    const Tensor<3> q{{{ln3, 0, 0, 0}, {0, 1, 0, 0}}}, k{{{0, 0, 0, 0}, {2, 0, 0, 0}}}, v{{{4, 0, 1, 0}, {0, 8, 1, 0}}};
    const auto answer = oracle::few_tokens_attention(q, k, v);
    const Tensor<3, double> weights{{{0.25, 0.75}, {0.5, 0.5}}}, out{{{1, 6, 1, 0}, {2, 4, 1, 0}}};
    for (std::size_t n = 0; n < weights.size(); ++n)
        EXPECT_NEAR(answer.weights.data()[n], weights.data()[n], 1e-7) << n;
    for (std::size_t n = 0; n < out.size(); ++n) EXPECT_NEAR(answer.out.data()[n], out.data()[n], 1e-6) << n;
}

}  // namespace
}  // namespace wb
