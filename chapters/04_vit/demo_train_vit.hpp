/// @file
/// Training of a vision transformer that can be interrupted: a checkpoint after every epoch, a table, a curve, a progress bar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "fine_tuning.hpp"
#include "vit.hpp"
#include "wb/labelled_pictures.hpp"

namespace wb::demo {

/// How a model is trained from scratch. A rate that rises and falls, small moves of the pictures, and weight decay: what a model
/// that knows nothing of pictures, not even which pixels are neighbours, needs to do well with 60,000 of them.
struct VitRecipe {
    VitOptions model{.image_size = 28,
                     .channels = 1,
                     .patch_size = 4,
                     .hidden = 64,
                     .layers = 4,
                     .heads = 4,
                     .mlp = 128,
                     .classes = 10,
                     .layer_norm_epsilon = 1e-6};
    std::size_t batch_size = 128;
    std::int64_t epochs = 24;
    double rate = 1e-3;                                ///< the highest
    double warm_up = 0.1;                              ///< share of the steps in which the rate rises
    double weight_decay = 0.05;                        ///<
    double clip_norm = 1;                              ///<
    AugmentOptions augment{.flip = true, .shift = 1};  ///<
    std::uint64_t seed = 1;                            ///< of parameters, order and augmentation
};

/// Where a run leaves its files: checkpoint.safetensors, log.csv, curves.png, and the model in Hugging Face's layout.
struct VitRunFolder {
    std::filesystem::path path;
    bool fresh = false;  ///< begin anew, even where a checkpoint lies
};

/// Trains, or goes on where a run that was interrupted had got to: it then ends with the same numbers, to the bit. The test
/// pictures are looked at after each epoch and choose nothing: the model is that of the last epoch.
/// @return the share of the test pictures that the trained model gets right
/// @throws Error when the folder's checkpoint is of another recipe or other pictures
double train_from_scratch(const LabelledPictures& train, const LabelledPictures& test, const VitRecipe& recipe,
                          const VitRunFolder& folder);

}  // namespace wb::demo
