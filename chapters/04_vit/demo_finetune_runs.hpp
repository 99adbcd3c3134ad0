/// @file
/// What pretraining is worth: a model that has seen five classes of Fashion-MNIST by the thousand learns the other five from a
/// hundred pictures each, beside one that begins from nothing, with the same pictures and the same options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <vector>

#include "fine_tuning.hpp"
#include "wb/labelled_pictures.hpp"

namespace wb::demo {

/// The experiment. The body's file in tests/04_vit was made with these numbers.
struct FineTuneOptions {
    VitOptions model{.image_size = 28,
                     .channels = 1,
                     .patch_size = 4,
                     .hidden = 48,
                     .layers = 3,
                     .heads = 3,
                     .mlp = 96,
                     .classes = 5,
                     .layer_norm_epsilon = 1e-6};
    std::vector<int> first{0, 1, 2, 3, 4};   ///< classes to pretrain on
    std::vector<int> second{5, 6, 7, 8, 9};  ///< classes to fine-tune to
    std::size_t per_class = 100;             ///< pictures in training
    std::size_t validation_per_class = 40;   ///< which choose the epoch
    std::uint64_t seeds = 5;                 ///< draws of pictures, parameters, order and augmentation
    TrainOptions pretrain;                   ///<
    TrainOptions tune;                       ///< of both kinds of runs
    FineTuneOptions();
};

/// Pictures of some classes, in a random order; a picture's new label is its class's place in `classes`.
/// @param skip, count  of each class, this many are left out, and then this many taken (fewer where there are no more)
LabelledPictures pictures_of(const LabelledPictures& all, const std::vector<int>& classes, std::size_t skip,
                             std::size_t count, std::uint64_t seed);

/// Trains the body on the first classes, telling of each epoch; the best epoch's parameters are in the file then.
void pretrain(std::ostream& out, const LabelledPictures& train, const LabelledPictures& test,
              const FineTuneOptions& options, const std::filesystem::path& file);

/// Makes the runs and prints a row for each seed, then means and deviations.
/// @param file     the pretrained body
/// @param picture  curves: mean accuracy in validation over epochs
void compare_runs(std::ostream& out, const LabelledPictures& train, const LabelledPictures& test,
                  const FineTuneOptions& options, const std::filesystem::path& file,
                  const std::filesystem::path& picture);

}  // namespace wb::demo
