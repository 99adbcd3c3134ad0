#include "pig_latin_step.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>

#include "batch_rows.hpp"
#include "training.hpp"
#include "vocabulary.hpp"
#include "wb/training/data_parallel.hpp"

namespace wb::bench {
namespace {

Tensor<2, int> random_tokens(std::size_t batch, std::size_t length, Random& random) {
    Tensor<2, int> tokens(std::array<std::size_t, 2>{batch, length});
    for (int& token : tokens) token = static_cast<int>(random.below(vocabulary_size));
    return tokens;
}

StepCost measure(const TranslatorOptions& shape, std::size_t size, int threads, int rounds) {
    const double before = peak_mib();
    Random random(1);
    const Translator model(shape, random);
    const ParameterList<float> parameters(model);
    Adam<float> adam(parameters);
    DataParallel<float> parallel(parameters);  // as many shards as training takes: each tape holds one at a time
    const Batch batch{random_tokens(size, source_length, random), random_tokens(size, target_length, random),
                      random_tokens(size, target_length, random)};
    const auto step_on = [&](int on_threads) {
        omp_set_num_threads(on_threads);
        return bench::fastest(30, [&] {
            parallel.gradients(size, [&](Tape<float>& tape, const Shard& shard) {
                const Batch rows = batch_rows(batch, shard.begin, shard.end);
                return ShardLoss<float>{translation_loss(tape, model, rows), static_cast<double>(rows.target.size())};
            });
            adam.step(5e-4);
        });
    };
    StepCost cost{.one_thread = step_on(1), .all_threads = step_on(threads), .parameters = parameters.count()};
    for (int round = 1; round < rounds; ++round) {
        cost.one_thread = std::min(cost.one_thread, step_on(1));
        cost.all_threads = std::min(cost.all_threads, step_on(threads));
    }
    cost.peak_mib = peak_mib() - before;
    return cost;
}

}  // namespace

StepCost our_step(const TranslatorOptions& model, std::size_t batch, int threads, int rounds) {
    return in_another_process([&] { return measure(model, batch, threads, rounds); });
}

std::optional<Rival> rival_step(const std::string& script, const TranslatorOptions& model, std::size_t batch,
                                int threads) {
    return ask_rival(script, fmt::format("--threads {} --hidden {} --layers {} --batch {} --source {} --target {}",
                                         threads, model.hidden, model.layers, batch, source_length, target_length));
}

}  // namespace wb::bench
