/// @file
/// Judges exercise 4.6: what the class token looks at.
#include <cmath>
#include <limits>
#include <vector>

#include "attention_draw.hpp"
#include "attention_view_probes.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

using Photo = Tensor<3, std::uint8_t>;

constexpr Tolerance copied{};  // a weight is copied, not computed
// Colours are rounded to whole numbers in the end; a float's error can move one that lies between two to the other side.
constexpr Tolerance one_step{.absolute = 1};

void expect_maps(const std::string& family) {
    for (const Case& c : cases(family)) {
        const auto picture = static_cast<std::size_t>(c.number("picture"));
        expect_close(probes::cls_attention(layers_of(c), picture), c, "maps", copied);
    }
}

TEST(ClsAttention, IsTheClassTokensRowOverThePatches) {
    expect_maps("4.6/maps");
}

TEST(ClsAttention, IsOfThePictureAskedFor) {
    expect_maps("4.6/batch");
}

TEST(ClsAttention, LeavesOutWhatTheClassTokenGivesToItself) {
    Tensor<4> layer = zeros<4>({1, 1, 5, 5});
    const float row[] = {0.5F, 0.25F, 0.125F, 0.0625F, 0.0625F};
    std::copy(std::begin(row), std::end(row), &layer(0, 0, 0, 0));
    const Tensor<4> maps = probes::cls_attention({layer}, 0);
    expect_shape(maps, {1, 1, 2, 2}, "maps of one layer and one head");
    double total = 0;
    for (const float weight : maps) total += weight;
    EXPECT_EQ(total, 0.5)
        << "weights stay as they are: over the patches they sum to 1 less the .5 of the class token itself";
    EXPECT_EQ(maps(0, 0, 0, 1), 0.125F) << "patches lie row by row: the second is at the top right";
}

TEST(ClsAttention, NamesWhatDoesNotFit) {
    const std::vector<Tensor<4>> good(3, full<4>({2, 2, 5, 5}, 0.2F));
    probes::cls_attention.expect_error<ShapeError>({}, 0);
    std::vector<Tensor<4>> odd = good;
    odd[2] = full<4>({2, 1, 5, 5}, 0.2F);
    EXPECT_THAT(probes::cls_attention.expect_error<ShapeError>(odd, 0), testing::HasSubstr("layer 2"))
        << "the message names the layer that differs";
    probes::cls_attention.expect_error<ShapeError>(std::vector<Tensor<4>>(2, full<4>({1, 1, 5, 4}, 0.2F)), 0);
    EXPECT_THAT(
        probes::cls_attention.expect_error<ShapeError>(std::vector<Tensor<4>>(2, full<4>({1, 1, 7, 7}, 0.1F)), 0),
        testing::HasSubstr("6"))
        << "6 patches are no square, and the message says so";
    probes::cls_attention.expect_error<ShapeError>(std::vector<Tensor<4>>(1, zeros<4>({1, 1, 0, 0})), 0);
    EXPECT_THAT(probes::cls_attention.expect_error<std::out_of_range>(good, 2), testing::HasSubstr("2"))
        << "the message names the picture";
}

TEST(RangeOf, IsTheSmallestAndTheLargest) {
    const MapRange range = probes::range_of({0.25F, -3, 0.5F, 2, 0});
    EXPECT_EQ(range.lowest, -3);
    EXPECT_EQ(range.highest, 2);
    const MapRange below = probes::range_of({-2, -5, -4});
    EXPECT_EQ(below.lowest, -5);
    EXPECT_EQ(below.highest, -2) << "all numbers are negative: 0 is not among them";
    const MapRange above = probes::range_of({0.75F});
    EXPECT_EQ(above.lowest, 0.75F) << "of one number";
    EXPECT_EQ(above.highest, 0.75F) << "of one number";
    probes::range_of.expect_error<std::invalid_argument>({});
    EXPECT_THAT(probes::range_of.expect_error<std::invalid_argument>({1, 2, 3, 4, 5, 6, std::nanf(""), 0}),
                testing::HasSubstr("6"))
        << "the message names the place of NaN";
}

void expect_drawings(const std::string& family) {
    for (const Case& c : cases(family)) {
        const MapRange range{static_cast<float>(c.number("lowest")), static_cast<float>(c.number("highest"))};
        expect_close(probes::overlay(c.in<3, std::uint8_t>("photo"), c.in<2>("map"), range, c.number("opacity")), c,
                     "picture", one_step);
    }
}

TEST(Overlay, ResizesBetweenTheMiddlesOfPatches) {
    expect_drawings("4.6/resize");
}

TEST(Overlay, ScalesByTheRangeAndClampsBefore) {
    expect_drawings("4.6/scale");
}

TEST(Overlay, NoRangeAtAllIsTheLowestColour) {
    const Photo picture =
        probes::overlay(full<3, std::uint8_t>({2, 2, 3}, 90), full<2>({3, 3}, 0.25F), {0.25F, 0.25F}, 1);
    expect_shape(picture, {2, 2, 3}, "picture");
    for (std::size_t c = 0; c < 3; ++c)
        EXPECT_NEAR(picture(1, 1, c), heat_colour(0)[c], 0.51) << "a head that looks everywhere alike; channel " << c;
}

/// All grey levels in one row.
Photo all_levels() {
    Photo photo(std::array<std::size_t, 3>{1, 256, 3});
    for (std::size_t x = 0; x < 256; ++x) {
        for (std::size_t c = 0; c < 3; ++c) photo(0, x, c) = static_cast<std::uint8_t>(x);
    }
    return photo;
}

TEST(Overlay, BlendsAndRoundsToTheNearest) {
    const Photo photo = all_levels();
    const Tensor<2> highest = full<2>({2, 2}, 1.0F);
    expect_close(probes::overlay(photo, highest, {0, 1}, 0), photo, "the photo under colours of opacity 0", {});
    const std::array<double, 3> colour = heat_colour(1);
    const Photo picture = probes::overlay(photo, highest, {0, 1}, 0.3);
    expect_shape(picture, {1, 256, 3}, "picture");
    for (std::size_t x = 0; x < 256; ++x) {
        for (std::size_t c = 0; c < 3; ++c) {
            const double mixed = 0.7 * static_cast<double>(x) + 0.3 * colour[c];
            if (std::abs(mixed - std::floor(mixed) - 0.5) < 1e-3) continue;  // halfway: either is right
            ASSERT_EQ(picture(0, x, c), std::lround(mixed))
                << "0.7 of a photo's " << x << " and 0.3 of a colour's " << colour[c] << " is " << mixed
                << ", rounded to the nearest";
        }
    }
}

TEST(Overlay, WhatCannotBeDrawnIsAnError) {
    const Photo photo = full<3, std::uint8_t>({4, 4, 3}, 100);
    const Tensor<2> map = full<2>({2, 2}, 0.5F);
    probes::overlay.expect_error<ShapeError>(zeros<3, std::uint8_t>({4, 4, 1}), map, {0, 1}, 0.5);
    probes::overlay.expect_error<ShapeError>(photo, zeros<2>({0, 2}), {0, 1}, 0.5);
    for (const double opacity : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()})
        probes::overlay.expect_error<std::invalid_argument>(photo, map, {0, 1}, opacity);
    probes::overlay.expect_error<std::invalid_argument>(photo, map, {1, 0}, 0.5);
    probes::overlay.expect_error<std::invalid_argument>(photo, map, {0, std::numeric_limits<float>::infinity()}, 0.5);
    Tensor<2> dirty = map;
    dirty(1, 0) = std::nanf("");
    probes::overlay.expect_error<std::invalid_argument>(photo, dirty, {0, 1}, 0.5);
}

}  // namespace
}  // namespace wb
