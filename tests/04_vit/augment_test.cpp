/// @file
/// Judges two parts of exercise 4.9: augmentation, and the new head.
#include <cstddef>
#include <cstdint>
#include <string>

#include "fine_tuning_draw.hpp"
#include "fine_tuning_probes.hpp"
#include "judge/judge.hpp"
#include "vit_draw.hpp"
#include "wb/random.hpp"

namespace wb {
namespace {

using probes::AugmentAnswer;
using probes::VitWeights;

/// Compares pictures to the pixel, and how many numbers were drawn for them.
void expect_augmented(const std::string& family) {
    for (const Case& c : cases(family)) {
        const AugmentAnswer answer = probes::augment(
            c.in<4, std::uint8_t>("pictures"), {c.number("flip") != 0, static_cast<std::size_t>(c.number("shift"))},
            static_cast<std::uint64_t>(c.number("seed")));
        expect_close(answer.pictures, c, "pictures", {});
        if (testing::Test::HasFailure()) return;
        EXPECT_EQ(std::to_string(answer.next_bits), c.text("next_bits"))
            << c.name() << ": the pixels are right, but other numbers than the contract's were drawn from `random`";
    }
}

TEST(Augment, MirrorsAndMovesToThePixel) {
    expect_augmented("4.9/augment");
}

TEST(Augment, WhatComesInFromOutsideIsZero) {
    expect_augmented("4.9/augment_white");
}

TEST(Augment, WhatIsOffDrawsNothing) {
    Draw draw = fine_tuning_draw();
    const Tensor<4, std::uint8_t> pictures = draw_bytes({3, 4, 5, 3}, draw);
    const AugmentAnswer off = probes::augment(pictures, {}, 7);
    expect_close(off.pictures, pictures, "pictures with nothing switched on, and the same as they were", {});
    EXPECT_EQ(off.next_bits, Random(7).bits()) << "nothing switched on, and yet `random` was asked";
    const AugmentAnswer none = probes::augment(zeros<4, std::uint8_t>({0, 4, 5, 3}), {.flip = true, .shift = 1}, 7);
    expect_shape(none.pictures, {0, 4, 5, 3}, "no pictures, augmented");
    EXPECT_EQ(none.next_bits, Random(7).bits()) << "no pictures, and yet `random` was asked";
}

VitWeights small_model(Draw& draw) {
    const VitOptions options = small_vit(3);
    return {options, draw_parameters(vit_shapes(options), draw)};
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
        for (const auto& [name, shape] : vit_shapes(wanted)) {
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
