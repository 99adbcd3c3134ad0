/// @file
/// Binds the probes of exercise 5.8 to the submission's functions, and trains the models of its tests.
#include <algorithm>
#include <functional>
#include <memory>
#include <span>

#include "pair_lists.hpp"
#include "probe/worker.hpp"
#include "variant_probes.hpp"
#include "wb/autograd/losses.hpp"
#include "wb/training/training.hpp"

namespace wb {
namespace {

DecoderOnly model_of(const probes::DecoderOnlyModel& from) {
    Random random(1);
    DecoderOnly model(from.hidden, from.layers, random);
    set_weights(ParameterList<float>(model), from.weights);
    return model;
}

Tensor<3> logits_of(const probes::DecoderOnlyModel& from, const Tensor<2, int>& tokens) {
    Tape<float> tape;
    return model_of(from)(tape, tokens).tensor<3>();
}

probes::PromptLoss loss_and_gradients(const probes::DecoderOnlyModel& from, const PromptBatch& batch) {
    const DecoderOnly model = model_of(from);
    const ParameterList<float> parameters(model);
    Tape<float> tape;
    const Var<float> loss = prompt_loss(tape, model, batch);
    if (loss.size() != 1) return {0, loss.size(), {}};
    tape.backward(loss);
    return {loss.item(), 1, copy_gradients(parameters)};
}

std::vector<std::vector<float>> ask_next_token(const probes::DecoderOnlyModel& from, std::string word,
                                               const std::vector<std::vector<int>>& prefixes) {
    const DecoderOnly model = model_of(from);
    auto first = std::make_unique<NextLogits>(next_token(model, word));
    std::fill(word.begin(), word.end(), '?');
    const NextLogits next = *first;
    first.reset();
    std::vector<std::vector<float>> logits;
    for (const std::vector<int>& prefix : prefixes) logits.push_back(next(prefix));
    return logits;
}

std::vector<std::string> translate_each(const probes::DecoderOnlyModel& from, const std::vector<std::string>& words) {
    const DecoderOnly model = model_of(from);
    std::vector<std::string> translations;
    for (const std::string& word : words) translations.push_back(translate(model, word));
    return translations;
}

/// The mean loss of some pairs of a batch.
using LossOfPairs = std::function<Var<float>(Tape<float>& tape, std::span<const std::size_t> numbers)>;

/// Trains with batches of 64 pairs in two shards. All pairs of a batch have as many targets: shards weigh as many as they have pairs.
void train(const ParameterList<float>& parameters, const probes::VariantRun& run, const std::vector<WordPair>& pairs,
           Random& random, const LossOfPairs& loss_of) {
    constexpr double highest_rate = 3e-3;
    Adam<float> adam(parameters, {.beta2 = 0.98});
    DataParallel<float> parallel(parameters, 2);
    const std::vector<Bucket> buckets = make_buckets(pairs);
    std::int64_t step = 0;
    while (step < run.steps) {
        for (const std::vector<std::size_t>& numbers : epoch_batches(buckets, 64, random)) {
            if (step >= run.steps) break;
            const auto loss = [&](Tape<float>& tape, const Shard& shard) -> ShardLoss<float> {
                return {loss_of(tape, std::span(numbers).subspan(shard.begin, shard.size())),
                        static_cast<double>(shard.size())};
            };
            const double rate = cosine_rate(highest_rate, step, run.steps, run.steps / 20);
            training_step<float>(parallel, adam, numbers.size(), loss, {.rate = rate, .clip_norm = 1.0});
            ++step;
        }
    }
}

ModelWeights train_decoder_only(const probes::VariantRun& run, const std::vector<std::string>& sources,
                                const std::vector<std::string>& targets) {
    const std::vector<WordPair> pairs = probes::pairs_of(sources, targets);
    Random random(run.seed);
    const DecoderOnly model(run.hidden, run.layers, random);
    const ParameterList<float> parameters(model);
    train(parameters, run, pairs, random, [&](Tape<float>& tape, std::span<const std::size_t> numbers) {
        return prompt_loss(tape, model, make_prompt_batch(pairs, numbers));
    });
    return copy_weights(parameters);
}

ModelWeights train_translator_variant(const probes::VariantRun& run, const std::vector<std::string>& sources,
                                      const std::vector<std::string>& targets) {
    const std::vector<WordPair> pairs = probes::pairs_of(sources, targets);
    Random random(run.seed);
    const Translator model({run.hidden, run.layers, run.causal}, random);
    const ParameterList<float> parameters(model);
    train(parameters, run, pairs, random, [&](Tape<float>& tape, std::span<const std::size_t> numbers) {
        const Batch batch = make_batch(pairs, numbers);
        return cross_entropy(model(tape, batch.source, batch.decoder_input),
                             std::span<const int>(batch.target.data(), batch.target.size()));
    });
    return copy_weights(parameters);
}

}  // namespace

WB_BIND(variants) {
    worker.bind(probes::make_prompt_batch,
                [](const std::vector<std::string>& sources, const std::vector<std::string>& targets,
                   const std::vector<std::size_t>& numbers) {
                    return make_prompt_batch(probes::pairs_of(sources, targets), numbers);
                });
    worker.bind(probes::decoder_only, &logits_of);
    worker.bind(probes::prompt_loss, &loss_and_gradients);
    worker.bind(probes::next_token, &ask_next_token);
    worker.bind(probes::translate_prompts, &translate_each);
    worker.bind(probes::train_decoder_only, &train_decoder_only);
    worker.bind(probes::train_translator_variant, &train_translator_variant);
}

}  // namespace wb
