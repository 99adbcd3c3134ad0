/// @file
/// Judges exercise 4.7: attention rollout.
#include <cmath>
#include <limits>
#include <vector>

#include "attention_draw.hpp"
#include "attention_view_probes.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

// Nothing is subtracted anywhere, so relative errors only add up: a sum of n numbers is at most n / 2 float epsilons (1.2e-7) off,
// however it is added, and a layer divides by one sum and takes another. For 50 tokens and 4 layers that is 2.4e-5 at the very
// worst; for 10 tokens and 12 layers 1.5e-5.
constexpr Tolerance few_sums{.absolute = 1e-8, .relative = 3e-5};
// One sum of up to 50 numbers and one division.
constexpr Tolerance one_sum{.absolute = 1e-8, .relative = 4e-6};
constexpr Tolerance exact{};

HeadFusion fusion_of(const Case& c) {
    return static_cast<HeadFusion>(static_cast<int>(c.number("fusion")));
}

Tensor<2> matrix(std::size_t tokens, const std::vector<float>& numbers) {
    Tensor<2> result(std::array<std::size_t, 2>{tokens, tokens});
    std::copy(numbers.begin(), numbers.end(), result.data());
    return result;
}

/// A layer of one head and one picture.
Tensor<4> layer_of(const Tensor<2>& weights) {
    Tensor<4> layer(std::array<std::size_t, 4>{1, 1, weights.shape(0), weights.shape(1)});
    std::copy(weights.begin(), weights.end(), layer.data());
    return layer;
}

TEST(FuseHeads, TakesMeanMinOrMaxOfEachEntry) {
    for (const Case& c : cases("4.7/fusion"))
        expect_close(probes::fuse_heads(c.in<3>("weights"), fusion_of(c)), c, "fused", one_sum);
    probes::fuse_heads.expect_error<ShapeError>(zeros<3>({0, 4, 4}), HeadFusion::average);
    probes::fuse_heads.expect_error<ShapeError>(zeros<3>({2, 4, 5}), HeadFusion::maximum);
}

TEST(DiscardWeakest, CutsTheShareOfTheSmallest) {
    for (const Case& c : cases("4.7/cut"))
        expect_close(probes::discard_weakest(c.in<2>("weights"), c.number("ratio")), c, "kept", exact);
    for (const double ratio : {1.0, -0.1, std::numeric_limits<double>::quiet_NaN()})
        probes::discard_weakest.expect_error<std::invalid_argument>(zeros<2>({4, 4}), ratio);
    probes::discard_weakest.expect_error<ShapeError>(zeros<2>({4, 5}), 0.5);
}

TEST(DiscardWeakest, NeverCutsALinkToTheClassToken) {
    const Tensor<2> weights = matrix(3, {0.01F, 0.59F, 0.40F,  //
                                         0.02F, 0.70F, 0.28F,  //
                                         0.03F, 0.37F, 0.60F});
    const Tensor<2> kept = probes::discard_weakest(weights, 0.5);
    expect_close(kept, matrix(3, {0.01F, 0.59F, 0, 0.02F, 0.70F, 0, 0.03F, 0, 0.60F}),
                 "3 of the 6 links outside column 0 cut: .28, .37 and .40, though column 0 holds smaller ones", exact);
}

TEST(DiscardWeakest, OfEqualsTheLowerPlaceGoesFirst) {
    const Tensor<2> kept = probes::discard_weakest(full<2>({3, 3}, 0.25F), 0.5);
    expect_close(kept, matrix(3, {0.25F, 0, 0, 0.25F, 0, 0.25F, 0.25F, 0.25F, 0.25F}),
                 "3 of 6 equal links cut: places 1, 2 and 4", exact);
}

TEST(WithResidual, RowsSumToOneWhateverTheyWere) {
    for (const Case& c : cases("4.7/residual"))
        expect_close(probes::with_residual(c.in<2>("weights")), c, "a", one_sum);
    expect_close(probes::with_residual(zeros<2>({3, 3})), matrix(3, {1, 0, 0, 0, 1, 0, 0, 0, 1}),
                 "A where all links are cut: each token is what it was", exact);
    probes::with_residual.expect_error<ShapeError>(zeros<2>({4, 3}));
}

TEST(Rollout, MatchesTheHandout) {
    const Tensor<2> first = matrix(3, {0.2F, 0.6F, 0.2F, 0, 0.4F, 0.6F, 0.4F, 0.4F, 0.2F});
    const Tensor<2> second = matrix(3, {0, 0.2F, 0.8F, 0.2F, 0.8F, 0, 0.6F, 0.2F, 0.2F});
    const Tensor<3> rollout = probes::attention_rollout({layer_of(first), layer_of(second)}, 0, {});
    Tensor<3, double> expected(std::array<std::size_t, 3>{2, 3, 3});
    const double by_hand[] = {0.6,  0.3,  0.1,  0,    0.7,  0.3,  0.2,  0.2,  0.6,    // A_1
                              0.38, 0.30, 0.32, 0.06, 0.66, 0.28, 0.30, 0.28, 0.42};  // A_2 A_1
    std::copy(std::begin(by_hand), std::end(by_hand), expected.data());
    expect_close(rollout, expected, "rollout of the handout's two layers and three tokens", few_sums);
}

void expect_rollout(const std::string& family) {
    for (const Case& c : cases(family)) {
        const RolloutOptions options{fusion_of(c), c.number("ratio")};
        const auto picture = static_cast<std::size_t>(c.number("picture"));
        expect_close(probes::attention_rollout(layers_of(c), picture, options), c, "rollout", few_sums);
    }
}

TEST(Rollout, MultipliesLayersFromTheLeft) {
    expect_rollout("4.7/rollout");
}

TEST(Rollout, FusesAndCutsInEachLayer) {
    expect_rollout("4.7/settings");
}

TEST(Rollout, RowsSumToOneAfterEveryLayer) {
    Draw draw(4);
    const std::vector<Tensor<4>> attention = draw_attention(draw, 5, {1, 3, 10, 10});
    for (const HeadFusion fusion : {HeadFusion::average, HeadFusion::minimum, HeadFusion::maximum}) {
        for (const double ratio : {0.0, 0.3, 0.95}) {
            const Tensor<3> rollout = probes::attention_rollout(attention, 0, {fusion, ratio});
            expect_shape(rollout, {5, 10, 10}, "rollout");
            for (std::size_t row = 0; row < 50; ++row) {
                double total = 0;
                for (std::size_t j = 0; j < 10; ++j) total += rollout.data()[row * 10 + j];
                ASSERT_NEAR(total, 1, 2e-5) << "layer " << row / 10 << ", row " << row % 10 << ", fusion "
                                            << static_cast<int>(fusion) << ", " << ratio << " cut";
            }
        }
    }
}

TEST(Rollout, IdentityStaysAndUniformAttentionIsKnownByHand) {
    constexpr std::size_t tokens = 5;
    Tensor<2> identity = zeros<2>({tokens, tokens});
    for (std::size_t i = 0; i < tokens; ++i) identity(i, i) = 1;
    const std::vector<Tensor<4>> still(3, layer_of(identity));
    const Tensor<3> rollout = probes::attention_rollout(still, 0, {});
    expect_shape(rollout, {3, tokens, tokens}, "rollout");
    const std::vector<Tensor<4>> uniform(3, layer_of(full<2>({tokens, tokens}, 0.2F)));
    const Tensor<3> mixed = probes::attention_rollout(uniform, 0, {});
    expect_shape(mixed, {3, tokens, tokens}, "rollout");
    for (std::size_t layer = 0; layer < 3; ++layer) {
        const double left = std::pow(0.5, layer + 1.0);  // a half of what was there goes on, the rest is spread evenly
        for (std::size_t i = 0; i < tokens; ++i) {
            for (std::size_t j = 0; j < tokens; ++j) {
                ASSERT_NEAR(rollout(layer, i, j), i == j ? 1 : 0, 1e-6)
                    << "tokens that look at themselves alone stay what they are; layer " << layer << ", row " << i;
                ASSERT_NEAR(mixed(layer, i, j), (i == j ? left : 0) + (1 - left) / tokens, 1e-6)
                    << "uniform attention leaves (1/2)^l of a token and spreads the rest; layer " << layer << ", row "
                    << i << ", column " << j;
            }
        }
    }
}

TEST(Rollout, NamesWhatDoesNotFit) {
    const std::vector<Tensor<4>> good(3, full<4>({2, 2, 5, 5}, 0.2F));
    probes::attention_rollout.expect_error<ShapeError>({}, 0, {});
    std::vector<Tensor<4>> odd = good;
    odd[1] = full<4>({2, 2, 4, 4}, 0.25F);
    EXPECT_THAT(probes::attention_rollout.expect_error<ShapeError>(odd, 0, {}), testing::HasSubstr("layer 1"))
        << "the message names the layer that differs";
    odd.assign(2, full<4>({1, 1, 4, 5}, 0.2F));
    probes::attention_rollout.expect_error<ShapeError>(odd, 0, {});
    EXPECT_THAT(probes::attention_rollout.expect_error<std::out_of_range>(good, 2, {}), testing::HasSubstr("2"))
        << "the message names the picture";
    probes::attention_rollout.expect_error<std::invalid_argument>(good, 0, {HeadFusion::average, 1.0});
}

TEST(RolloutMap, SharesOfThePatchesSumToOne) {
    for (const Case& c : cases("4.7/map")) expect_close(probes::rollout_map(c.in<2>("rollout")), c, "map", one_sum);
    Tensor<2> alone = zeros<2>({5, 5});
    alone(0, 0) = 1;
    expect_close(probes::rollout_map(alone), zeros<2>({2, 2}), "map of a class token that no patch has reached", exact);
    probes::rollout_map.expect_error<ShapeError>(zeros<2>({7, 7}));
    probes::rollout_map.expect_error<ShapeError>(zeros<2>({5, 4}));
    probes::rollout_map.expect_error<ShapeError>(zeros<2>({0, 0}));
}

}  // namespace
}  // namespace wb
