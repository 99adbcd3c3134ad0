/// @file
/// Exercise 5.11: whole training runs. The contract is chapters/05_pig_latin/experiment.hpp.
#include "experiment.hpp"

#include <stdexcept>

#include "batch_rows.hpp"
#include "decoding.hpp"
#include "wb/training/data_parallel.hpp"
#include "wb/training/schedule.hpp"
#include "wb/training/training_step.hpp"

namespace wb {

// TODO(5.11): a whole run.
//   Start:    check the arguments; draw the model from Random(options.seed); Adam and DataParallel take its ParameterList;
//             draw the validation batches once. Then epochs, as in experiment.hpp's first lines. DataParallel wants a
//             function that makes the loss of a *shard*, rows shard.begin .. shard.end - 1 of a batch: batch_rows cuts them
//             out, and translation_loss does the rest. A shard's weight is the number of its target tokens.
//   Ask:      which of these may differ between two runs with the same options: batches, parameters, threads, losses? Which
//             part of a run has seen the validation words when it is over? (One number: which epoch.)
//   Traps:    the best epoch's parameters have to be *copied*: a copy of the model shares them, and goes on training. Two
//             epochs equally good: the first. A validation set that is cut anew each epoch gives losses that differ by
//             luck. rate_factor^epoch, not ^step, and epoch 0 has the rate itself.
RunResult train_translator(const PairSplit& split, const RunOptions& options,
                           const std::function<void(std::size_t epoch, const EpochResult&)>& on_epoch) {
    throw wb::NotImplemented("5.11");
}

// TODO(5.11): the number that nobody reports.
//   Start:    translate_all of exercise 5.7.
//   Ask:      a word of nine letters with eight of them right: how much is that worth here? And in the loss?
double exact_match(const Translator& model, const std::vector<WordPair>& pairs) {
    throw wb::NotImplemented("5.11");
}

}  // namespace wb
