/// @file
/// Exercise 5.11 another way: one tape and one thread, by the training step and the evaluation of exercise 5.6; whole buckets'
/// batches in order for validation; a word at a time for exact matches.
#include "experiment.hpp"

#include <limits>
#include <stdexcept>

#include "decoding.hpp"

namespace wb {

RunResult train_translator(const PairSplit& split, const RunOptions& options,
                           const std::function<void(std::size_t epoch, const EpochResult&)>& on_epoch) {
    if (split.train.empty() || split.validation.empty())
        throw std::invalid_argument("train_translator: pairs for training and for validation are wanted");
    if (options.batch_size < 1 || options.epochs < 1)
        throw std::invalid_argument("train_translator: batch_size and epochs are at least 1");
    Random for_model(options.seed), for_batches(options.seed + 1);
    const Translator model(options.model, for_model);
    Adam<float> optimizer(ParameterList<float>(model), {.weight_decay = options.weight_decay});
    Tape<float> tape;

    std::vector<Batch> validation;
    for (const Bucket& bucket : make_buckets(split.validation)) {
        for (std::size_t begin = 0; begin < bucket.pairs.size(); begin += options.batch_size) {
            const std::size_t count = std::min(options.batch_size, bucket.pairs.size() - begin);
            validation.push_back(make_batch(split.validation, std::span(bucket.pairs).subspan(begin, count)));
        }
    }

    RunResult result;
    double rate = options.rate, lowest = std::numeric_limits<double>::infinity();
    for (std::int64_t epoch = 0; epoch < options.epochs; ++epoch, rate *= options.rate_factor) {
        std::vector<BatchLoss> losses;
        for (const auto& numbers : epoch_batches(make_buckets(split.train), options.batch_size, for_batches))
            losses.push_back(training_step(tape, model, optimizer, make_batch(split.train, numbers), rate));
        const EpochResult now{epoch_loss(losses), epoch_loss(evaluate(model, validation))};
        if (now.validation_loss < lowest) {
            lowest = now.validation_loss;
            result.best_epoch = result.epochs.size();
            result.best = copy_weights(ParameterList<float>(model));
        }
        result.epochs.push_back(now);
        if (on_epoch) on_epoch(static_cast<std::size_t>(epoch), now);
    }
    return result;
}

double exact_match(const Translator& model, const std::vector<WordPair>& pairs) {
    if (pairs.empty()) throw std::invalid_argument("exact_match: there are no pairs");
    double right = 0;
    for (const WordPair& pair : pairs) right += translate(model, pair.source) == pair.target ? 1 : 0;
    return right / static_cast<double>(pairs.size());
}

}  // namespace wb
