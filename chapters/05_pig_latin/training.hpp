/// @file
/// Exercise 5.6: the loss of a batch, and one step of training.
///
///     loss = mean over the batch's target tokens of -log softmax(logits)[target]
///     backward: d loss / d every parameter          Adam: a step against it
///
/// Training is this step some thousand times. Exercise 5.11 does so.
#pragma once

#include <vector>

#include "batches.hpp"
#include "translator.hpp"
#include "wb/training/adam.hpp"

namespace wb {

/// The mean cross-entropy of a batch's target tokens, EOS included, on `tape`: each place of decoder_input is asked for the
/// token of `target` at the same place.
/// @return  [], a single number
Var<float> translation_loss(Tape<float>& tape, const Translator& model, const Batch& batch);

/// One step: forward, backward, Adam. Gradients that others have left in the parameters do not count.
/// @param tape       of earlier steps: it is reset first, and its memory is used again
/// @param optimizer  of the model's parameters
/// @param rate       the learning rate
/// @return           the batch's loss *before* the step, and how many target tokens it is the mean of
/// @throws Error when the loss is not finite ("training: the loss of step 17 is nan ..": the step counts from 1); then no
///         parameter was changed, and the optimizer has not stepped
BatchLoss training_step(Tape<float>& tape, const Translator& model, Adam<float>& optimizer, const Batch& batch,
                        double rate);

/// The losses of batches, without training: nothing is written down for a backward pass, no parameter and no gradient changes.
/// @return  one entry for each batch, in their order
std::vector<BatchLoss> evaluate(const Translator& model, const std::vector<Batch>& batches);

}  // namespace wb
