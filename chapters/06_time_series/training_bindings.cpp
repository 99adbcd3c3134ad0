/// @file
/// Trains the models of this chapter for the tests: given code around a submission's model.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "baselines.hpp"
#include "direct_head.hpp"
#include "encoder_decoder.hpp"
#include "forecast_training.hpp"
#include "itransformer.hpp"
#include "patchtst.hpp"
#include "probe/worker.hpp"
#include "training_probes.hpp"
#include "wb/autograd/elementwise.hpp"

namespace wb {
namespace {

using probes::TrainingQuestion;

/// Rows first .. first + count - 1 of a table, for each start.
Tensor<3> rows_of(const Tensor<2>& table, std::span<const std::size_t> starts, std::size_t first, std::size_t count) {
    const std::size_t columns = table.shape(1);
    Tensor<3> rows(std::array<std::size_t, 3>{starts.size(), count, columns});
    for (std::size_t n = 0; n < starts.size(); ++n)
        std::copy_n(table.data() + (starts[n] + first) * columns, count * columns, rows.data() + n * count * columns);
    return rows;
}

/// Each window's mean and deviation in the last `horizon` axes' shape, so that model * deviation + mean needs no repeating.
struct Measure {
    Tensor<3> mean, deviation;  ///< [batch, horizon, variates]
};

/// Normalises `past` in place.
Measure normalise(Tensor<3>& past, std::size_t horizon) {
    const std::size_t batch = past.shape(0), lookback = past.shape(1), variates = past.shape(2);
    Measure measure{zeros<3>({batch, horizon, variates}), zeros<3>({batch, horizon, variates})};
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t v = 0; v < variates; ++v) {
            double mean = 0, variance = 0;
            for (std::size_t t = 0; t < lookback; ++t) mean += static_cast<double>(past(b, t, v));
            mean /= static_cast<double>(lookback);
            for (std::size_t t = 0; t < lookback; ++t)
                variance += std::pow(static_cast<double>(past(b, t, v)) - mean, 2) / static_cast<double>(lookback);
            const double deviation = std::sqrt(variance + 1e-5);
            for (std::size_t t = 0; t < lookback; ++t)
                past(b, t, v) = static_cast<float>((static_cast<double>(past(b, t, v)) - mean) / deviation);
            for (std::size_t t = 0; t < horizon; ++t) {
                measure.mean(b, t, v) = static_cast<float>(mean);
                measure.deviation(b, t, v) = static_cast<float>(deviation);
            }
        }
    }
    return measure;
}

/// A model as it is asked: normalised past and the calendar of all rows, on the tape.
template <class Model, class Ask>
ModelWeights trained(const Model& model, const TrainingQuestion& question, const Ask& ask) {
    const ParameterList<float> parameters(model);
    const WindowShape& shape = question.shape;
    std::vector<std::size_t> starts;
    for (std::size_t s = 0; s + shape.lookback + shape.horizon <= question.series.shape(0); s += question.stride)
        starts.push_back(s);
    const BatchOf batch_of = [&](std::span<const std::size_t> of) {
        return ForecastBatch{rows_of(question.series, of, 0, shape.lookback),
                             rows_of(question.calendar, of, 0, shape.lookback + shape.horizon),
                             rows_of(question.series, of, shape.lookback, shape.horizon)};
    };
    const ForecastOf forecast = [&](Tape<float>& tape, const ForecastBatch& batch) {
        Tensor<3> past = batch.past;
        const Measure measure = normalise(past, shape.horizon);
        const Var<float> out = ask(tape.constant(past), tape.constant(batch.calendar));
        return out * tape.constant(measure.deviation) + tape.constant(measure.mean);
    };
    Adam<float> optimizer(parameters);
    DataParallel<float> parallel(parameters, 2);
    Random random(question.seed);
    for (std::size_t epoch = 0; epoch < question.epochs; ++epoch) {
        const std::vector<std::size_t> order = random.permutation(starts.size());
        std::vector<std::vector<std::size_t>> batches;
        for (std::size_t n = 0; n < order.size(); ++n) {
            if (n % question.batch == 0) batches.emplace_back();
            batches.back().push_back(starts[order[n]]);
        }
        const double rate = question.rate * std::pow(0.5, epoch < 2 ? 0 : static_cast<double>(epoch) - 1);
        train_epoch(parallel, optimizer, batches, batch_of, forecast, rate, random);
    }
    return copy_weights(parameters);
}

ModelWeights train_dlinear(const TrainingQuestion& question) {
    Random random(question.seed);
    const DLinear model(question.shape.lookback, question.shape.horizon, 7, random);  // a week
    return trained(model, question, [&](Var<float> past, Var<float>) { return model(past); });
}

ModelWeights train_lstm(const TrainingQuestion& question) {
    Random random(question.seed);
    const LstmForecaster model(question.series.shape(1), question.blocks.d_model, question.shape.horizon, random);
    return trained(model, question, [&](Var<float> past, Var<float>) { return model(past); });
}

ModelWeights train_encoder_decoder(const TrainingQuestion& question) {
    Random random(question.seed);
    const EncoderDecoder model({.lookback = question.shape.lookback,
                                .horizon = question.shape.horizon,
                                .label = question.shape.lookback / 2,
                                .variates = question.series.shape(1),
                                .features = question.calendar.shape(1),
                                .blocks = question.blocks},
                               random);
    return trained(model, question, [&](Var<float> past, Var<float> calendar) { return model(past, calendar); });
}

ModelWeights train_direct(const TrainingQuestion& question) {
    Random random(question.seed);
    const DirectForecaster model({.lookback = question.shape.lookback,
                                  .horizon = question.shape.horizon,
                                  .variates = question.series.shape(1),
                                  .features = question.calendar.shape(1),
                                  .pooling = Pooling::flatten,
                                  .blocks = question.blocks},
                                 random);
    return trained(model, question, [&](Var<float> past, Var<float> calendar) {
        return model(past, slice(calendar, 1, 0, question.shape.lookback));
    });
}

ModelWeights train_patchtst(const TrainingQuestion& question) {
    Random random(question.seed);
    const PatchTst model({.lookback = question.shape.lookback,
                          .horizon = question.shape.horizon,
                          .patch = 14,
                          .stride = 7,
                          .blocks = question.blocks},
                         random);
    return trained(model, question, [&](Var<float> past, Var<float>) { return model(past); });
}

ModelWeights train_itransformer(const TrainingQuestion& question) {
    Random random(question.seed);
    const ITransformer model({question.shape.lookback, question.shape.horizon, question.blocks}, random);
    return trained(model, question, [&](Var<float> past, Var<float>) { return model(past); });
}

}  // namespace

WB_BIND(training) {
    worker.bind(probes::train_dlinear, &train_dlinear);
    worker.bind(probes::train_lstm, &train_lstm);
    worker.bind(probes::train_encoder_decoder, &train_encoder_decoder);
    worker.bind(probes::train_direct, &train_direct);
    worker.bind(probes::train_patchtst, &train_patchtst);
    worker.bind(probes::train_itransformer, &train_itransformer);
}

}  // namespace wb
