/// @file
/// Judges two parts of exercise 4.9: augmentation, and the new head.
#include <algorithm>
#include <string>
#include <utility>

#include "fine_tuning_draw.hpp"
#include "fine_tuning_probes.hpp"
#include "judge/judge.hpp"
#include "trusted_training.hpp"
#include "vit_draw.hpp"

namespace wb {
namespace {

using probes::AugmentAnswer;
using probes::VitWeights;

constexpr std::pair<const char*, AugmentFlaws> mistakes[] = {
    {"the shift down is drawn before the shift to the right", {.down_first = true}},
    {"the mirror is drawn after the shifts", {.flip_last = true}},
    {"the picture is moved first, and mirrored then", {.moves_first = true}},
    {"the picture moves to the left and up where it should move to the right and down", {.moves_back = true}},
    {"the mirror turns the picture upside down", {.upside_down = true}},
    {"what leaves the picture on one side comes in on the other", {.wraps = true}},
    {"what comes in repeats the picture's edge; it is 0", {.repeats_edge = true}},
    {"all pictures are changed alike: each one has numbers of its own", {.drawn_once = true}}};

/// Asks for pictures and compares them to the pixel, and how many numbers were drawn.
void expect_augmented(const Tensor<4, std::uint8_t>& pictures, const AugmentOptions& options, std::uint64_t seed) {
    Random random(seed);
    const Tensor<4, std::uint8_t> expected = trusted_augment(pictures, options, random);
    const AugmentAnswer answer = probes::augment(pictures, options, seed);
    expect_shape(answer.pictures, {pictures.shape().begin(), pictures.shape().end()}, "augmented pictures");
    const std::string what =
        std::string(options.flip ? "flip" : "no flip") + ", shift " + std::to_string(options.shift);
    if (answer.pictures != expected) {
        std::string known;
        for (const auto& [words, flaws] : mistakes) {
            Random again(seed);
            if (answer.pictures == trusted_augment(pictures, options, again, flaws))
                known = std::string(". The pixels are those of a known mistake: ") + words;
        }
        const auto first = std::mismatch(expected.begin(), expected.end(), answer.pictures.begin());
        const auto at = static_cast<std::size_t>(first.first - expected.begin());
        const std::size_t channels = pictures.shape(3), width = pictures.shape(2), height = pictures.shape(1);
        FAIL() << what << ": picture " << at / channels / width / height << ", row " << at / channels / width % height
               << ", column " << at / channels % width << ", channel " << at % channels << " is " << int{*first.second}
               << ", expected " << int{*first.first} << known;
    }
    EXPECT_EQ(answer.next_bits, random.bits())
        << what << ": the pixels are right, but other numbers than the contract's were drawn from `random`";
}

TEST(Augment, MirrorsAndMovesToThePixel) {
    Draw draw = fine_tuning_draw();
    for (const AugmentOptions& options : {AugmentOptions{true, 0}, AugmentOptions{false, 2}, AugmentOptions{true, 3}}) {
        expect_augmented(draw_bytes({12, 7, 9, 1}, draw), options, draw.below(1000));
        expect_augmented(draw_bytes({9, 8, 6, 3}, draw), options, draw.below(1000));
    }
}

TEST(Augment, WhatComesInFromOutsideIsZero) {
    Draw draw = fine_tuning_draw();
    Tensor<4, std::uint8_t> white(std::array<std::size_t, 4>{20, 5, 4, 2}, std::uint8_t{255});
    expect_augmented(white, {.flip = false, .shift = 2}, draw.below(1000));
    expect_augmented(white, {.flip = true, .shift = 7}, draw.below(1000));  // some pictures leave as a whole
}

TEST(Augment, WhatIsOffDrawsNothing) {
    Draw draw = fine_tuning_draw();
    const Tensor<4, std::uint8_t> pictures = draw_bytes({3, 4, 5, 3}, draw);
    expect_augmented(pictures, {}, 7);
    expect_augmented(zeros<4, std::uint8_t>({0, 4, 5, 3}), {.flip = true, .shift = 1}, 7);  // no picture, no number
}

VitWeights small_model(Draw& draw) {
    const VitOptions options = small_vit(3);
    return {options, draw_parameters(oracle::vit_shapes(options), draw)};
}

/// The parameter of that name, or the end of the test.
const NamedWeights& find(const ModelWeights& weights, const std::string& name) {
    for (const NamedWeights& one : weights) {
        if (one.name == name) return one;
    }
    stop_test("the model has no parameter " + name);
}

TEST(ReplaceHead, KeepsTheBodyAndBeginsWithZeros) {
    Draw draw = fine_tuning_draw();
    const VitWeights pretrained = small_model(draw);
    for (const std::size_t classes : {5, 2, 3}) {  // 3: as many as before, and a new head nevertheless
        const VitWeights replaced = probes::replace_head(pretrained, classes, 11).replaced;
        EXPECT_EQ(replaced.options.classes, classes) << "options.classes of the new model";
        VitOptions wanted = pretrained.options;
        wanted.classes = classes;
        for (const auto& [name, shape] : oracle::vit_shapes(wanted)) {
            const NamedWeights& one = find(replaced.weights, name);
            expect_shape(one.shape, shape, name);
            if (name.starts_with("classifier")) {
                EXPECT_THAT(one.values, testing::Each(0.0F)) << name << " of the new head";
            } else {
                EXPECT_EQ(one.values, find(pretrained.weights, name).values) << name << ", which the body keeps";
            }
        }
    }
}

TEST(ReplaceHead, LeavesThePretrainedModelAlone) {
    Draw draw = fine_tuning_draw();
    const VitWeights before = small_model(draw);
    for (const std::size_t classes : {4, 3}) {
        const VitWeights after = probes::replace_head(before, classes, 3).pretrained;
        EXPECT_EQ(after.options.classes, before.options.classes) << "options.classes of the pretrained model";
        for (const NamedWeights& one : before.weights)
            EXPECT_EQ(find(after.weights, one.name).values, one.values)
                << one.name << " of the pretrained model changed when the new model's parameters did: they share it";
    }
}

TEST(ReplaceHead, AHeadHasAClass) {
    Draw draw = fine_tuning_draw();
    probes::replace_head.expect_error<std::invalid_argument>(small_model(draw), 0, 1);
}

}  // namespace
}  // namespace wb
