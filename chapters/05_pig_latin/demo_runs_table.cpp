#include "demo_runs_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ostream>

#include "translator_weights.hpp"
#include "wb/dataset.hpp"
#include "wb/pig_latin.hpp"
#include "wb/training/training_log.hpp"

namespace wb::demo {
namespace {

RunRow row(std::size_t hidden, bool large, std::size_t layers, std::size_t batch_size, std::int64_t epochs) {
    RunRow made{.name = fmt::format("hidden {}, {}", hidden, large ? "large" : "small"), .options = {}, .large = large};
    made.options.model = {.hidden = hidden, .layers = layers};
    made.options.batch_size = batch_size;
    made.options.epochs = epochs;
    return made;
}

/// What one run came to.
struct Outcome {
    double validation_loss = 0, exact = 0, seconds = 0;
};

Outcome run_once(const RunRow& row, const PairSplit& split, std::uint64_t seed) {
    RunOptions options = row.options;
    options.seed = seed;
    const auto start = std::chrono::steady_clock::now();
    const RunResult result = train_translator(split, options);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    const Translator model = translator_of(options.model, result.best);
    return {result.epochs.at(result.best_epoch).validation_loss, exact_match(model, split.validation), seconds.count()};
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

/// "0.712 (0.596 to 0.779)"
std::string spread(const std::vector<double>& values) {
    return fmt::format("{:.3f} ({:.3f} to {:.3f})", median(values), *std::min_element(values.begin(), values.end()),
                       *std::max_element(values.begin(), values.end()));
}

}  // namespace

std::vector<RunRow> source_runs() {
    std::vector<RunRow> rows{row(32, false, 4, 64, 100), row(32, true, 3, 512, 100), row(64, false, 3, 64, 50),
                             row(64, true, 3, 512, 50)};
    const double goals[] = {.91, .60, .44, .34};
    for (std::size_t n = 0; n < rows.size(); ++n) rows[n].goal = goals[n];
    return rows;
}

std::vector<RunRow> controlled_runs() {
    return {row(32, false, 3, 64, 50), row(32, true, 3, 64, 50), row(64, false, 3, 64, 50), row(64, true, 3, 64, 50)};
}

RunSets own_sets() {
    const auto words = [](const char* name) { return pig_latin_pairs(read_words(dataset(name)).words); };
    return {words("pig_latin/small.txt"), words("pig_latin/large.txt")};
}

void print_runs(std::ostream& out, const std::vector<RunRow>& rows, const RunSets& sets, std::uint64_t seeds,
                const std::filesystem::path& csv) {
    TrainingLog log(csv, {"hidden", "large", "layers", "batch", "epochs", "seed", "best_validation_loss", "exact_match",
                          "seconds"});
    out << fmt::format("{:<18}{:>7}{:>7}{:>8}   {:<26}{:<26}{:>10}\n", "", "layers", "batch", "epochs",
                       "best validation loss", "exact match", "a run");
    for (const RunRow& row : rows) {
        std::vector<double> losses, exact, seconds;
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            const PairSplit small = split_by_word(sets.small, seed);
            const PairSplit split = row.large ? split_by_word(sets.large, small, seed) : small;
            const Outcome outcome = run_once(row, split, seed);
            losses.push_back(outcome.validation_loss);
            exact.push_back(outcome.exact);
            seconds.push_back(outcome.seconds);
            log.add({static_cast<double>(row.options.model.hidden), row.large ? 1.0 : 0.0,
                     static_cast<double>(row.options.model.layers), static_cast<double>(row.options.batch_size),
                     static_cast<double>(row.options.epochs), static_cast<double>(seed), outcome.validation_loss,
                     outcome.exact, outcome.seconds});
        }
        out << fmt::format("{:<18}{:>7}{:>7}{:>8}   {:<26}{:<26}{:>10}", row.name, row.options.model.layers,
                           row.options.batch_size, row.options.epochs, spread(losses), spread(exact),
                           duration_text(median(seconds)));
        if (row.goal) out << fmt::format("   published: {:.2f}", *row.goal);
        out << std::endl;  // a row takes minutes: show it now
    }
}

}  // namespace wb::demo
