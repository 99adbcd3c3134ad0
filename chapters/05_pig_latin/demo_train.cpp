#include "demo_train.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "batch_rows.hpp"
#include "demo_translator_file.hpp"
#include "training.hpp"
#include "wb/errors.hpp"
#include "wb/training/training.hpp"

namespace wb::demo {
namespace {

/// Everything that makes a run what it is: a checkpoint with other numbers belongs to another run.
std::map<std::string, double> numbers_of(const Recipe& recipe, const PairSplit& split) {
    double letters = 0;  // a cheap sum over the words: other words, most likely another sum
    for (const WordPair& pair : split.train) {
        for (const char c : pair.source + pair.target) letters = std::fmod(letters * 31 + static_cast<double>(c), 1e9);
    }
    return {{"hidden", static_cast<double>(recipe.model.hidden)},
            {"layers", static_cast<double>(recipe.model.layers)},
            {"batch_size", static_cast<double>(recipe.batch_size)},
            {"epochs", static_cast<double>(recipe.epochs)},
            {"rate", recipe.rate},
            {"warm_up", recipe.warm_up},
            {"weight_decay", recipe.weight_decay},
            {"seed", static_cast<double>(recipe.seed)},
            {"words", static_cast<double>(split.train.size())},
            {"letters", letters}};
}

/// Builds the loss of a shard of one batch.
DataParallel<float>::LossFunction loss_of(const Translator& model, const Batch& batch) {
    return [&](Tape<float>& tape, const Shard& shard) {
        const Batch rows = batch_rows(batch, shard.begin, shard.end);
        return ShardLoss<float>{translation_loss(tape, model, rows), static_cast<double>(rows.target.size())};
    };
}

/// A training run between two epochs.
class Run {
 public:
    Run(const PairSplit& split, const Recipe& recipe, const RunFolder& folder)
        : split_(split),
          recipe_(recipe),
          folder_(folder.path),
          random_(recipe.seed),
          model_(recipe.model, random_),
          parameters_(model_),
          adam_(parameters_, {.weight_decay = recipe.weight_decay}),
          parallel_(parameters_),
          buckets_(make_buckets(split.train)) {
        std::filesystem::create_directories(folder_);
        Random order(recipe.seed);
        for (const auto& numbers : epoch_batches(make_buckets(split.validation), 64, order))
            validation_.push_back(make_batch(split.validation, numbers));
        for (const Bucket& bucket : buckets_)
            steps_per_epoch_ +=
                static_cast<std::int64_t>((bucket.pairs.size() + recipe.batch_size - 1) / recipe.batch_size);
        if (!folder.fresh && std::filesystem::exists(checkpoint())) resume();
    }

    Translator finish() {
        TrainingLog log(folder_ / "log.csv", {"epoch", "rate", "train_loss", "validation_loss"},
                        static_cast<std::size_t>(epoch_));
        Progress progress(std::cout, stdout_is_terminal(), recipe_.epochs, steps_per_epoch_, epoch_ + 1);
        for (; epoch_ < recipe_.epochs;) {
            const double train_loss = run_epoch(progress), validation_loss = validate(), rate = rate_at(last_step());
            ++epoch_;
            log.add({static_cast<double>(epoch_), rate, train_loss, validation_loss});
            write_checkpoint(checkpoint(), state());
            progress.epoch_done(train_loss, rate, "validation loss " + std::to_string(validation_loss));
        }
        log.write_curves(folder_ / "losses.png", "Loss per token", {"train_loss", "validation_loss"}, true);
        write_translator(folder_ / "translator.safetensors", model_);
        return model_;
    }

 private:
    [[nodiscard]] std::filesystem::path checkpoint() const { return folder_ / "checkpoint.safetensors"; }
    [[nodiscard]] std::int64_t last_step() const { return (epoch_ + 1) * steps_per_epoch_ - 1; }
    [[nodiscard]] double rate_at(std::int64_t step) const {
        const std::int64_t steps = recipe_.epochs * steps_per_epoch_;
        return cosine_rate(recipe_.rate, step, steps,
                           static_cast<std::int64_t>(recipe_.warm_up * static_cast<double>(steps)));
    }
    TrainingState<float> state() {
        return {.parameters = parameters_,
                .optimizer = &adam_,
                .random = &random_,
                .epoch = epoch_,
                .numbers = numbers_of(recipe_, split_)};
    }

    void resume() {
        TrainingState<float> found = state();
        const std::map<std::string, double> wanted = found.numbers;
        const std::string cure = ". Give --fresh to begin anew, or another --out";
        try {
            read_checkpoint(checkpoint(), found);
        } catch (const FileError& error) {
            const std::string all = error.what();  // up to where it lists what the file has instead
            throw Error("this run cannot go on from it: " + all.substr(0, all.find(". There are")) + cure);
        }
        for (const auto& [name, value] : wanted) {
            const double there = found.numbers.contains(name) ? found.numbers.at(name) : 0;
            if (there == value) continue;
            throw Error(checkpoint().string() + " is of another run: its " + name + " is " + std::to_string(there) +
                        ", this one's " + std::to_string(value) + cure);
        }
        epoch_ = found.epoch;
        std::cout << "Going on after epoch " << epoch_ << " of " << checkpoint().string() << '\n';
    }

    double run_epoch(Progress& progress) {
        double total = 0, tokens = 0;
        std::int64_t step = epoch_ * steps_per_epoch_;
        for (const auto& numbers : epoch_batches(buckets_, recipe_.batch_size, random_)) {
            const Batch batch = make_batch(split_.train, numbers);
            const double rate = rate_at(step++);
            const double loss =
                wb::training_step(parallel_, adam_, numbers.size(), loss_of(model_, batch), {.rate = rate});
            total += loss * static_cast<double>(batch.target.size());
            tokens += static_cast<double>(batch.target.size());
            progress.step(loss, rate);
        }
        return total / tokens;
    }

    double validate() {
        double total = 0, tokens = 0;
        for (const Batch& batch : validation_) {
            total += parallel_.evaluate(batch.source.shape(0), loss_of(model_, batch)) *
                     static_cast<double>(batch.target.size());
            tokens += static_cast<double>(batch.target.size());
        }
        return total / tokens;
    }

    const PairSplit& split_;
    Recipe recipe_;
    std::filesystem::path folder_;
    Random random_;
    Translator model_;
    ParameterList<float> parameters_;
    Adam<float> adam_;
    DataParallel<float> parallel_;
    std::vector<Bucket> buckets_;
    std::vector<Batch> validation_;
    std::int64_t steps_per_epoch_ = 0, epoch_ = 0;
};

}  // namespace

Translator train(const PairSplit& split, const Recipe& recipe, const RunFolder& folder) {
    return Run(split, recipe, folder).finish();
}

}  // namespace wb::demo
