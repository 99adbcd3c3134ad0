#include "forecaster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "baselines.hpp"
#include "instance_norm.hpp"
#include "patchtst.hpp"
#include "wb/autograd/losses.hpp"
#include "wb/errors.hpp"
#include "wb/threads.hpp"
#include "wb/training/training.hpp"

namespace wb {
namespace {

using Starts = std::span<const std::size_t>;

/// A model that reads windows by their own measure.
template <class Model>
Forecaster normalised(const std::string& name, std::shared_ptr<const Model> model, double rate) {
    return {name, ParameterList<float>(*model),
            [model](Tape<float>& tape, const Tensor<3>& past) {
                return normalised_forecast(
                    tape, [&](Var<float> x) { return (*model)(x); }, past);
            },
            rate};
}

/// One that reads them as they are.
template <class Model>
Forecaster plain(const std::string& name, std::shared_ptr<const Model> model, double rate) {
    return {name, ParameterList<float>(*model),
            [model](Tape<float>& tape, const Tensor<3>& past) { return (*model)(tape.constant(past)); }, rate};
}

/// One that has nothing to learn.
Forecaster rule(const std::string& name, const std::function<Tensor<3>(const Tensor<3>&)>& answer) {
    return {name, {}, [answer](Tape<float>& tape, const Tensor<3>& past) { return tape.constant(answer(past)); }};
}

/// Means of squares, over many windows, in Mode::infer and cut over the threads.
ForecastReport errors_of(const Forecaster& model, const ForecastTask& task, Starts starts, const WindowShape& shape) {
    constexpr std::size_t at_once = 32;
    const std::size_t batches = (starts.size() + at_once - 1) / at_once, variates = task.values.shape(1);
    std::vector<Windows> windows(batches);
    std::vector<Tensor<3>> forecasts(batches);
    in_pieces(std::min(threads_here(), batches), batches, [&](std::size_t, std::size_t begin, std::size_t end) {
        Tape<float> tape(Mode::infer);
        for (std::size_t n = begin; n < end; ++n) {
            tape.reset(Mode::infer);
            windows[n] = gather_windows(
                task.values, starts.subspan(n * at_once, std::min(at_once, starts.size() - n * at_once)), shape);
            forecasts[n] = model.forecast(tape, windows[n].past).tensor<3>();
        }
    });
    ForecastErrors errors(shape.horizon, variates);
    for (std::size_t n = 0; n < batches; ++n) errors.add(forecasts[n], windows[n].future);
    return errors.report();
}

std::vector<std::vector<float>> values_of(const ParameterList<float>& parameters) {
    std::vector<std::vector<float>> values;
    for (const ParameterPtr<float>& parameter : parameters) values.push_back(parameter->value);
    return values;
}

}  // namespace

std::vector<std::string> forecaster_names() {
    return {"repeat-last", "repeat-season", "dlinear", "lstm", "patchtst", "itransformer"};
}

Forecaster make_forecaster(const std::string& name, const ForecastTask& task, const WindowShape& shape,
                           const ForecasterSize& size, std::uint64_t seed) {
    const std::size_t variates = task.values.shape(1), horizon = shape.horizon;
    const BlockOptions blocks{size.d_model, size.heads, size.layers, size.d_ff, size.dropout};
    Random random(seed);
    if (name == "repeat-last") return rule(name, [=](const Tensor<3>& past) { return repeat_last(past, horizon); });
    if (name == "repeat-season") {
        if (task.season == 0 || task.season > shape.lookback)
            throw Error(fmt::format("{}: a season of {} rows cannot be repeated from a look-back of {}", task.name,
                                    task.season, shape.lookback));
        return rule(name,
                    [=, season = task.season](const Tensor<3>& past) { return repeat_season(past, horizon, season); });
    }
    if (name == "dlinear")
        return plain(name, std::make_shared<const DLinear>(shape.lookback, horizon, 25, random), 5e-3);
    if (name == "lstm")
        return plain(name, std::make_shared<const LstmForecaster>(variates, size.d_model, horizon, random), 1e-3);
    if (name == "patchtst") {
        const PatchTstOptions options{.lookback = shape.lookback, .horizon = horizon, .blocks = blocks};
        return normalised(name, std::make_shared<const PatchTst>(options, random), size.rate);
    }
    if (name == "itransformer") {
        const ITransformerOptions options{shape.lookback, horizon, blocks};
        const auto model = std::make_shared<const ITransformer>(options, random);
        Forecaster forecaster = normalised(name, model, size.rate);
        forecaster.with_map = model;
        return forecaster;
    }
    throw Error(fmt::format("there is no model \"{}\"", name));
}

ForecastTraining train_forecaster(Forecaster& model, const ForecastTask& task, const WindowShape& shape,
                                  const ForecastRecipe& recipe,
                                  const std::function<void(std::size_t, double, double)>& each_epoch) {
    const auto start = std::chrono::steady_clock::now();
    const std::vector<std::size_t> train = windows_of(task, SeriesPart::train, shape),
                                   validation = windows_of(task, SeriesPart::validation, shape);
    ForecastTraining result{std::numeric_limits<double>::infinity(), 0, 0};
    std::vector<std::vector<float>> best = values_of(model.parameters);
    Adam<float> optimizer(model.parameters);
    DataParallel<float> parallel(model.parameters, 2);
    Random random(recipe.seed);
    std::size_t without_gain = 0;
    for (std::size_t epoch = 1; epoch <= recipe.epochs && without_gain < recipe.patience; ++epoch) {
        const double rate = model.rate * std::pow(0.5, std::max(0.0, static_cast<double>(epoch) - 2));
        double total = 0;
        for (const std::vector<std::size_t>& batch : window_batches(train, recipe.batch, random)) {
            const auto loss = [&](Tape<float>& tape, const Shard& shard) {
                const Windows windows =
                    gather_windows(task.values, Starts(batch).subspan(shard.begin, shard.size()), shape);
                return ShardLoss<float>{
                    mse(model.forecast(tape, windows.past), {windows.future.data(), windows.future.size()}),
                    static_cast<double>(shard.size())};
            };
            total +=
                static_cast<double>(batch.size()) * training_step<float>(parallel, optimizer, batch.size(), loss,
                                                                         {.rate = rate, .dropout_seed = random.bits()});
        }
        const double error = errors_of(model, task, validation, shape).mse;
        if (each_epoch) each_epoch(epoch, total / static_cast<double>(train.size()), error);
        result.epochs = epoch;
        ++without_gain;
        if (error >= result.validation_mse) continue;
        result.validation_mse = error;
        best = values_of(model.parameters);
        without_gain = 0;
    }
    std::size_t n = 0;
    for (const ParameterPtr<float>& parameter : model.parameters) parameter->value = best[n++];
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

ForecastReport evaluate_forecaster(const Forecaster& model, const ForecastTask& task, SeriesPart part,
                                   const WindowShape& shape) {
    return errors_of(model, task, windows_of(task, part, shape), shape);
}

}  // namespace wb
