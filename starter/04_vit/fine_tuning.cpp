/// @file
/// Exercise 4.9: training, and fine-tuning. The contract is chapters/04_vit/fine_tuning.hpp.
#include "fine_tuning.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string>

#include "wb/autograd/losses.hpp"
#include "wb/training/data_parallel.hpp"
#include "wb/training/schedule.hpp"
#include "wb/training/training_step.hpp"

namespace wb {

// TODO(4.9): a picture that shows the same, in other pixels.
//   Start:    for each picture draw the numbers in the contract's order, then fill the result pixel by pixel: for each one ask
//             where it comes from.
//   Ask:      a picture moves 2 to the right. Which column of the old picture does column 5 of the new one show? And when it has
//             been mirrored before?
//   Traps:    an option that is off draws nothing. std::size_t has no -1: compute places as signed numbers. Channels lie side by
//             side and stay together.
Tensor<4, std::uint8_t> augment(const Tensor<4, std::uint8_t>& pictures, const AugmentOptions& options,
                                Random& random) {
    throw wb::NotImplemented("4.9");
}

// TODO(4.9): another last layer on the same body.
//   Start:    make a model of the pretrained one's options but for `classes`; its parameters have the same names, one by one.
//   Ask:      with a classifier of zeros, what is the loss of the first batch, whatever the picture? Through which matrix does the
//             body's gradient come, and how much of it arrives in the first step?
//   Traps:    `VisionTransformer copy = pretrained;` shares every parameter: fine-tuning it would change the pretrained model.
//             Copy numbers (`value`), not pointers. The classifier's shapes differ: leave them out.
VisionTransformer replace_head(const VisionTransformer& pretrained, std::size_t classes, Random& random) {
    throw wb::NotImplemented("4.9");
}

// TODO(4.9): a whole run.
//   Start:    check all arguments. ParameterList, Adam and DataParallel (8 shards) of the model; Random of options.seed. For each
//             epoch an order; for each batch: its pictures, augmented, a training_step with a loss function that normalises a
//             *shard*'s pictures, asks the model, and takes cross_entropy; its weight is the shard's number of pictures. Then the
//             validation pictures through DataParallel::evaluate with the same loss function, which also counts what is right.
//   Ask:      which numbers may depend on the number of threads, and why none, if every random number is drawn before a batch
//             is cut into shards? What would a picture of validation, augmented, measure?
//   Traps:    the best epoch's parameters have to be *copied* (copy_weights): the model goes on training. Warm-up counts steps,
//             not epochs. Shards run at once: each writes only to its own places. A mean of batches is not a mean of pictures
//             when the last batch is small.
TrainResult train_vit(const VisionTransformer& model, const LabelledPictures& train, const LabelledPictures& validation,
                      const TrainOptions& options,
                      const std::function<void(std::size_t epoch, const TrainEpoch&)>& on_epoch) {
    throw wb::NotImplemented("4.9");
}

}  // namespace wb
