/// @file
/// Judges exercise 4.1: a picture as a model takes it.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "judge/draw.hpp"
#include "judge/judge.hpp"
#include "picture_input_probes.hpp"

namespace wb {
namespace {

using Picture = Tensor<3, std::uint8_t>;

constexpr Tolerance whole_numbers{};  // copied, or computed in whole numbers

// Against Pillow: both lie within 1 of the picture without rounding (a half for each of two passes), a submission that rounds once within
// a half; so they may differ by a level, and whoever follows Pillow to the bit does not.
constexpr Tolerance one_level{.absolute = 1};

// Against the picture without rounding: a half a pass, and .01 for weights kept as whole numbers of 2^-22: 100 of them in a pass,
// each off by at most 2^-23, times 255, are .003.
constexpr Tolerance two_roundings{.absolute = 1.01};

// A level divided by 255, less the mean, is off by 1e-7 in floats, divided by .2 by 5e-7; the result, up to 5, is off by 3e-7 more.
constexpr Tolerance float_steps{.absolute = 2e-6};

std::vector<double> listed(const Case& c, const std::string& key) {
    const auto numbers = c.in<1, double>(key);
    return {numbers.begin(), numbers.end()};
}

TEST(AsRgb, RepeatsGreyAndDropsAlpha) {
    for (const Case& c : cases("4.1/pillow_convert"))
        expect_close(probes::as_rgb(c.in<3, std::uint8_t>("picture")), c, "rgb", whole_numbers);
    EXPECT_THAT(probes::as_rgb.expect_error<ShapeError>(zeros<3, std::uint8_t>({2, 3, 5})), testing::HasSubstr("5"))
        << "the message names the shape";
    probes::as_rgb.expect_error<ShapeError>(zeros<3, std::uint8_t>({2, 3, 0}));
}

TEST(AsGrey, IsTheBrightnessThatPillowComputes) {
    for (const Case& c : cases("4.1/grey"))
        expect_close(probes::as_grey(c.in<3, std::uint8_t>("picture")), c, "grey", whole_numbers);
    for (const Case& c : cases("4.1/pillow_convert"))
        expect_close(probes::as_grey(c.in<3, std::uint8_t>("picture")), c, "grey", whole_numbers);
    EXPECT_THAT(probes::as_grey.expect_error<ShapeError>(zeros<3, std::uint8_t>({2, 3, 6})), testing::HasSubstr("6"))
        << "the message names the shape";
}

/// Asks a family of questions. @return  the share of pixels that are exactly as expected
double expect_resized(const std::string& family, const Tolerance& tolerance) {
    double same = 0, pixels = 0;
    for (const Case& c : cases(family)) {
        const Picture got =
            probes::resize_bilinear(c.in<3, std::uint8_t>("picture"), static_cast<std::size_t>(c.number("new_height")),
                                    static_cast<std::size_t>(c.number("new_width")));
        expect_close(got, c, "picture", tolerance);
        const Tensor<3, double> wanted = c.expected<3>("picture");
        for (std::size_t n = 0; n < got.size(); ++n) same += got.data()[n] == wanted.data()[n] ? 1 : 0;
        pixels += static_cast<double>(got.size());
    }
    return same / pixels;
}

TEST(ResizeBilinear, ShrinksAsPillowDoes) {
    metric("shrunk_pixels_equal_to_pillow", expect_resized("4.1/pillow_shrink", one_level));
}

TEST(ResizeBilinear, EnlargesAsPillowDoes) {
    metric("enlarged_pixels_equal_to_pillow", expect_resized("4.1/pillow_enlarge", one_level));
}

TEST(ResizeBilinear, LooksAsFarAsItShrinks) {
    expect_resized("4.1/shrink", two_roundings);
}

TEST(ResizeBilinear, MixesNeighboursWhenItEnlarges) {
    expect_resized("4.1/enlarge", two_roundings);
}

TEST(ResizeBilinear, RoundsAndDoesNotCutOff) {
    // Rounding errs to both sides: a deviation of sqrt(2 / 12) a pixel at most, so of .006 for the mean of 5,000. Cutting off, once or
    // twice, makes the mean too small by .5 or 1.
    const Case c = grader::one_case("4.1/rounding/5000_levels");
    const Picture got = probes::resize_bilinear(c.in<3, std::uint8_t>("picture"), 50, 50);
    expect_shape(got, {50, 50, 2}, "picture");
    const Tensor<3, double> exact = c.expected<3>("picture");
    double difference = 0;
    for (std::size_t n = 0; n < got.size(); ++n) difference += got.data()[n] - exact.data()[n];
    EXPECT_NEAR(difference / static_cast<double>(got.size()), 0, 0.06)
        << "levels are wrong by this much on average: -.5 or -1 is what comes of cutting off in place of rounding";
}

TEST(ResizeBilinear, AWhitePictureStaysWhite) {
    const Picture white = full<3, std::uint8_t>({13, 29, 3}, 255);
    for (const auto& [height, width] : {std::pair<std::size_t, std::size_t>{7, 8}, {40, 31}, {1, 1}, {13, 90}}) {
        const Picture got = probes::resize_bilinear(white, height, width);
        expect_close(got, full<3, std::uint8_t>({height, width, 3}, 255),
                     "white, resized to " + std::to_string(height) + " x " + std::to_string(width), whole_numbers);
    }
}

TEST(ResizeBilinear, OfItsOwnSizeAPictureStaysAsItIs) {
    Draw draw(14);
    Picture picture(std::array<std::size_t, 3>{9, 14, 3});
    for (std::uint8_t& level : picture) level = static_cast<std::uint8_t>(draw.below(256));
    expect_close(probes::resize_bilinear(picture, 9, 14), picture, "a picture resized to its own size", whole_numbers);
}

TEST(ResizeBilinear, WithoutPixelsThereIsNothingToResize) {
    const Picture picture = full<3, std::uint8_t>({4, 6, 3}, 9);
    EXPECT_THAT(probes::resize_bilinear.expect_error<ShapeError>(picture, 0, 7), testing::HasSubstr("7"))
        << "the message names the sizes";
    probes::resize_bilinear.expect_error<ShapeError>(picture, 3, 0);
    probes::resize_bilinear.expect_error<ShapeError>(zeros<3, std::uint8_t>({0, 6, 3}), 2, 2);
    probes::resize_bilinear.expect_error<ShapeError>(zeros<3, std::uint8_t>({4, 0, 3}), 2, 2);
}

TEST(Normalise, ScalesLevelsAndPutsChannelsFirst) {
    for (const Case& c : cases("4.1/normalise")) {
        expect_close(
            probes::normalise(c.in<3, std::uint8_t>("picture"), listed(c, "mean"), listed(c, "standard_deviation")), c,
            "numbers", float_steps);
    }
}

TEST(Normalise, NamesWhatDoesNotFit) {
    const Picture picture = full<3, std::uint8_t>({4, 5, 3}, 100);
    const std::vector<double> halves(3, 0.5);
    EXPECT_THAT(probes::normalise.expect_error<ShapeError>(picture, {0.5}, halves),
                testing::AllOf(testing::HasSubstr("1"), testing::HasSubstr("3")))
        << "the message names how many means and how many channels there are";
    probes::normalise.expect_error<ShapeError>(picture, halves, std::vector<double>(4, 0.5));
    for (const double deviation : {0.0, -0.5, std::nan(""), std::numeric_limits<double>::infinity()}) {
        EXPECT_THAT(probes::normalise.expect_error<std::invalid_argument>(picture, halves, {0.5, 0.5, deviation}),
                    testing::HasSubstr("channel 2"))
            << "the message names the channel; its deviation is " << deviation;
    }
    probes::normalise.expect_error<std::invalid_argument>(picture, {0.5, std::nan(""), 0.5}, halves);
}

TEST(VitInput, IsWhatAnImageProcessorGives) {
    for (const Case& c : cases("4.1/pillow_whole_way")) {
        VitInputOptions options{static_cast<std::size_t>(c.number("image_size")), 0, listed(c, "mean"),
                                listed(c, "standard_deviation")};
        options.channels = options.mean.size();
        double smallest = 1;
        for (const double deviation : options.standard_deviation) smallest = std::min(smallest, deviation);
        // A level more or less, after the division by 255 and the deviation.
        expect_close(probes::vit_input(c.in<3, std::uint8_t>("picture"), options), c, "pixels",
                     {.absolute = 1 / (255 * smallest) + 2e-6});
    }
}

TEST(VitInput, DefaultsAreThoseOfThePretrainedModel) {
    const Tensor<4> pixels = probes::vit_input(full<3, std::uint8_t>({3, 2, 4}, 255), {});
    expect_close(pixels, full<4>({1, 3, 224, 224}, 1), "white, for google/vit-base-patch16-224", float_steps);
    EXPECT_THAT(probes::vit_input.expect_error<std::invalid_argument>(full<3, std::uint8_t>({3, 2, 3}, 9),
                                                                      {4, 2, {0.5, 0.5}, {0.5, 0.5}}),
                testing::HasSubstr("2"))
        << "no model takes two channels; the message says what was asked for";
    probes::vit_input.expect_error<ShapeError>(full<3, std::uint8_t>({3, 2, 3}, 9), {4, 1, {0.5, 0.5}, {0.5, 0.5}});
    probes::vit_input.expect_error<ShapeError>(full<3, std::uint8_t>({3, 2, 3}, 9), {0, 3});
}

}  // namespace
}  // namespace wb
