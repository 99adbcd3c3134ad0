/// @file
/// Writes the cases of exercise 4.1 that Pillow's answers (tests/goldens/04_vit) do not cover: of random sizes, and with mistakes.
/// Families:
///
///     grey     colours to brightness             normalise  levels to numbers
///     shrink   fewer pixels along both axes      enlarge    more pixels along both axes
///     rounding  levels enough for a mean that tells rounding from cutting off
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "picture_oracle.hpp"

namespace wb {
namespace {

using Picture = Tensor<3, std::uint8_t>;
using oracle::NormaliseWay;
using oracle::ResizeWay;

Picture draw_picture(Draw& draw, const std::array<std::size_t, 3>& shape) {
    Picture picture(shape);
    for (std::uint8_t& level : picture) level = static_cast<std::uint8_t>(draw.below(256));
    return picture;
}

/// [height, width, 1] of a brightness for each pixel.
Tensor<3, double> brightness(const Picture& picture, const std::function<std::int64_t(const std::uint8_t*)>& of) {
    Tensor<3, double> result(std::array<std::size_t, 3>{picture.shape(0), picture.shape(1), 1});
    for (std::size_t n = 0; n < result.size(); ++n)
        result.data()[n] = static_cast<double>(of(picture.data() + n * picture.shape(2)));
    return result;
}

void write_grey(Draw& draw, std::size_t channels) {
    const Picture picture = draw_picture(draw, {20, 30, channels});
    CaseWriter writer("4.1/grey", shape_name({{"channels", channels}}));
    writer.in("picture", picture);
    using Pixel = const std::uint8_t*;
    writer.expected("grey", brightness(picture, [](Pixel p) {
                        return (19595LL * p[0] + 38470LL * p[1] + 7471LL * p[2] + 32768) / 65536;
                    }));
    writer.mistake("the plain mean of the three channels", "grey",
                   brightness(picture, [](Pixel p) { return (p[0] + p[1] + p[2]) / 3; }));
    writer.mistake("weights for blue, green, red; red comes first", "grey", brightness(picture, [](Pixel p) {
                       return (19595LL * p[2] + 38470LL * p[1] + 7471LL * p[0] + 32768) / 65536;
                   }));
    writer.mistake("a brightness cut off, not rounded: 32768 is a half", "grey", brightness(picture, [](Pixel p) {
                       return (19595LL * p[0] + 38470LL * p[1] + 7471LL * p[2]) / 65536;
                   }));
    writer.mistake("the red channel", "grey", brightness(picture, [](Pixel p) { return p[0]; }));
}

const std::vector<std::pair<ResizeWay, std::string>> resize_mistakes = {
    {ResizeWay::nearest, "the nearest old pixel; each new one is a weighted mean"},
    {ResizeWay::not_wider,
     "two old pixels along each axis, as other libraries take them; when shrinking, the triangle is as wide as the "
     "scale, so "
     "that no old pixel goes unseen"},
    {ResizeWay::corners_aligned,
     "a picture whose corner pixels' middles lie on the old ones' (align_corners); its edges do"},
    {ResizeWay::halves_forgotten, "a picture moved by a part of a pixel: pixel i has its middle at i + 0.5"},
    {ResizeWay::whole_triangle,
     "weights divided by the sum of a whole triangle; at the edges a part of it lies outside, and the weights sum to "
     "less"},
    {ResizeWay::box, "the plain mean of what lies within reach; the weights fall off as a triangle"}};

void write_resize(Draw& draw, const std::string& family, const std::array<std::size_t, 3>& from, std::size_t height,
                  std::size_t width) {
    const Picture picture = draw_picture(draw, from);
    CaseWriter writer("4.1/" + family, shape_name({{"height", from[0]}, {"width", from[1]}, {"channels", from[2]}}) +
                                           "_to" + std::to_string(height) + "x" + std::to_string(width));
    writer.in("picture", picture);
    writer.number("new_height", static_cast<double>(height)).number("new_width", static_cast<double>(width));
    writer.expected("picture", oracle::resized(picture, height, width));
    for (const auto& [way, words] : resize_mistakes)
        writer.mistake(words, "picture", oracle::resized(picture, height, width, way));
}

const std::vector<std::pair<NormaliseWay, std::string>> normalise_mistakes = {
    {NormaliseWay::by_256, "levels divided by 256; the largest level is 255"},
    {NormaliseWay::mean_first, "the mean taken off before the division by 255; it is a mean of levels divided by 255"},
    {NormaliseWay::not_by_255, "levels that were not divided by 255"},
    {NormaliseWay::variance, "numbers divided by the deviation squared"},
    {NormaliseWay::no_mean, "numbers without the mean taken off"},
    {NormaliseWay::blue_first, "channels in the opposite order (BGR)"},
    {NormaliseWay::channels_interleaved,
     "channels side by side in memory, as the picture has them; all of channel 0 comes first"}};

void write_normalise(Draw& draw, const std::array<std::size_t, 3>& shape) {
    const Picture picture = draw_picture(draw, shape);
    Tensor<1, double> means(std::array<std::size_t, 1>{shape[2]}), deviations = means;
    for (std::size_t c = 0; c < shape[2]; ++c) {
        means(c) = 0.3 + 0.01 * static_cast<double>(draw.below(40));
        deviations(c) = 0.2 + 0.01 * static_cast<double>(draw.below(30));
    }
    const auto numbers = [&](NormaliseWay way) {
        return oracle::normalised(picture, {means.begin(), means.end()}, {deviations.begin(), deviations.end()}, way);
    };
    CaseWriter writer("4.1/normalise", shape_name({{"height", shape[0]}, {"width", shape[1]}, {"channels", shape[2]}}));
    writer.in("picture", picture).in("mean", means).in("standard_deviation", deviations);
    writer.expected("numbers", numbers(NormaliseWay::right));
    for (const auto& [way, words] : normalise_mistakes) writer.mistake(words, "numbers", numbers(way));
}

void write_rounding() {
    Draw draw(41);
    const Picture picture = draw_picture(draw, {90, 70, 2});
    CaseWriter writer("4.1/rounding", "5000_levels");
    writer.in("picture", picture).expected("picture", oracle::resized(picture, 50, 50));
}

WB_CASES(picture_input) {
    Draw draw(seed + 41);
    write_grey(draw, 3);
    write_grey(draw, 4);
    write_resize(draw, "shrink", {60 + draw.below(40), 60 + draw.below(40), 3}, 20, 15);
    write_resize(draw, "shrink", {30 + draw.below(20), 90 + draw.below(20), 1}, 14 + draw.below(10), 14);
    write_resize(draw, "shrink", {16, 24, 2}, 8, 8);
    write_resize(draw, "enlarge", {4 + draw.below(4), 5 + draw.below(4), 3}, 17 + draw.below(8), 19);
    write_resize(draw, "enlarge", {12, 9, 1}, 24, 10);
    write_normalise(draw, {6, 9, 3});
    write_normalise(draw, {5, 5, 1});
    write_normalise(draw, {4, 7, 4});
    write_rounding();
}

}  // namespace
}  // namespace wb
