/// @file
/// What the judge of exercise 5.11 makes of weights that a submission has trained, by its own model.
#pragma once

#include "experiment.hpp"
#include "experiment_probes.hpp"

namespace wb {

/// The plain mean over batches of their losses, where every bucket is one batch: that is so whatever a submission's draw, as long
/// as no bucket is larger than a batch.
/// @param batch_size  ends the test when a bucket is larger
double trusted_epoch_loss(const ModelWeights& weights, const TranslatorOptions& options, const probes::WordLists& words,
                          std::size_t batch_size);

/// The share of words that the weights translate to the letter.
double trusted_exact_match(const ModelWeights& weights, const TranslatorOptions& options,
                           const probes::WordLists& words);

/// The first `count` words of a list.
probes::WordLists first_words(const probes::WordLists& words, std::size_t count);

}  // namespace wb
