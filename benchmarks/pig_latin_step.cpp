#include "pig_latin_step.hpp"

#include <omp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

#include "batch_rows.hpp"
#include "training.hpp"
#include "vocabulary.hpp"
#include "wb/errors.hpp"
#include "wb/training/data_parallel.hpp"

namespace wb::bench {
namespace {

double peak_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;  // Linux counts in KiB
}

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
    const auto fastest = [&](int on_threads) {
        omp_set_num_threads(on_threads);
        double best = std::numeric_limits<double>::infinity();
        for (int n = 0; n < 30; ++n) {
            const auto start = std::chrono::steady_clock::now();
            parallel.gradients(size, [&](Tape<float>& tape, const Shard& shard) {
                const Batch rows = batch_rows(batch, shard.begin, shard.end);
                return ShardLoss<float>{translation_loss(tape, model, rows), static_cast<double>(rows.target.size())};
            });
            adam.step(5e-4);
            best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
        return best;
    };
    StepCost cost{.one_thread = fastest(1), .all_threads = fastest(threads), .parameters = parameters.count()};
    for (int round = 1; round < rounds; ++round) {
        cost.one_thread = std::min(cost.one_thread, fastest(1));
        cost.all_threads = std::min(cost.all_threads, fastest(threads));
    }
    cost.peak_mib = peak_mib() - before;
    return cost;
}

}  // namespace

StepCost our_step(const TranslatorOptions& model, std::size_t batch, int threads, int rounds) {
    int ends[2];
    if (pipe(ends) != 0) throw Error("pig-latin: no pipe to the process that measures");
    const pid_t child = fork();
    if (child == 0) {
        const StepCost cost = measure(model, batch, threads, rounds);
        _exit(write(ends[1], &cost, sizeof cost) == static_cast<ssize_t>(sizeof cost) ? 0 : 1);
    }
    close(ends[1]);
    StepCost cost;
    const bool complete = child > 0 && read(ends[0], &cost, sizeof cost) == static_cast<ssize_t>(sizeof cost);
    close(ends[0]);
    int status = 0;
    if (child > 0) waitpid(child, &status, 0);
    if (!complete || status != 0) throw Error("pig-latin: the process that measures our step failed");
    return cost;
}

std::optional<RivalCost> rival_step(const std::string& script, const TranslatorOptions& model, std::size_t batch,
                                    int threads) {
    const std::string command = "/usr/bin/python3 '" + script + "' --threads " + std::to_string(threads) +
                                " --hidden " + std::to_string(model.hidden) + " --layers " +
                                std::to_string(model.layers) + " --batch " + std::to_string(batch) + " --source " +
                                std::to_string(source_length) + " --target " + std::to_string(target_length) +
                                " 2>/dev/null";
    FILE* out = popen(command.c_str(), "r");
    if (out == nullptr) return std::nullopt;
    std::string text;
    for (int c = std::fgetc(out); c != EOF; c = std::fgetc(out)) text += static_cast<char>(c);
    if (pclose(out) != 0) return std::nullopt;
    const nlohmann::json answer = nlohmann::json::parse(text, nullptr, false);
    if (!answer.is_object()) return std::nullopt;
    return RivalCost{answer.value("seconds", 0.0), answer.value("peak_mib", 0.0), answer.value("torch", ""),
                     answer.value("setting", "")};
}

}  // namespace wb::bench
