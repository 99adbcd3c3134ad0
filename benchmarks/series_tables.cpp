#include "series_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>

#include "wb/errors.hpp"
#include "wb/training/training_log.hpp"

namespace wb::bench {
namespace {

/// What a paper gives, look-back 96.
struct Published {
    const char* data;
    const char* model;
    std::size_t horizon;
    double mse, mae;
};

/// Liu et al., ICLR 2024 (iTransformer), for all three models.
constexpr std::array<Published, 16> published{{
    {"etth1", "itransformer", 96, .386, .405},
    {"etth1", "itransformer", 192, .441, .436},
    {"etth1", "itransformer", 336, .487, .458},
    {"etth1", "itransformer", 720, .503, .491},
    {"etth1", "patchtst", 96, .414, .419},
    {"etth1", "patchtst", 192, .460, .445},
    {"etth1", "patchtst", 336, .501, .466},
    {"etth1", "patchtst", 720, .500, .488},
    {"etth1", "dlinear", 96, .386, .400},
    {"etth1", "dlinear", 192, .437, .432},
    {"etth1", "dlinear", 336, .481, .459},
    {"etth1", "dlinear", 720, .519, .516},
    {"etth2", "itransformer", 96, .297, .349},
    {"etth2", "itransformer", 192, .380, .400},
    {"etth2", "itransformer", 336, .428, .432},
    {"etth2", "itransformer", 720, .427, .445},
}};

std::string published_text(const std::string& data, const std::string& model, std::size_t horizon) {
    for (const Published& one : published) {
        if (one.data == data && one.model == model && one.horizon == horizon)
            return fmt::format("{:.3f} / {:.3f}", one.mse, one.mae);
    }
    return "";
}

/// What the seeds came to.
struct Outcome {
    std::vector<double> mse, mae;
    double seconds = 0;  ///< of training, all seeds
};

Outcome train_seeds(const SeriesSetting& setting, const ForecastTask& task, const WindowShape& shape,
                    std::uint64_t seeds) {
    Outcome outcome;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        Forecaster model = make_forecaster(setting.model, task, shape, setting.size, seed);
        model.rate = setting.size.rate;
        ForecastRecipe recipe = setting.recipe;
        recipe.seed = seed;
        outcome.seconds += train_forecaster(model, task, shape, recipe).seconds;
        const ForecastReport report = evaluate_forecaster(model, task, SeriesPart::test, shape);
        outcome.mse.push_back(report.mse);
        outcome.mae.push_back(report.mae);
    }
    return outcome;
}

double mean_of(const std::vector<double>& numbers) {
    double sum = 0;
    for (const double number : numbers) sum += number;
    return sum / static_cast<double>(numbers.size());
}

void print_table(std::ostream& out, const SeriesTables& tables, const std::string& data) {
    const ForecastTask task = forecast_task(data);
    for (const std::size_t horizon : tables.horizons) {
        const WindowShape shape{tables.lookback, horizon};
        const ForecastReport rule =
            evaluate_forecaster(make_forecaster("repeat-season", task, shape, {}, 1), task, SeriesPart::test, shape);
        out << fmt::format("{:<6} {:>4} {:<16}{:<25.3f}{:.3f}\n", data, horizon, "repeat-24h", rule.mse, rule.mae);
        for (const SeriesSetting& setting : series_settings()) {
            if (std::find(tables.models.begin(), tables.models.end(), setting.model) == tables.models.end()) continue;
            if (!setting.only_for.empty() && setting.only_for != data) continue;
            const Outcome outcome = train_seeds(setting, task, shape, tables.seeds);
            const double mse = mean_of(outcome.mse);
            out << fmt::format("{:<6} {:>4} {:<16}{:.3f} ({:.3f} to {:.3f})   {:.3f}   {:<15} {:>9}{}\n", data, horizon,
                               setting.model, mse, *std::min_element(outcome.mse.begin(), outcome.mse.end()),
                               *std::max_element(outcome.mse.begin(), outcome.mse.end()), mean_of(outcome.mae),
                               published_text(data, setting.model, horizon),
                               duration_text(outcome.seconds / static_cast<double>(tables.seeds)),
                               mse < rule.mse ? "" : "  worse than repeat-24h")
                << std::flush;
        }
    }
}

}  // namespace

const std::vector<SeriesSetting>& series_settings() {
    static const std::vector<SeriesSetting> settings{
        {"dlinear",
         {.rate = 5e-4},
         {.decay = 0.9},
         "Zeng et al. 2023; of five rates, the one with the lowest validation error"},
        {"lstm", {.d_model = 64, .rate = 1e-3}, {.epochs = 4}, "our own: what trains in a minute"},
        {"encoder-decoder", {.d_model = 64, .d_ff = 64, .rate = 5e-4}, {.epochs = 4}, "our own: the same"},
        {"direct",
         {.d_model = 64, .d_ff = 64, .rate = 5e-4, .pooling = Pooling::last},
         {.epochs = 4},
         "our own: the same"},
        {"patchtst",
         {.d_model = 16, .heads = 4, .layers = 3, .d_ff = 128, .dropout = 0.3, .rate = 1e-3},
         {.batch = 128, .decay = 0.8},
         "the paper's small one for ETTh1; its rate is 1e-4, for 100 epochs"},
        {"itransformer",
         {.d_model = 256, .d_ff = 256},
         {},
         "the paper's for horizons 96 and 192; from 336 on it takes d_model 512",
         "etth1"},
        {"itransformer", {.d_model = 128, .d_ff = 128}, {}, "the paper's", "etth2"},
    };
    return settings;
}

void print_series_tables(std::ostream& out, const SeriesTables& tables) {
    out << fmt::format("Look-back {}; MSE and MAE in the mean over {} seeds\n", tables.lookback, tables.seeds)
        << fmt::format("{:<11} {:<16}{:<25}{:<8}{:<15} {:>9}\n", "", "model", "MSE (lowest to highest)", "MAE",
                       "published", "training");
    for (const std::string& data : tables.data) {
        try {
            print_table(out, tables, data);
        } catch (const FileError& error) {
            out << fmt::format("{:<6} {}\n", data, error.what());
        }
    }
}

}  // namespace wb::bench
