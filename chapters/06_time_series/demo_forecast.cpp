/// @file
/// `./workbook run forecast`: trains this chapter's models on a series, says how wrong each is beside the baselines, and draws what they
/// forecast and which variate listens to which.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>

#include "forecaster.hpp"
#include "wb/demo.hpp"
#include "wb/errors.hpp"
#include "wb/picture.hpp"
#include "wb/training/training.hpp"

namespace wb::demo {
namespace {

struct Options {
    std::string data = "chicago";
    std::filesystem::path csv, out = "build/forecast";
    std::vector<std::string> models{"dlinear", "itransformer"};
    WindowShape shape{0, 0};         ///< 0: by the data
    std::size_t season = 0;          ///< of --csv; 0: find out
    ForecasterSize size{.rate = 0};  ///< rate 0: by the data
    ForecastRecipe recipe;
    std::string variate;
    bool growth = false;
};

/// A trained model, or a rule, and what it came to.
struct Judged {
    Forecaster model;
    ForecastTraining training;
    ForecastReport report;
};

/// Trains a model, and says how it goes.
ForecastTraining train(Forecaster& model, const ForecastTask& task, const WindowShape& shape,
                       const ForecastRecipe& recipe) {
    std::cout << fmt::format("{}: {} parameters, {} rows ahead\n", model.name, model.parameters.count(), shape.horizon);
    return train_forecaster(model, task, shape, recipe, [](std::size_t epoch, double loss, double error) {
        std::cout << fmt::format("  epoch {:>2}  training {:.4f}  validation {:.4f}\n", epoch, loss, error)
                  << std::flush;
    });
}

/// All models that were asked for, behind the baselines that there are.
std::vector<Judged> judge_all(const ForecastTask& task, const Options& options) {
    std::vector<std::string> names{"repeat-last"};
    if (task.season != 0 && task.season <= options.shape.lookback) names.push_back("repeat-season");
    for (const std::string& name : options.models) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    std::vector<Judged> all;
    for (const std::string& name : names) {
        Judged judged{make_forecaster(name, task, options.shape, options.size, options.recipe.seed), {}, {}};
        if (judged.model.parameters.size() != 0)
            judged.training = train(judged.model, task, options.shape, options.recipe);
        judged.report = evaluate_forecaster(judged.model, task, SeriesPart::test, options.shape);
        all.push_back(std::move(judged));
    }
    return all;
}

/// The skill in percent; nothing where the baseline is always right and no skill is possible.
std::string against(const ForecastReport& baseline, const ForecastReport& model) {
    return baseline.mse == 0 ? "" : fmt::format("{:.1f} %", 100 * skill(model, baseline));
}

void print_table(const std::vector<Judged>& all, const WindowShape& shape) {
    const ForecastReport& baseline = all[all[1].model.parameters.size() == 0 ? 1 : 0].report;
    std::cout << fmt::format("\n{} test windows, {} rows to forecast {}; errors in deviations of the training part\n",
                             all[0].report.windows, shape.lookback, shape.horizon);
    std::cout << fmt::format("{:<15} {:>7} {:>7} {:>9} {:>9}   {:>24} {:>9}\n", "model", "MSE", "MAE", "1st step",
                             "last step", "against the best rule", "training");
    for (const Judged& one : all) {
        const std::size_t last = one.report.mse_by_step.size() - 1;
        std::cout << fmt::format("{:<15} {:>7.3f} {:>7.3f} {:>9.3f} {:>9.3f}   {:>24} {:>9}\n", one.model.name,
                                 one.report.mse, one.report.mae, one.report.mse_by_step(0),
                                 one.report.mse_by_step(last), against(baseline, one.report),
                                 one.training.epochs == 0 ? "" : duration_text(one.training.seconds));
    }
}

/// The rows of one variate, [1, rows, variates] in the scaler's measure, in the series' own unit.
std::vector<double> in_own_unit(const Tensor<3>& rows, const Scaler& scaler, std::size_t variate) {
    const Tensor<3> restored = restore(rows, scaler);
    std::vector<double> numbers(restored.shape(1));
    for (std::size_t t = 0; t < numbers.size(); ++t) numbers[t] = static_cast<double>(restored(0, t, variate));
    return numbers;
}

/// Past, truth and what each model says, of the window in the middle of the test part.
void draw_forecasts(const ForecastTask& task, const std::vector<Judged>& all, const Options& options) {
    const std::vector<std::size_t> starts = windows_of(task, SeriesPart::test, options.shape);
    const ForecastBatch window = windows_at(task, std::span(&starts[starts.size() / 2], 1), options.shape);
    const auto named = std::find(task.variates.begin(), task.variates.end(), options.variate);
    const auto variate = named == task.variates.end() ? 0 : static_cast<std::size_t>(named - task.variates.begin());
    const auto line = [&](const std::string& label, const Tensor<3>& rows, double first) {
        Series series{label, {}, in_own_unit(rows, task.scaler, variate)};
        for (std::size_t t = 0; t < series.y.size(); ++t) series.x.push_back(first + static_cast<double>(t));
        return series;
    };
    std::vector<Series> lines{line("past", window.past, -static_cast<double>(options.shape.lookback)),
                              line("truth", window.future, 0)};
    for (const Judged& one : all) {
        if (one.model.name == "repeat-last") continue;
        Tape<float> tape(Mode::infer);
        lines.push_back(line(one.model.name, one.model.forecast(tape, {window.past, window.calendar}).tensor<3>(), 0));
    }
    const std::filesystem::path path = options.out / (task.name + ".svg");
    write_line_chart(path, lines,
                     {.title = fmt::format("{}, {}", task.name, task.variates[variate]),
                      .x_label = "rows from the first that is forecast",
                      .y_label = task.variates[variate]});
    std::cout << "The forecasts are drawn in " << path.string() << '\n';
}

/// Which variate listens to which, in the mean over heads and blocks, in the same window.
void draw_map(const ForecastTask& task, const Judged& judged, const Options& options) {
    const std::vector<std::size_t> starts = windows_of(task, SeriesPart::test, options.shape);
    const ForecastBatch window = windows_at(task, std::span(&starts[starts.size() / 2], 1), options.shape);
    std::vector<Var<float>> weights;
    Tape<float> tape(Mode::infer);
    normalised_forecast(
        tape, [&](Var<float> x) { return (*judged.model.with_map)(x, &weights); }, window.past);
    std::vector<Tensor<4>> maps;
    for (const Var<float>& one : weights) maps.push_back(one.tensor<4>());
    const std::filesystem::path path = options.out / (task.name + "_attention.svg");
    write_heat_maps(path, {{"", variate_map(maps, 0)}},
                    {.title = task.name + ": who listens to whom",
                     .x_label = "is listened to",
                     .y_label = "listens",
                     .x_ticks = task.variates,
                     .y_ticks = task.variates});
    std::cout << "The attention between variates is drawn in " << path.string() << '\n';
}

/// How errors grow with the step: of a model of one row that is asked again and again, and of two that say all rows at once.
void show_growth(const ForecastTask& task, const Options& options) {
    std::vector<Series> lines;
    const auto judge = [&](const std::string& label, const Forecaster& model) {
        const ForecastReport report = evaluate_forecaster(model, task, SeriesPart::test, options.shape);
        Series line{label, {}, {report.mse_by_step.begin(), report.mse_by_step.end()}};
        for (std::size_t step = 1; step <= line.y.size(); ++step) line.x.push_back(static_cast<double>(step));
        lines.push_back(line);
    };
    const WindowShape one_row{options.shape.lookback, 1};
    Forecaster next = make_forecaster("direct", task, one_row, options.size, options.recipe.seed);
    train(next, task, one_row, options.recipe);
    judge("recursive", rolled_out(next, options.shape.horizon));
    for (const std::string name : {"direct", "encoder-decoder"}) {
        Forecaster model = make_forecaster(name, task, options.shape, options.size, options.recipe.seed);
        train(model, task, options.shape, options.recipe);
        judge(name, model);
    }
    std::cout << fmt::format("\nMSE by step  {:>10} {:>10} {:>16}\n", lines[0].label, lines[1].label, lines[2].label);
    for (const std::size_t step : {1, 2, 4, 7, 14, 24, 48, 96, 192, 336, 720}) {
        if (step > options.shape.horizon) break;
        std::cout << fmt::format("{:>11}  {:>10.3f} {:>10.3f} {:>16.3f}\n", step, lines[0].y[step - 1],
                                 lines[1].y[step - 1], lines[2].y[step - 1]);
    }
    const std::filesystem::path path = options.out / (task.name + "_growth.svg");
    write_line_chart(
        path, lines,
        {.title = task.name + ": one row again and again, or all at once", .x_label = "rows ahead", .y_label = "MSE"});
    std::cout << "The errors are drawn in " << path.string() << '\n';
}

void run(Options options) {
    const ForecastTask task =
        options.csv.empty() ? forecast_task(options.data) : forecast_task(options.csv, options.season);
    if (!options.variate.empty() &&
        std::find(task.variates.begin(), task.variates.end(), options.variate) == task.variates.end())
        throw Error(fmt::format("{} has no variate \"{}\". It has: {}", task.name, options.variate,
                                fmt::join(task.variates, ", ")));
    const bool days = task.season == 7;
    if (options.shape.lookback == 0) options.shape.lookback = days ? 56 : 96;
    if (options.shape.horizon == 0) options.shape.horizon = days ? 14 : 96;
    if (options.size.rate == 0) options.size.rate = days ? 1e-3 : 1e-4;
    std::cout << fmt::format("{}: {} rows of {} variates; {} to learn from, {} to choose by, {} to be judged by\n",
                             task.name, task.split.rows, task.variates.size(), task.split.train,
                             task.split.validation - task.split.train, task.split.rows - task.split.validation);
    std::filesystem::create_directories(options.out);
    if (options.growth) return show_growth(task, options);
    const std::vector<Judged> all = judge_all(task, options);
    print_table(all, options.shape);
    draw_forecasts(task, all, options);
    for (const Judged& one : all) {
        if (one.model.with_map) draw_map(task, one, options);
    }
}

}  // namespace
}  // namespace wb::demo

int main(int argc, char** argv) {
    CLI::App app{"Chapter 6: trains models on a series, and draws what they forecast beside what happened."};
    wb::demo::Options options;
    const CLI::Range at_least_1(1, 1'000'000);
    auto* data = app.add_option("--data", options.data, "chicago (default), or etth1, etth2 once they are fetched")
                     ->check(CLI::IsMember(wb::forecast_data_names()));
    app.add_option("--csv", options.csv, "a series of your own: a column for each variate, one with dates if you like")
        ->check(CLI::ExistingFile)
        ->excludes(data);
    app.add_option("--season", options.season, "rows until the same hour or weekday comes again, for --csv")
        ->check(at_least_1);
    app.add_option("--model", options.models, "which to train, several if you like (default dlinear itransformer)")
        ->check(CLI::IsMember(wb::forecaster_names()));
    app.add_flag(
        "--growth", options.growth,
        "how errors grow with the step: a model of one row, asked again and again (6.9), beside two that say all at "
        "once");
    app.add_option("--lookback", options.shape.lookback, "rows that are seen (default 96; of days 56)")
        ->check(at_least_1);
    app.add_option("--horizon", options.shape.horizon, "rows that are forecast (default 96; of days 14)")
        ->check(at_least_1);
    app.add_option("--variate", options.variate, "the variate to draw (default: the first)");
    app.add_option("--d-model", options.size.d_model, "width of the transformers, and of the LSTM (default 128)")
        ->check(at_least_1);
    app.add_option("--d-ff", options.size.d_ff, "inside their feed-forwards (default 128)")->check(at_least_1);
    app.add_option("--heads", options.size.heads, "heads of a block (default 8)")->check(at_least_1);
    app.add_option("--layers", options.size.layers, "blocks (default 2)")->check(at_least_1);
    app.add_option("--pooling", options.size.pooling,
                   "what becomes of the direct model's tokens: flatten (default), last, average")
        ->transform(CLI::CheckedTransformer(std::map<std::string, wb::Pooling>{
            {"last", wb::Pooling::last}, {"average", wb::Pooling::average}, {"flatten", wb::Pooling::flatten}}));
    app.add_option("--rate", options.size.rate, "of the transformers, to begin with (default 1e-4; of days 1e-3)")
        ->check(CLI::PositiveNumber);
    app.add_option("--epochs", options.recipe.epochs, "at most (default 10)")->check(at_least_1);
    app.add_option("--batch", options.recipe.batch, "windows in a batch (default 32)")->check(at_least_1);
    app.add_option("--seed", options.recipe.seed, "of parameters, order and dropout (default 1)");
    app.add_option("--out", options.out, "folder of the pictures (default build/forecast)");
    return wb::run_demo(app, argc, argv, [&] {
        wb::demo::run(options);
        return true;
    });
}
