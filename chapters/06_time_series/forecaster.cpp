#include "forecaster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "baselines.hpp"
#include "encoder_decoder.hpp"
#include "instance_norm.hpp"
#include "patchtst.hpp"
#include "rollout.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/errors.hpp"
#include "wb/threads.hpp"
#include "wb/training/training.hpp"

namespace wb {
namespace {

using Starts = std::span<const std::size_t>;

/// A model that reads windows by their own measure.
/// @param answer  what the model says about a normalised window and the calendar
template <class Model, class Answer>
Forecaster normalised(const std::string& name, std::shared_ptr<const Model> model, double rate, const Answer& answer) {
    return {name, ParameterList<float>(*model),
            [answer](Tape<float>& tape, const ForecastInput& input) {
                return normalised_forecast(
                    tape, [&](Var<float> x) { return answer(tape, x, input.calendar); }, input.past);
            },
            rate};
}

/// The answer of one that knows no dates.
template <class Model>
auto without_calendar(std::shared_ptr<const Model> model) {
    return [model](Tape<float>&, Var<float> x, const Tensor<3>&) { return (*model)(x); };
}

/// One that reads them as they are.
template <class Model>
Forecaster plain(const std::string& name, std::shared_ptr<const Model> model, double rate) {
    return {name, ParameterList<float>(*model),
            [model](Tape<float>& tape, const ForecastInput& input) { return (*model)(tape.constant(input.past)); },
            rate};
}

/// One that has nothing to learn.
Forecaster rule(const std::string& name, const std::function<Tensor<3>(const Tensor<3>&)>& answer) {
    return {name, {}, [answer](Tape<float>& tape, const ForecastInput& input) {
                return tape.constant(answer(input.past));
            }};
}

/// Means of squares, over many windows, in Mode::infer and cut over the threads.
ForecastReport errors_of(const Forecaster& model, const ForecastTask& task, Starts starts, const WindowShape& shape) {
    constexpr std::size_t at_once = 32;
    const std::size_t batches = (starts.size() + at_once - 1) / at_once, variates = task.values.shape(1);
    std::vector<Tensor<3>> forecasts(batches), truths(batches);
    in_pieces(std::min(threads_here(), batches), batches, [&](std::size_t, std::size_t begin, std::size_t end) {
        Tape<float> tape(Mode::infer);
        for (std::size_t n = begin; n < end; ++n) {
            tape.reset(Mode::infer);
            ForecastBatch batch =
                windows_at(task, starts.subspan(n * at_once, std::min(at_once, starts.size() - n * at_once)), shape);
            forecasts[n] = model.forecast(tape, {batch.past, batch.calendar}).tensor<3>();
            truths[n] = std::move(batch.future);
        }
    });
    ForecastErrors errors(shape.horizon, variates);
    for (std::size_t n = 0; n < batches; ++n) errors.add(forecasts[n], truths[n]);
    return errors.report();
}

std::vector<std::vector<float>> values_of(const ParameterList<float>& parameters) {
    std::vector<std::vector<float>> values;
    for (const ParameterPtr<float>& parameter : parameters) values.push_back(parameter->value);
    return values;
}

}  // namespace

std::vector<std::string> forecaster_names() {
    return {"repeat-last", "repeat-season", "dlinear", "lstm", "encoder-decoder", "direct", "patchtst", "itransformer"};
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
    if (name == "lstm") {
        const auto model = std::make_shared<const LstmForecaster>(variates, size.d_model, horizon, random);
        return normalised(name, model, 1e-3, without_calendar(model));
    }
    if (name == "encoder-decoder") {
        const auto model = std::make_shared<const EncoderDecoder>(EncoderDecoderOptions{.lookback = shape.lookback,
                                                                                        .horizon = horizon,
                                                                                        .label = shape.lookback / 2,
                                                                                        .variates = variates,
                                                                                        .blocks = blocks},
                                                                  random);
        return normalised(name, model, size.rate, [model](Tape<float>& tape, Var<float> x, const Tensor<3>& calendar) {
            return (*model)(x, tape.constant(calendar));
        });
    }
    if (name == "direct") {
        const auto model = std::make_shared<const DirectForecaster>(DirectOptions{.lookback = shape.lookback,
                                                                                  .horizon = horizon,
                                                                                  .variates = variates,
                                                                                  .pooling = size.pooling,
                                                                                  .blocks = blocks},
                                                                    random);
        return normalised(
            name, model, size.rate,
            [model, lookback = shape.lookback](Tape<float>& tape, Var<float> x, const Tensor<3>& calendar) {
                return (*model)(x, slice(tape.constant(calendar), 1, 0, lookback));
            });
    }
    if (name == "patchtst") {
        const auto model = std::make_shared<const PatchTst>(
            PatchTstOptions{.lookback = shape.lookback, .horizon = horizon, .blocks = blocks}, random);
        return normalised(name, model, size.rate, without_calendar(model));
    }
    if (name == "itransformer") {
        const ITransformerOptions options{shape.lookback, horizon, blocks};
        const auto model = std::make_shared<const ITransformer>(options, random);
        Forecaster forecaster = normalised(name, model, size.rate, without_calendar(model));
        forecaster.with_map = model;
        return forecaster;
    }
    throw Error(fmt::format("there is no model \"{}\"", name));
}

Forecaster rolled_out(const Forecaster& one_row, std::size_t horizon) {
    return {one_row.name + ", rolled out",
            {},
            [ask = one_row.forecast, horizon](Tape<float>& tape, const ForecastInput& input) {
                std::size_t questions = 0;
                const NextRows next = [&](const Tensor<3>& past) {
                    const std::size_t features = input.calendar.shape(2), rows = past.shape(1) + 1;
                    Tensor<3> calendar = zeros<3>({past.shape(0), rows, features});
                    for (std::size_t b = 0; b < past.shape(0); ++b)
                        std::copy_n(&input.calendar(b, questions, 0), rows * features, &calendar(b, 0, 0));
                    ++questions;
                    Tape<float> own(Mode::infer);
                    return ask(own, {past, calendar}).tensor<3>();
                };
                return tape.constant(roll_out(next, input.past, horizon));
            }};
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
        const double rate = model.rate * std::pow(recipe.decay, std::max(0.0, static_cast<double>(epoch) - 2));
        const double loss = train_epoch(
            parallel, optimizer, window_batches(train, recipe.batch, random),
            [&](Starts starts) { return windows_at(task, starts, shape); },
            [&](Tape<float>& tape, const ForecastBatch& batch) {
                return model.forecast(tape, {batch.past, batch.calendar});
            },
            rate, random);
        const double error = errors_of(model, task, validation, shape).mse;
        if (each_epoch) each_epoch(epoch, loss, error);
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
