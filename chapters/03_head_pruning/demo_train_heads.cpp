/// @file
/// `./workbook run train-heads`: the translator of many heads whose heads this chapter prunes, from scratch. What it leaves is what
/// datasets/pig_latin/multi_head.safetensors is. A run that is interrupted goes on.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <numeric>
#include <span>
#include <vector>

#include "prunable_translator.hpp"
#include "wb/autograd/losses.hpp"
#include "wb/dataset.hpp"
#include "wb/demo.hpp"
#include "wb/pig_latin.hpp"
#include "wb/training/training.hpp"

namespace wb::demo {
namespace {

/// The recipe of the model that is shipped.
struct Options {
    PrunableTranslatorOptions model;
    std::size_t batch_size = 128;
    std::int64_t epochs = 24;
    double rate = 2e-3, warm_up = 0.05, weight_decay = 0.05, clip_norm = 1;
    std::uint64_t seed = 1;
    std::filesystem::path out = "build/heads";
    bool fresh = false;
};

/// Batches of an epoch: words in random order, but those of `pool` batches at a time sorted by length, so that little is padding.
std::vector<std::vector<WordPair>> batches_of(const std::vector<WordPair>& pairs, std::size_t batch_size,
                                              Random& random) {
    constexpr std::size_t pool = 16;
    std::vector<std::size_t> order = random.permutation(pairs.size());
    const auto length = [&](std::size_t n) { return pairs[n].source.size() + pairs[n].target.size(); };
    for (std::size_t first = 0; first < order.size(); first += pool * batch_size) {
        const auto begin = order.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), first + pool * batch_size));
        std::sort(begin, end, [&](std::size_t a, std::size_t b) { return length(a) < length(b); });
    }
    std::vector<std::vector<WordPair>> batches;
    for (std::size_t first = 0; first < order.size(); first += batch_size) {
        batches.emplace_back();
        for (std::size_t n = first; n < std::min(order.size(), first + batch_size); ++n)
            batches.back().push_back(pairs[order[n]]);
    }
    std::vector<std::vector<WordPair>> shuffled;
    for (const std::size_t n : random.permutation(batches.size())) shuffled.push_back(std::move(batches[n]));
    return shuffled;
}

/// The mean loss of a shard's letters.
DataParallel<float>::LossFunction loss_of(const PrunableTranslator& model, std::span<const WordPair> pairs) {
    return [&model, pairs](Tape<float>& tape, const Shard& shard) {
        const LetterBatch batch = make_letter_batch(pairs.subspan(shard.begin, shard.size()));
        const std::span<const int> targets(batch.target.data(), batch.target.size());
        const Var<float> loss = cross_entropy(model(tape, batch), targets, letters::padding);
        return ShardLoss<float>{loss, static_cast<double>(counted_targets(targets, letters::padding))};
    };
}

/// The share of words that are translated to the letter.
double exact_match(const PrunableTranslator& model, const std::vector<WordPair>& pairs) {
    double right = 0;
    Tape<float> tape(Mode::infer);
    for (std::size_t first = 0; first < pairs.size(); first += 256) {
        const std::size_t count = std::min<std::size_t>(256, pairs.size() - first);
        const LetterBatch batch = make_letter_batch(std::span(pairs).subspan(first, count));
        tape.reset(Mode::infer);
        const std::vector<double> matches = exact_matches(model(tape, batch).tensor<3>(), batch);
        right = std::accumulate(matches.begin(), matches.end(), right);
    }
    return right / static_cast<double>(pairs.size());
}

void run(const Options& options) {
    const PairSplit words = read_pig_latin_sets(dataset("pig_latin/large.txt").parent_path(), 1).large;
    Random random(options.seed);
    const PrunableTranslator model(options.model, random);
    const ParameterList<float> parameters(model);
    std::cout << fmt::format("{} words, {} heads, {} parameters\n", words.train.size(), model.heads().total(),
                             parameters.count());
    Adam<float> optimizer(parameters, {.weight_decay = options.weight_decay});
    DataParallel<float> parallel(parameters);
    std::filesystem::create_directories(options.out);
    const std::filesystem::path checkpoint = options.out / "checkpoint.safetensors";
    TrainingState<float> state{.parameters = parameters, .optimizer = &optimizer, .random = &random};
    if (!options.fresh && std::filesystem::exists(checkpoint)) read_checkpoint(checkpoint, state);
    const auto per_epoch =
        static_cast<std::int64_t>((words.train.size() + options.batch_size - 1) / options.batch_size);
    const std::int64_t steps = options.epochs * per_epoch;
    const auto warm_up = static_cast<std::int64_t>(options.warm_up * static_cast<double>(steps));
    TrainingLog log(options.out / "log.csv", {"epoch", "rate", "train_loss", "exact_match"},
                    static_cast<std::size_t>(state.epoch));
    Progress progress(std::cout, stdout_is_terminal(), options.epochs, per_epoch, state.epoch + 1);
    while (state.epoch < options.epochs) {
        std::int64_t step = state.epoch * per_epoch;
        double total = 0, rate = 0;
        for (const std::vector<WordPair>& pairs : batches_of(words.train, options.batch_size, random)) {
            rate = cosine_rate(options.rate, step++, steps, warm_up);
            const double loss = training_step(parallel, optimizer, pairs.size(), loss_of(model, pairs),
                                              {.rate = rate, .clip_norm = options.clip_norm});
            total += loss;
            progress.step(loss, rate);
        }
        ++state.epoch;
        const double right = exact_match(model, words.validation), loss = total / static_cast<double>(per_epoch);
        log.add({static_cast<double>(state.epoch), rate, loss, right});
        write_checkpoint(checkpoint, state);
        progress.epoch_done(loss, rate, fmt::format("{:.2f} % to the letter", 100 * right));
    }
    SafeTensors file;
    store_parameters(file, parameters);
    write_safetensors(options.out / "multi_head.safetensors", file);
    std::cout << "The model is in " << (options.out / "multi_head.safetensors").string() << '\n';
}

}  // namespace
}  // namespace wb::demo

int main(int argc, char** argv) {
    CLI::App app{"Chapter 3: trains the translator of 36 heads. A run that is interrupted goes on."};
    wb::demo::Options options;
    const CLI::Range at_least_1(1, 1'000'000);
    app.add_option("--epochs", options.epochs, "epochs (default 24)")->check(at_least_1);
    app.add_option("--batch", options.batch_size, "words in a batch (default 128)")->check(at_least_1);
    app.add_option("--rate", options.rate, "the highest learning rate (default 0.002)")->check(CLI::PositiveNumber);
    app.add_option("--weight-decay", options.weight_decay, "AdamW's (default 0.05)")->check(CLI::NonNegativeNumber);
    app.add_option("--seed", options.seed, "of parameters and order (default 1)");
    app.add_option("--out", options.out, "folder of the model, its checkpoint and table (default build/heads)");
    app.add_flag("--fresh", options.fresh, "begin anew, even where a checkpoint lies");
    return wb::run_demo(app, argc, argv, [&] {
        wb::demo::run(options);
        return true;
    });
}
