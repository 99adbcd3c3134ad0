/// @file
/// Judges exercise 4.7: attention rollout.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
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

const char* word_of(HeadFusion fusion) {
    return fusion == HeadFusion::average ? "mean" : fusion == HeadFusion::minimum ? "minimum" : "maximum";
}

bool near(const Tensor<2>& got, const Tensor<2>& wanted) {
    if (got.shape() != wanted.shape()) return false;
    for (std::size_t n = 0; n < got.size(); ++n) {
        if (!(std::abs(got.data()[n] - wanted.data()[n]) <= 1e-5F)) return false;
    }
    return true;
}

/// Where rollout is wrong: whether one of its parts is wrong when asked alone, which is the thing to mend first. Parts that the
/// question does not need are not asked.
void name_the_broken_part(const RolloutOptions& options) {
    if (!testing::Test::HasFailure()) return;
    const auto broken = [](const char* part, const char* test) {
        stop_test(std::string(part) + " is wrong by itself (" + test +
                  "), and rollout is made of it: mend that first, then look here again.");
    };
    const Tensor<2> mixed = probes::with_residual(matrix(3, {0, 0.6F, 0, 0.5F, 0.5F, 1, 0, 0, 1}));
    if (!near(mixed, matrix(3, {0.625F, 0.375F, 0, 1 / 6.0F, 0.5F, 1 / 3.0F, 0, 0, 1})))
        broken("with_residual", "WithResidual.RowsSumToOneWhateverTheyWere");
    Tensor<3> heads = full<3>({2, 3, 3}, 0.2F);
    std::fill_n(heads.data() + 9, 9, 0.6F);
    const float fused = options.fusion == HeadFusion::average   ? 0.4F
                        : options.fusion == HeadFusion::minimum ? 0.2F
                                                                : 0.6F;
    if (!near(probes::fuse_heads(heads, options.fusion), full<2>({3, 3}, fused)))
        broken("fuse_heads", "FuseHeads.TakesMeanMinOrMaxOfEachEntry");
    if (options.discard_ratio == 0) return;
    const Tensor<2> kept = probes::discard_weakest(matrix(3, {0, 0.6F, 0.4F, 0, 0.7F, 0.3F, 0, 0.2F, 0.8F}), 0.5);
    if (!near(kept, matrix(3, {0, 0.6F, 0, 0, 0.7F, 0, 0, 0, 0.8F})))
        broken("discard_weakest", "DiscardWeakest.CutsTheShareOfTheSmallest");
}

TEST(FuseHeads, TakesMeanMinOrMaxOfEachEntry) {
    for (const Case& c : cases("4.7/fusion")) {
        const Tensor<2> fused = probes::fuse_heads(c.in<3>("weights"), fusion_of(c));
        expect_close(fused, c, "fused", one_sum);
        const bool zero = std::all_of(fused.begin(), fused.end(), [](float weight) { return weight == 0; });
        if (HasFailure() && zero && fusion_of(c) == HeadFusion::minimum) {
            stop_test(
                "The minimum of the heads is 0 everywhere. A minimum that starts at 0 stays there, for no weight is "
                "negative: start with head 0's weights.");
        }
    }
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

void expect_rollout(const std::string& family) {
    for (const Case& c : cases(family)) {
        const RolloutOptions options{fusion_of(c), c.number("ratio")};
        const auto picture = static_cast<std::size_t>(c.number("picture"));
        expect_close(probes::attention_rollout(layers_of(c), picture, options), c, "rollout", few_sums);
        name_the_broken_part(options);
    }
}

TEST(Rollout, MatchesTheHandout) {
    expect_rollout("4.7/handout");
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
            for (std::size_t row = 0; row < 50 && !HasFailure(); ++row) {
                double total = 0;
                for (std::size_t j = 0; j < 10; ++j) total += rollout.data()[row * 10 + j];
                if (std::abs(total - 1) <= 2e-5) continue;
                ADD_FAILURE() << "the heads' " << word_of(fusion) << ", " << 100 * ratio << " % of the links cut: row "
                              << row % 10 << " of entry " << row / 10 << " sums to " << static_cast<float>(total)
                              << ", not to 1. The rows of W do not, with a minimum, a maximum or a cut; those of A do, "
                                 "since each is divided by its own sum.";
            }
            name_the_broken_part({fusion, ratio});
            if (HasFailure()) return;
        }
    }
}

TEST(Rollout, IdentityStaysAndUniformAttentionIsKnownByHand) {
    constexpr std::size_t layers = 3, tokens = 5;
    Tensor<2> identity = zeros<2>({tokens, tokens});
    for (std::size_t i = 0; i < tokens; ++i) identity(i, i) = 1;
    Tensor<3, double> unmoved = zeros<3, double>({layers, tokens, tokens}), spread = unmoved;
    for (std::size_t layer = 0; layer < layers; ++layer) {
        const double left = std::pow(0.5, layer + 1.0);  // a half of what was there goes on, the rest is spread evenly
        for (std::size_t i = 0; i < tokens; ++i) {
            unmoved(layer, i, i) = 1;
            for (std::size_t j = 0; j < tokens; ++j) spread(layer, i, j) = (i == j ? left : 0) + (1 - left) / tokens;
        }
    }
    const auto asked = [](const Tensor<2>& weights) {
        return probes::attention_rollout(std::vector<Tensor<4>>(layers, layer_of(weights)), 0, {});
    };
    expect_close(asked(identity), unmoved, "rollout of tokens that look at themselves alone, which stay what they are",
                 few_sums);
    name_the_broken_part({});
    expect_close(asked(full<2>({tokens, tokens}, 0.2F)), spread,
                 "rollout of uniform attention, which leaves (1/2)^l of a token after l layers and spreads the rest",
                 few_sums);
    name_the_broken_part({});
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
    const Tensor<2> none = probes::rollout_map(alone);
    expect_close(none, zeros<2>({2, 2}), "map of a class token that no patch has reached", exact);
    if (std::isnan(none(0, 0)))
        ADD_FAILURE() << "No patch has a share, so the shares sum to 0, and 0 / 0 is NaN. Such a map is zeros.";
    probes::rollout_map.expect_error<ShapeError>(zeros<2>({7, 7}));
    probes::rollout_map.expect_error<ShapeError>(zeros<2>({5, 4}));
    probes::rollout_map.expect_error<ShapeError>(zeros<2>({0, 0}));
}

}  // namespace
}  // namespace wb
