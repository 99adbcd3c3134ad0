#include "series_step.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <vector>

#include "forecast_training.hpp"
#include "windows.hpp"

namespace wb::bench {
namespace {

SeriesStepCost measure(const ITransformerOptions& shape, std::size_t batch, int threads, int repetitions) {
    const double before = peak_mib();
    Random random(1);
    const ITransformer model(shape, random);
    const ParameterList<float> parameters(model);
    Adam<float> optimizer(parameters);
    DataParallel<float> parallel(parameters, 2);
    const WindowShape window{shape.lookback, shape.horizon};
    const Tensor<2> series = normal_tensor<2>(random, {window.lookback + window.horizon + batch - 1, series_variates});
    std::vector<std::vector<std::size_t>> batches(1);
    for (std::size_t start = 0; start < batch; ++start) batches[0].push_back(start);
    const auto step = [&] {
        train_epoch(
            parallel, optimizer, batches,
            [&](std::span<const std::size_t> starts) {
                Windows windows = gather_windows(series, starts, window);
                return ForecastBatch{std::move(windows.past), {}, std::move(windows.future)};
            },
            [&](Tape<float>& tape, const ForecastBatch& of_shard) {
                return normalised_forecast(
                    tape, [&](Var<float> x) { return model(x); }, of_shard.past);
            },
            1e-4, random);
    };
    SeriesStepCost cost;
    omp_set_num_threads(1);
    cost.one_thread = fastest(repetitions, step);
    omp_set_num_threads(threads);
    cost.all_threads = fastest(repetitions, step);
    cost.peak_mib = peak_mib() - before;
    return cost;
}

}  // namespace

ITransformerOptions etth1_model() {
    return {.lookback = 96, .horizon = 96, .blocks = {.d_model = 256, .heads = 8, .layers = 2, .d_ff = 256}};
}

SeriesStepCost our_series_step(const ITransformerOptions& model, std::size_t batch, int threads, int repetitions) {
    return in_another_process([&] { return measure(model, batch, threads, repetitions); });
}

std::optional<Rival> rival_series_step(const std::string& script, const ITransformerOptions& model, std::size_t batch,
                                       int threads) {
    return ask_rival(script,
                     fmt::format("--threads {} --batch {} --lookback {} --horizon {} --variates {} --d_model {} "
                                 "--heads {} --layers {} --d_ff {}",
                                 threads, batch, model.lookback, model.horizon, series_variates, model.blocks.d_model,
                                 model.blocks.heads, model.blocks.layers, model.blocks.d_ff));
}

}  // namespace wb::bench
