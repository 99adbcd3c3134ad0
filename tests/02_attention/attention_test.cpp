/// @file
/// Judges exercise 2.1: visible keys, masked softmax and scaled dot-product attention.
///
/// Tolerances: inputs lie within +-2 and head_dim is at most 64, so a score is a sum of up to 64 products of size up to
/// 4, rounded to about 64^0.5 * 4 * 6e-8 = 2e-6. A weight is as much off, relatively; an output, a mixture of values,
/// likewise. 1e-5 of the largest element leaves a factor of 5, and known mistakes are hundreds of times larger.
#include "judge/judge.hpp"
#include "mask_case.hpp"
#include "probes.hpp"

namespace wb {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr Tolerance close = {.absolute = 1e-7, .of_largest = 1e-5};

AttentionResult attend(const Case& c) {
    return probes::scaled_dot_product_attention(c.in<4>("q"), c.in<4>("k"), c.in<4>("v"), mask_of(c));
}

void expect_family(const std::string& family) {
    for (const Case& c : cases("2.1/" + family)) {
        const AttentionResult result = attend(c);
        expect_close(result.weights, c, "weights", close);
        expect_close(result.output, c, "output", close);
    }
}

/// A number in -2 .. 2 that depends on n alone.
float number(std::size_t n) {
    return static_cast<float>((n * 2654435761U) % 4001U) / 1000.0F - 2.0F;
}

Tensor<4> numbers(const std::array<std::size_t, 4>& shape, std::size_t first) {
    Tensor<4> x(shape);
    for (std::size_t n = 0; n < x.size(); ++n) x.data()[n] = number(first + n);
    return x;
}

Mask causal() {
    Mask mask;
    mask.causal = true;
    return mask;
}

TEST(VisibleKeys, CausalIsAlignedAtTheEnd) {
    const auto visible = [](std::size_t query, std::size_t q_len, std::size_t kv_len) {
        return probes::visible_keys(causal(), 0, query, q_len, kv_len);
    };
    EXPECT_EQ(visible(0, 3, 3), 1U) << "as many queries as keys: query 0 sees key 0";
    EXPECT_EQ(visible(2, 3, 3), 3U) << "as many queries as keys: the last query sees all";
    EXPECT_EQ(visible(0, 2, 4), 3U) << "2 queries, 4 keys: query 0 is the third token, 1110";
    EXPECT_EQ(visible(1, 2, 4), 4U) << "2 queries, 4 keys: query 1 is the newest token, 1111";
    EXPECT_EQ(visible(0, 4, 2), 0U) << "4 queries, 2 keys: query 0 stands before the first key";
    EXPECT_EQ(visible(1, 4, 2), 0U) << "4 queries, 2 keys: query 1 stands just before the first key";
    EXPECT_EQ(visible(2, 4, 2), 1U);
    EXPECT_EQ(visible(3, 4, 2), 2U);
    EXPECT_EQ(probes::visible_keys({}, 0, 0, 4, 2), 2U) << "no mask: every key";
}

TEST(VisibleKeys, CausalAndKeyLengthsBothApply) {
    Mask mask;
    mask.key_lengths = {5, 2};
    EXPECT_EQ(probes::visible_keys(mask, 0, 0, 5, 5), 5U) << "batch row 0 has 5 keys";
    EXPECT_EQ(probes::visible_keys(mask, 1, 0, 5, 5), 2U) << "batch row 1 has 2 keys, for every query";
    mask.causal = true;
    EXPECT_EQ(probes::visible_keys(mask, 0, 3, 5, 5), 4U) << "row 0: causality is the narrower";
    EXPECT_EQ(probes::visible_keys(mask, 1, 3, 5, 5), 2U) << "row 1: its length is the narrower";
    EXPECT_EQ(probes::visible_keys(mask, 1, 0, 5, 5), 1U);
}

TEST(MaskedSoftmax, RowsSumToOneOverTheKeysSeen) {
    for (const Case& c : cases("2.1/softmax")) {
        expect_close(probes::masked_softmax(c.in<4>("scores"), mask_of(c)), c, "weights", close);
    }
}

TEST(MaskedSoftmax, ScoresOf1e4AreStable) {
    for (const Case& c : cases("2.1/large")) {
        expect_close(probes::masked_softmax(c.in<4>("scores"), mask_of(c)), c, "weights", close);
    }
}

TEST(MaskedSoftmax, QueryThatSeesNoKeyGetsZeros) {
    expect_family("empty");
    const AttentionResult no_keys = probes::scaled_dot_product_attention(
        numbers({1, 2, 3, 4}, 0), numbers({1, 2, 0, 4}, 0), numbers({1, 2, 0, 5}, 0), {});
    expect_close(no_keys.output, zeros<4>({1, 2, 3, 5}), "output of 3 queries and 0 keys, which is zeros", {});
    expect_shape(no_keys.weights, {1, 2, 3, 0}, "weights of 3 queries and 0 keys");
    const AttentionResult no_queries = probes::scaled_dot_product_attention(
        numbers({1, 2, 0, 4}, 0), numbers({1, 2, 3, 4}, 0), numbers({1, 2, 3, 5}, 0), {});
    expect_shape(no_queries.output, {1, 2, 0, 5}, "output of 0 queries and 3 keys");
}

TEST(ScaledDotProduct, MatchesTheOracleWithoutAMask) {
    expect_family("plain");
}

TEST(ScaledDotProduct, CausalQueriesNeverSeeTheFuture) {
    expect_family("causal");
    // What comes after a query must not touch its row, not even in the last bit of rounding.
    const Tensor<4> q = numbers({1, 2, 6, 8}, 0), k = numbers({1, 2, 6, 8}, 500), v = numbers({1, 2, 6, 8}, 1000);
    Tensor<4> other_k = k, other_v = v;
    for (std::size_t h = 0; h < 2; ++h)
        for (std::size_t j = 3; j < 6; ++j)
            for (std::size_t d = 0; d < 8; ++d) {
                other_k(0, h, j, d) = 1.0F - k(0, h, j, d);
                other_v(0, h, j, d) = 100.0F;
            }
    const Tensor<4> before = probes::scaled_dot_product_attention(q, k, v, causal()).output;
    const Tensor<4> after = probes::scaled_dot_product_attention(q, other_k, other_v, causal()).output;
    expect_shape(before, {1, 2, 6, 8}, "output");
    expect_shape(after, {1, 2, 6, 8}, "output");
    for (std::size_t h = 0; h < 2; ++h)
        for (std::size_t i = 0; i < 3; ++i)
            for (std::size_t d = 0; d < 8; ++d) {
                ASSERT_NEAR(after(0, h, i, d), before(0, h, i, d), 1e-6)
                    << "keys and values 3 to 5 were changed, and output [0, " << h << ", " << i << ", " << d
                    << "] of a query before them changed too";
            }
}

TEST(ScaledDotProduct, KeyLengthsMaskEachBatchRowsPadding) {
    expect_family("lengths");
}

TEST(ScaledDotProduct, BooleanMaskBroadcastsOverBatchAndHeads) {
    expect_family("allowed");
    expect_family("combined");
}

TEST(ScaledDotProduct, MaskedSlotsMayHoldNaN) {
    expect_family("dirty");
}

TEST(ScaledDotProduct, PermutingTheKeysPermutesTheWeights) {
    const std::size_t order[] = {3, 0, 4, 1, 2};
    const Tensor<4> q = numbers({2, 2, 3, 8}, 0), k = numbers({2, 2, 5, 8}, 300), v = numbers({2, 2, 5, 6}, 700);
    Tensor<4> permuted_k(k.shape()), permuted_v(v.shape());
    for (std::size_t b = 0; b < 2; ++b)
        for (std::size_t h = 0; h < 2; ++h)
            for (std::size_t j = 0; j < 5; ++j) {
                for (std::size_t d = 0; d < 8; ++d) permuted_k(b, h, j, d) = k(b, h, order[j], d);
                for (std::size_t d = 0; d < 6; ++d) permuted_v(b, h, j, d) = v(b, h, order[j], d);
            }
    const AttentionResult one = probes::scaled_dot_product_attention(q, k, v, {});
    const AttentionResult other = probes::scaled_dot_product_attention(q, permuted_k, permuted_v, {});
    expect_shape(one.weights, {2, 2, 3, 5}, "weights");
    Tensor<4> permuted_weights(one.weights.shape());
    for (std::size_t b = 0; b < 2; ++b)
        for (std::size_t h = 0; h < 2; ++h)
            for (std::size_t i = 0; i < 3; ++i) {
                float row = 0.0F;
                for (std::size_t j = 0; j < 5; ++j) {
                    permuted_weights(b, h, i, j) = one.weights(b, h, i, order[j]);
                    row += one.weights(b, h, i, j);
                }
                EXPECT_NEAR(row, 1.0, 1e-5) << "the weights of query " << i << " sum to 1";
            }
    expect_close(other.weights, permuted_weights, "weights of permuted keys against permuted weights", close);
    expect_close(other.output, one.output, "output: a sum over keys does not depend on their order", close);
}

TEST(ScaledDotProduct, AgreesWithPyTorch) {
    expect_family("pytorch");
}

TEST(ScaledDotProduct, WrongShapesNameTensorsShapesAndAxis) {
    const Tensor<4> q = numbers({2, 3, 5, 8}, 0), k = numbers({2, 3, 7, 8}, 0), v = numbers({2, 3, 7, 6}, 0);
    const auto error = [](const Tensor<4>& a, const Tensor<4>& b, const Tensor<4>& c, const Mask& mask = {}) {
        return probes::scaled_dot_product_attention.expect_error<ShapeError>(a, b, c, mask);
    };
    const auto names = [](const char* first, const char* first_shape, const char* second, const char* second_shape,
                          const char* axis) {
        return AllOf(HasSubstr(std::string(first) + " " + first_shape),
                     HasSubstr(std::string(second) + " " + second_shape), HasSubstr(axis));
    };
    EXPECT_THAT(error(q, numbers({2, 3, 7, 4}, 0), v), names("q", "[2, 3, 5, 8]", "k", "[2, 3, 7, 4]", "axis 3"));
    EXPECT_THAT(error(q, numbers({1, 3, 7, 8}, 0), v), names("q", "[2, 3, 5, 8]", "k", "[1, 3, 7, 8]", "axis 0"));
    EXPECT_THAT(error(q, numbers({2, 1, 7, 8}, 0), v), names("q", "[2, 3, 5, 8]", "k", "[2, 1, 7, 8]", "axis 1"));
    EXPECT_THAT(error(q, k, numbers({2, 3, 5, 6}, 0)), names("k", "[2, 3, 7, 8]", "v", "[2, 3, 5, 6]", "axis 2"));
    // v against k or against q: both tell the student what is wrong.
    EXPECT_THAT(error(q, k, numbers({2, 4, 7, 6}, 0)), AllOf(HasSubstr("v [2, 4, 7, 6]"), HasSubstr("axis 1")));
    EXPECT_THAT(error(q, k, numbers({3, 3, 7, 6}, 0)), AllOf(HasSubstr("v [3, 3, 7, 6]"), HasSubstr("axis 0")));
    Mask lengths;
    lengths.key_lengths = {7, 8};
    EXPECT_THAT(error(q, k, v, lengths), AllOf(HasSubstr("key_lengths[1]"), HasSubstr("8"), HasSubstr("7")));
    lengths.key_lengths = {7};
    EXPECT_THAT(error(q, k, v, lengths), AllOf(HasSubstr("key_lengths"), HasSubstr("1"), HasSubstr("2")));
    Mask allowed;
    allowed.allowed = Tensor<4, bool>(std::array<std::size_t, 4>{1, 1, 5, 6}, true);
    EXPECT_THAT(error(q, k, v, allowed), AllOf(HasSubstr("allowed [1, 1, 5, 6]"), HasSubstr("axis 3")));
}

}  // namespace
}  // namespace wb
