/// @file
/// Random pictures, small models and short runs for the tests of exercise 4.9.
#pragma once

#include <array>
#include <cstdint>

#include "fine_tuning_probes.hpp"
#include "judge/case.hpp"
#include "judge/draw.hpp"
#include "vit_draw.hpp"

namespace wb {

/// The draw of the grader's seed.
inline Draw fine_tuning_draw() {
    return Draw(static_cast<std::uint64_t>(grader::one_case("4.9/seeds/first").number("seed")));
}

inline Tensor<4, std::uint8_t> draw_bytes(const std::array<std::size_t, 4>& shape, Draw& draw) {
    Tensor<4, std::uint8_t> bytes(shape);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(draw.below(256));
    return bytes;
}

/// A model of some 900 parameters for pictures of 8 x 8 pixels and two channels.
inline VitOptions small_vit(std::size_t classes) {
    return {.image_size = 8,
            .channels = 2,
            .patch_size = 4,
            .hidden = 8,
            .layers = 1,
            .heads = 2,
            .mlp = 12,
            .classes = classes,
            .layer_norm_epsilon = 1e-6};
}

/// Noise with labels that mean nothing: a model can learn them by heart and no other way.
inline probes::Pictures draw_pictures(std::size_t count, std::size_t classes, Draw& draw) {
    probes::Pictures pictures{draw_bytes({count, 8, 8, 2}, draw), {}};
    for (std::size_t n = 0; n < count; ++n) pictures.labels.push_back(static_cast<int>(draw.below(classes)));
    return pictures;
}

/// Three epochs of three steps each, the last one smaller: 11 pictures in batches of 4. No augmentation.
inline probes::TrainQuestion small_run(Draw& draw) {
    const VitOptions model = small_vit(3);
    TrainOptions options;
    options.batch_size = 4;
    options.epochs = 3;
    options.rate = 0.01;
    options.seed = draw.below(1000);
    options.mean = {0.3F, 0.6F};
    options.std = {0.25F, 0.4F};
    return {.model = {model, draw_parameters(vit_shapes(model), draw)},
            .train = draw_pictures(11, 3, draw),
            .validation = draw_pictures(7, 3, draw),
            .options = options};
}

/// The same with mirrors and shifts, and a rate of 0: nothing moves but the pictures.
inline probes::TrainQuestion augmented_run(Draw& draw) {
    probes::TrainQuestion question = small_run(draw);
    question.options.rate = 0;
    question.options.augment = {.flip = true, .shift = 2};
    question.options.seed = draw.below(1000);
    return question;
}

}  // namespace wb
