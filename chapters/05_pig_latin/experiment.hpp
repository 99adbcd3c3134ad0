/// @file
/// Exercise 5.11: whole training runs, and the four of the source course.
///
///     for each epoch:  rate = first_rate * 0.99^epoch
///                      for each batch, in this epoch's order: a step
///                      validation loss: the mean over validation batches
///     the result is the model of the epoch with the lowest validation loss
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "training.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/word_split.hpp"

namespace wb {

/// What a run does.
struct RunOptions {
    TranslatorOptions model;      ///< the model's shape
    std::size_t batch_size = 64;  ///< words of a step
    std::int64_t epochs = 100;    ///< rounds through all words
    double rate = 5e-4;           ///< of epoch 0
    double rate_factor = 0.99;    ///< each epoch's rate is the last one's times this
    double weight_decay = 0;      ///< AdamW's
    std::uint64_t seed = 1;       ///< of parameters and of the batches' order
};

/// The members, in wire order.
inline auto fields(RunOptions& options) {
    return std::tie(options.model, options.batch_size, options.epochs, options.rate, options.rate_factor,
                    options.weight_decay, options.seed);
}

/// What an epoch came to.
struct EpochResult {
    double train_loss = 0;       ///< mean over the epoch's batches, each before its step
    double validation_loss = 0;  ///< mean over the validation batches, after the epoch
};

/// The members, in wire order.
inline auto fields(EpochResult& result) {
    return std::tie(result.train_loss, result.validation_loss);
}

/// What a run came to.
struct RunResult {
    std::vector<EpochResult> epochs;  ///< in order
    std::size_t best_epoch = 0;       ///< from 0: the first with the lowest validation loss
    ModelWeights best;                ///< the parameters after that epoch
};

/// The members, in wire order.
inline auto fields(RunResult& result) {
    return std::tie(result.epochs, result.best_epoch, result.best);
}

/// Trains a translator. Splits no words of its own: what is in `split.validation` is never trained on, and chooses the epoch.
/// Its batches, of batch_size like the others, are drawn once: a loss that moves because another word is alone in its batch
/// says nothing about the model. The same options give the same run, to the bit, on any number of threads.
/// @param on_epoch  called after each epoch, with its number from 0; may be empty
/// @throws std::invalid_argument for a part without pairs, a batch_size of 0, or epochs < 1; Error as training_step does
RunResult train_translator(const PairSplit& split, const RunOptions& options,
                           const std::function<void(std::size_t epoch, const EpochResult&)>& on_epoch = {});

/// The share of pairs that a model translates to the letter, by greedy decoding.
/// @throws std::invalid_argument without pairs
double exact_match(const Translator& model, const std::vector<WordPair>& pairs);

}  // namespace wb
