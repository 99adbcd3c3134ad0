/// @file
/// Exercise 4.9: training, and fine-tuning. A model that has learnt to see on many pictures is given a new last layer, and trained
/// on with a few pictures of another kind.
///
///     for each epoch:  for each batch, in this epoch's order:  augment its pictures, normalise them, a step of AdamW at
///                                                              cosine_rate(rate, step, steps of the run, warm_up_steps)
///                      validation loss and accuracy, on pictures as they are
///     the result is the model of the epoch with the highest validation accuracy
///
/// Source: Dosovitskiy et al. 2021, section 3.2 and appendix B.1; Loshchilov and Hutter 2019 (AdamW).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>
#include <vector>

#include "vit.hpp"
#include "wb/labelled_pictures.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/random.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// What may happen to a picture in training without changing what it shows. The defaults do nothing.
struct AugmentOptions {
    bool flip = false;      ///< left and right are exchanged, with probability 1/2
    std::size_t shift = 0;  ///< the picture moves by up to this many pixels, along each axis
};

/// The members, in wire order.
inline auto fields(AugmentOptions& options) {
    return std::tie(options.flip, options.shift);
}

/// Pictures, each changed at random: first mirrored, then moved. What comes in from outside is 0.
///
/// For each picture, from the first to the last, these numbers are drawn, in this order:
///
///     if flip:       random.below(2)                  1: mirrored
///     if shift > 0:  random.below(2 * shift + 1)      less shift: right, by how many pixels (negative: to the left)
///                    random.below(2 * shift + 1)      less shift: down, by how many pixels (negative: up)
///
/// so that a picture whose top left pixel is p has p in row `down` and column `right` (if that is inside).
/// @param pictures  [count, height, width, channels]
/// @return          of the same shape
Tensor<4, std::uint8_t> augment(const Tensor<4, std::uint8_t>& pictures, const AugmentOptions& options, Random& random);

/// A model for other classes that begins where `pretrained` has got to: a copy of its parameters, which shares none with it (a
/// copied *module* would), but for a new classifier of zeros, weight and bias. So every class is equally likely at first, and the
/// first step, in which no gradient passes through a weight of 0, moves nothing but the classifier: the body is spared the large
/// random gradients that a random one would send it.
/// @param classes  of the new head, at least 1
/// @param random   a model draws its parameters when it is made, before they are replaced
/// @throws std::invalid_argument for 0 classes
VisionTransformer replace_head(const VisionTransformer& pretrained, std::size_t classes, Random& random);

/// How a vision transformer is trained.
struct TrainOptions {
    std::size_t batch_size = 64;     ///< the last batch of an epoch may be smaller
    std::int64_t epochs = 10;        ///< rounds through all pictures
    double rate = 1e-3;              ///< the highest
    std::int64_t warm_up_steps = 0;  ///< in which the rate rises; then it falls along half a cosine
    double weight_decay = 0.05;      ///< AdamW's: of what has `decay`, not of biases and norms
    double clip_norm = 1;            ///< the largest norm of all gradients together
    AugmentOptions augment;          ///< of pictures in training
    std::uint64_t seed = 1;          ///< of the order of pictures, and of their augmentation
    std::vector<float> mean;         ///< [channels], of a channel's numbers / 255
    std::vector<float> std;          ///< [channels], their deviation, above 0
};

/// The members, in wire order.
inline auto fields(TrainOptions& options) {
    return std::tie(options.batch_size, options.epochs, options.rate, options.warm_up_steps, options.weight_decay,
                    options.clip_norm, options.augment, options.seed, options.mean, options.std);
}

/// What an epoch came to. Means over pictures.
struct TrainEpoch {
    double train_loss = 0;       ///< of augmented pictures, each before its batch's step
    double validation_loss = 0;  ///< after the epoch
    double validation_accuracy =
        0;  ///< the share whose largest logit is their label's; of equals the lowest class counts
};

/// The members, in wire order.
inline auto fields(TrainEpoch& epoch) {
    return std::tie(epoch.train_loss, epoch.validation_loss, epoch.validation_accuracy);
}

/// What a run came to.
struct TrainResult {
    std::vector<TrainEpoch> epochs;  ///< in order
    std::size_t best_epoch =
        0;              ///< from 0: highest accuracy in validation; of equals the lower loss; of equals the first
    ModelWeights best;  ///< the parameters after that epoch
};

/// The members, in wire order.
inline auto fields(TrainResult& result) {
    return std::tie(result.epochs, result.best_epoch, result.best);
}

/// Trains a model, from where it is: a fresh one from scratch, one with a replaced head by fine-tuning. Both are this.
///
/// Pixels are (v / 255 - mean) / std of their channel. A Random of options.seed draws, for each epoch, the order of the training
/// pictures (random.permutation), and then, batch after batch, their augmentation (a batch's pictures in its order, all at once).
/// The rate of step s, from 0, is cosine_rate(rate, s, epochs * batches of an epoch, warm_up_steps). Each batch is cut into 8
/// shards (wb::DataParallel): the same options give the same run, to the bit, on any number of threads. What is in `validation` is
/// never trained on, never augmented, and chooses the epoch.
/// @param model     trained in place: afterwards its parameters are the last step's. The best epoch's are in the result
/// @param on_epoch  called after each epoch, with its number from 0; may be empty
/// @throws std::invalid_argument before the first step, naming what is wrong: a part without pictures, or with not as many labels;
///         pictures that are not [count, image_size, image_size, channels]; a label that is no class of the model; a batch_size of
///         0; epochs < 1; warm_up_steps outside 0 .. steps of the run; a rate or weight_decay that is negative or not finite; a
///         clip_norm that is not above 0; mean or std that has not one number a channel; a std that is not above 0
/// @throws Error as wb::training_step does, when a loss is not finite
TrainResult train_vit(const VisionTransformer& model, const LabelledPictures& train, const LabelledPictures& validation,
                      const TrainOptions& options,
                      const std::function<void(std::size_t epoch, const TrainEpoch&)>& on_epoch = {});

}  // namespace wb
