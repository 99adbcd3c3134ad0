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
// SOLUTION BEGIN 5.11 removed
namespace {

/// Pieces of a batch, each on a thread of its own. Fixed: their number decides how sums are rounded.
constexpr std::size_t num_shards = 4;

/// What DataParallel asks for: the mean loss of some rows of a batch, and over how many tokens it is taken.
DataParallel<float>::LossFunction loss_of(const Translator& model, const Batch& batch) {
    return [&model, &batch](Tape<float>& tape, const Shard& shard) {
        const Batch rows = batch_rows(batch, shard.begin, shard.end);
        return ShardLoss<float>{translation_loss(tape, model, rows), static_cast<double>(rows.target.size())};
    };
}

/// The pairs' batches in a random order.
std::vector<Batch> draw_batches(const std::vector<WordPair>& pairs, const std::vector<Bucket>& buckets,
                                std::size_t batch_size, Random& random) {
    std::vector<Batch> batches;
    for (const std::vector<std::size_t>& numbers : epoch_batches(buckets, batch_size, random))
        batches.push_back(make_batch(pairs, numbers));
    return batches;
}

void check(const PairSplit& split, const RunOptions& options) {
    if (split.train.empty()) throw std::invalid_argument("train_translator: no pairs to train on");
    if (split.validation.empty()) throw std::invalid_argument("train_translator: no pairs for validation");
    if (options.batch_size == 0)
        throw std::invalid_argument("train_translator: a batch_size of 0; a batch has at least 1 pair");
    if (options.epochs < 1)
        throw std::invalid_argument("train_translator: " + std::to_string(options.epochs) +
                                    " epochs; a run has at least 1");
}

}  // namespace
// SOLUTION END

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
    // SOLUTION BEGIN 5.11
    check(split, options);
    Random random(options.seed);
    const Translator model(options.model, random);
    const ParameterList<float> parameters(model);
    Adam<float> optimizer(parameters, {.weight_decay = options.weight_decay});
    DataParallel<float> parallel(parameters, num_shards);

    const std::vector<Batch> validation =
        draw_batches(split.validation, make_buckets(split.validation), options.batch_size, random);
    const std::vector<Bucket> buckets = make_buckets(split.train);
    RunResult result;
    for (std::int64_t epoch = 0; epoch < options.epochs; ++epoch) {
        const double rate = exponential_rate(options.rate, options.rate_factor, epoch);
        std::vector<BatchLoss> train_losses, validation_losses;
        for (const Batch& batch : draw_batches(split.train, buckets, options.batch_size, random)) {
            const double loss =
                training_step(parallel, optimizer, batch.source.shape(0), loss_of(model, batch), {.rate = rate});
            train_losses.push_back({loss, batch.target.size()});
        }
        for (const Batch& batch : validation) {
            const double loss = parallel.evaluate(batch.source.shape(0), loss_of(model, batch));
            validation_losses.push_back({loss, batch.target.size()});
        }
        const EpochResult& now =
            result.epochs.emplace_back(EpochResult{epoch_loss(train_losses), epoch_loss(validation_losses)});
        if (epoch == 0 || now.validation_loss < result.epochs[result.best_epoch].validation_loss) {
            result.best_epoch = static_cast<std::size_t>(epoch);
            result.best = copy_weights(parameters);
        }
        if (on_epoch) on_epoch(static_cast<std::size_t>(epoch), now);
    }
    return result;
    // SOLUTION END
}

// TODO(5.11): the number that nobody reports.
//   Start:    translate_all of exercise 5.7.
//   Ask:      a word of nine letters with eight of them right: how much is that worth here? And in the loss?
double exact_match(const Translator& model, const std::vector<WordPair>& pairs) {
    // SOLUTION BEGIN 5.11
    if (pairs.empty()) throw std::invalid_argument("exact_match: without pairs there is no share");
    std::vector<std::string> words;
    for (const WordPair& pair : pairs) words.push_back(pair.source);
    const std::vector<std::string> translations = translate_all(model, words);
    std::size_t right = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) right += translations[i] == pairs[i].target ? 1 : 0;
    return static_cast<double>(right) / static_cast<double>(pairs.size());
    // SOLUTION END
}

}  // namespace wb
