/// @file
/// Judges exercise 2.2: heads, linear layers and multi-head attention.
///
/// Tolerances: three products follow each other, of up to 64 terms of size about 1 each; every one rounds to about
/// 64^0.5 * 6e-8 = 5e-7 of its result. 2e-5 of the largest element leaves a factor of ten.
#include "judge/judge.hpp"
#include "module_case.hpp"
#include "probes.hpp"

namespace wb {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr Tolerance close = {.absolute = 1e-7, .of_largest = 2e-5};

void expect_family(const std::string& family) {
    for (const Case& c : cases("2.2/" + family)) {
        const ModuleQuestion x = question_of(c);
        const MultiHeadResult result = probes::multi_head_attention(x.projections(), x.query, x.key, x.value, x.mask);
        expect_close(result.weights, c, "weights", close);
        expect_close(result.output, c, "output", close);
    }
}

TEST(Heads, SplitKeepsAHeadsChannelsTogether) {
    Tensor<3> x = zeros<3>({2, 2, 6});  // x[b,t,c] = 100 b + 10 t + c: each number says where it came from
    for (std::size_t b = 0; b < 2; ++b)
        for (std::size_t t = 0; t < 2; ++t)
            for (std::size_t c = 0; c < 6; ++c) x(b, t, c) = static_cast<float>(100 * b + 10 * t + c);
    const Tensor<4> y = probes::split_heads(x, 3);
    expect_shape(y, {2, 3, 2, 2}, "split_heads of [2, 2, 6] into 3 heads");
    for (std::size_t b = 0; b < 2; ++b)
        for (std::size_t h = 0; h < 3; ++h)
            for (std::size_t t = 0; t < 2; ++t)
                for (std::size_t d = 0; d < 2; ++d) {
                    ASSERT_EQ(y(b, h, t, d), static_cast<float>(100 * b + 10 * t + 2 * h + d))
                        << "y[" << b << ", " << h << ", " << t << ", " << d << "] is x[" << b << ", " << t << ", "
                        << 2 * h + d << "], whose number is 100 b + 10 t + c";
                }
    EXPECT_THAT(probes::split_heads.expect_error<ShapeError>(x, 4),
                AllOf(HasSubstr("[2, 2, 6]"), HasSubstr("num_heads"), HasSubstr("4")))
        << "6 channels cannot be cut into 4 heads";
    EXPECT_THAT(probes::split_heads.expect_error<ShapeError>(x, 0), HasSubstr("num_heads"));
}

TEST(Heads, MergePutsTheHeadsBesideEachOther) {
    Tensor<4> x = zeros<4>({2, 3, 4, 2});  // x[b,h,t,d] = 1000 b + 100 h + 10 t + d
    for (std::size_t b = 0; b < 2; ++b)
        for (std::size_t h = 0; h < 3; ++h)
            for (std::size_t t = 0; t < 4; ++t)
                for (std::size_t d = 0; d < 2; ++d) x(b, h, t, d) = static_cast<float>(1000 * b + 100 * h + 10 * t + d);
    const Tensor<3> y = probes::merge_heads(x);
    expect_shape(y, {2, 4, 6}, "merge_heads of [2, 3, 4, 2]");
    for (std::size_t b = 0; b < 2; ++b)
        for (std::size_t t = 0; t < 4; ++t)
            for (std::size_t c = 0; c < 6; ++c) {
                ASSERT_EQ(y(b, t, c), x(b, c / 2, t, c % 2))
                    << "y[" << b << ", " << t << ", " << c << "] is x[" << b << ", " << c / 2 << ", " << t << ", "
                    << c % 2 << "], whose number is 1000 b + 100 h + 10 t + d";
            }
}

TEST(Linear, MatchesTheOracle) {
    for (const Case& c : cases("2.2/linear")) {
        const Tensor<3> x = c.in<3>("x");
        const Tensor<2> w = c.in<2>("w");
        expect_close(probes::linear(x, w, c.in<1>("bias")), c, "with_bias", close);
        expect_close(probes::linear(x, w, std::nullopt), c, "without_bias", close);
    }
    EXPECT_THAT(probes::linear.expect_error<ShapeError>(zeros<3>({2, 3, 4}), zeros<2>({6, 5}), std::nullopt),
                AllOf(HasSubstr("x [2, 3, 4]"), HasSubstr("w [6, 5]"), HasSubstr("axis")));
}

TEST(MultiHead, SelfAttentionMatchesTheOracle) {
    expect_family("self");
}

TEST(MultiHead, CrossAttentionTakesThreeInputSizes) {
    expect_family("cross");
}

TEST(MultiHead, BiasesEnterAllFourProjections) {
    expect_family("bias");
}

TEST(MultiHead, MasksReachEveryHead) {
    expect_family("masks");
}

TEST(MultiHead, AgreesWithPyTorch) {
    expect_family("pytorch");
}

TEST(MultiHead, WrongShapesNameTensorsShapesAndAxis) {
    MultiHeadWeights weights;  // 2 heads of 4, values of 3; inputs of 5, 6 and 7; output 8
    weights.num_heads = 2;
    weights.w_query = zeros<2>({8, 5});
    weights.w_key = zeros<2>({8, 6});
    weights.w_value = zeros<2>({6, 7});
    weights.w_output = zeros<2>({8, 6});
    const Tensor<3> query = zeros<3>({2, 3, 5}), key = zeros<3>({2, 4, 6}), value = zeros<3>({2, 4, 7});
    const auto error = [](const MultiHeadWeights& w, const Tensor<3>& a, const Tensor<3>& b, const Tensor<3>& c) {
        return probes::multi_head_attention.expect_error<ShapeError>(w, a, b, c, {});
    };
    EXPECT_THAT(error(weights, zeros<3>({2, 3, 9}), key, value),
                AllOf(HasSubstr("query [2, 3, 9]"), HasSubstr("w_query [8, 5]"), HasSubstr("axis")));
    EXPECT_THAT(error(weights, query, zeros<3>({2, 4, 9}), value),
                AllOf(HasSubstr("key [2, 4, 9]"), HasSubstr("w_key [8, 6]"), HasSubstr("axis")));
    EXPECT_THAT(error(weights, query, key, zeros<3>({2, 4, 9})),
                AllOf(HasSubstr("value [2, 4, 9]"), HasSubstr("w_value [6, 7]"), HasSubstr("axis")));
    EXPECT_THAT(error(weights, query, key, zeros<3>({2, 3, 7})),
                AllOf(HasSubstr("key [2, 4, 6]"), HasSubstr("value [2, 3, 7]"), HasSubstr("axis 1")));
    EXPECT_THAT(error(weights, zeros<3>({1, 3, 5}), key, value),
                AllOf(HasSubstr("query [1, 3, 5]"), HasSubstr("key [2, 4, 6]"), HasSubstr("axis 0")));
    weights.w_key = zeros<2>({4, 6});
    EXPECT_THAT(error(weights, query, key, value),
                AllOf(HasSubstr("w_query [8, 5]"), HasSubstr("w_key [4, 6]"), HasSubstr("axis 0")));
    weights.w_key = zeros<2>({8, 6});
    weights.w_output = zeros<2>({8, 5});
    EXPECT_THAT(error(weights, query, key, value), AllOf(HasSubstr("w_output [8, 5]"), HasSubstr("axis")));
}

}  // namespace
}  // namespace wb
