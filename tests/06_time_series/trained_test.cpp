/// @file
/// Judges what the models of this chapter learn. A submission's model is trained in its worker, on the training part of Chicago's riders; its
/// parameters come back, and a model with them (trained_forecasts.hpp) is asked about windows of the test part, of which training has seen no
/// row. What has to be beaten is the last week once more, by a margin that training_targets.hpp argues.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "direct_head_case.hpp"
#include "encoder_decoder_case.hpp"
#include "itransformer_case.hpp"
#include "judge/judge.hpp"
#include "patchtst_case.hpp"
#include "trained_forecasts.hpp"
#include "training_probes.hpp"
#include "training_targets.hpp"

namespace wb {
namespace {

using grader::one_case;
using probes::TrainingQuestion;
using Numbers = Tensor<3, double>;

constexpr std::size_t stations = 20, features = 4;  ///< of Chicago's case

/// A model that is asked: normalised past [windows, lookback, variates], and the calendar of all rows, to [windows, horizon, variates].
using Model = std::function<Numbers(const ModelWeights&, const Numbers& past, const Numbers& calendar)>;

/// Rows first .. first + count - 1 of a table, for each start.
Numbers rows_of(const Tensor<2>& table, const std::vector<std::size_t>& starts, std::size_t first, std::size_t count) {
    Numbers rows = zeros<3, double>({starts.size(), count, table.shape(1)});
    for (std::size_t n = 0; n < starts.size(); ++n) {
        for (std::size_t t = 0; t < count; ++t) {
            for (std::size_t v = 0; v < table.shape(1); ++v)
                rows(n, t, v) = static_cast<double>(table(starts[n] + first + t, v));
        }
    }
    return rows;
}

Tensor<2> first_rows(const Tensor<2>& table, std::size_t count) {
    Tensor<2> rows(std::array<std::size_t, 2>{count, table.shape(1)});
    std::copy_n(table.data(), rows.size(), rows.data());
    return rows;
}

double mean_square(const Numbers& a, const Numbers& b) {
    double sum = 0;
    for (std::size_t n = 0; n < a.size(); ++n) sum += std::pow(a.data()[n] - b.data()[n], 2);
    return sum / static_cast<double>(a.size());
}

Numbers last_week_again(const Numbers& past, std::size_t horizon) {
    Numbers said = zeros<3, double>({past.shape(0), horizon, past.shape(2)});
    for (std::size_t n = 0; n < past.shape(0); ++n) {
        for (std::size_t t = 0; t < horizon; ++t) {
            for (std::size_t v = 0; v < past.shape(2); ++v) said(n, t, v) = past(n, past.shape(1) - 7 + t % 7, v);
        }
    }
    return said;
}

/// What the model says of the windows, each normalised by its own mean and deviation, and put back.
Numbers said_of(const Model& model, const ModelWeights& weights, Numbers past, const Numbers& calendar) {
    const std::size_t rows = past.shape(1), variates = past.shape(2);
    Tensor<2, double> means = zeros<2, double>({past.shape(0), variates}), deviations = means;
    for (std::size_t n = 0; n < past.shape(0); ++n) {
        for (std::size_t v = 0; v < variates; ++v) {
            for (std::size_t t = 0; t < rows; ++t) means(n, v) += past(n, t, v) / static_cast<double>(rows);
            double variance = 0;
            for (std::size_t t = 0; t < rows; ++t)
                variance += std::pow(past(n, t, v) - means(n, v), 2) / static_cast<double>(rows);
            deviations(n, v) = std::sqrt(variance + 1e-5);
            for (std::size_t t = 0; t < rows; ++t) past(n, t, v) = (past(n, t, v) - means(n, v)) / deviations(n, v);
        }
    }
    Numbers said = model(weights, past, calendar);
    for (std::size_t n = 0; n < said.shape(0); ++n) {
        for (std::size_t t = 0; t < said.shape(1); ++t) {
            for (std::size_t v = 0; v < variates; ++v) said(n, t, v) = said(n, t, v) * deviations(n, v) + means(n, v);
        }
    }
    return said;
}

/// A model reads as many numbers of each parameter as there should be: what comes from a worker may be anything.
void require_parameters(const ModelWeights& weights, const ParameterShapes& shapes) {
    bool right = weights.size() == shapes.size();
    for (std::size_t n = 0; right && n < shapes.size(); ++n) {
        std::size_t size = 1;
        for (const std::size_t extent : shapes[n].second) size *= extent;
        right = weights[n].name == shapes[n].first && weights[n].values.size() == size;
    }
    if (!right) stop_test("the trained parameters are not those that the contract's model lists");
}

/// Trains, and measures on every fifth window of the test part.
/// @param shapes  of the parameters, in the model's order
void expect_learns(const probes::TrainingProbe& train, const target::Run& run, const ParameterShapes& shapes,
                   const Model& model) {
    const Case c = one_case("6.5/chicago/20_stations");
    const Tensor<2> series = c.in<2>("series"), calendar = c.in<2>("calendar");
    const auto trained_rows = static_cast<std::size_t>(c.number("train"));
    TrainingQuestion question = run.question;
    question.series = first_rows(series, trained_rows);
    question.calendar = first_rows(calendar, trained_rows);
    const ModelWeights weights = train(question);
    require_parameters(weights, shapes);

    const auto [lookback, horizon] = question.shape;
    std::vector<std::size_t> starts;
    for (auto s = static_cast<std::size_t>(c.number("test")) - lookback; s + lookback + horizon <= series.shape(0);
         s += 5)
        starts.push_back(s);
    const Numbers past = rows_of(series, starts, 0, lookback), truth = rows_of(series, starts, lookback, horizon);
    const double week = mean_square(last_week_again(past, horizon), truth);
    const double error =
        mean_square(said_of(model, weights, past, rows_of(calendar, starts, 0, lookback + horizon)), truth);
    metric(fmt::format("trained {}, MSE on the test part", run.model), error);
    if (error <= run.target) return;  // NaN is not
    ADD_FAILURE() << fmt::format(
        "the trained {} has a mean squared error of {:.3f} over {} windows that it has never seen, and at most {} is "
        "wanted; the last week once more has {:.3f}. The forward pass and the gradients have tests of their own: see "
        "whether these pass",
        run.model, error, starts.size(), run.target, week);
}

TEST(DLinear, TrainedBeatsTheLastWeekOnceMore) {
    const target::Run run = target::dlinear();
    const WindowShape& shape = run.question.shape;
    ParameterShapes shapes;
    for (const char* part : {"trend", "seasonal"}) add_linear(shapes, part, shape.lookback, shape.horizon);
    expect_learns(probes::train_dlinear, run, shapes,
                  [&](const ModelWeights& weights, const Numbers& past, const Numbers&) {
                      return trained::d_linear(weights, past, shape.horizon, 7);
                  });
}

TEST(LstmForecaster, TrainedBeatsTheLastWeekOnceMore) {
    const target::Run run = target::lstm();
    const std::size_t hidden = run.question.blocks.d_model, columns = run.question.shape.horizon * stations;
    ParameterShapes shapes;
    add_linear(shapes, "input", stations, 4 * hidden);
    shapes.push_back({"recurrent.weight", {4 * hidden, hidden}});
    add_linear(shapes, "output", hidden, columns);
    expect_learns(probes::train_lstm, run, shapes,
                  [&](const ModelWeights& weights, const Numbers& past, const Numbers&) {
                      return trained::lstm(weights, past, run.question.shape.horizon, hidden);
                  });
}

TEST(EncoderDecoder, TrainedBeatsTheLastWeekOnceMore) {
    const target::Run run = target::encoder_decoder();
    const WindowShape& shape = run.question.shape;
    const EncoderDecoderOptions options{.lookback = shape.lookback,
                                        .horizon = shape.horizon,
                                        .label = shape.lookback / 2,
                                        .variates = stations,
                                        .features = features,
                                        .blocks = run.question.blocks};
    expect_learns(probes::train_encoder_decoder, run, encoder_decoder_shapes(options),
                  [&](const ModelWeights& weights, const Numbers& past, const Numbers& calendar) {
                      return trained::encoder_decoder(weights, past, calendar, options);
                  });
}

TEST(DirectForecaster, TrainedBeatsTheLastWeekOnceMore) {
    const target::Run run = target::direct();
    const WindowShape& shape = run.question.shape;
    const DirectOptions options{.lookback = shape.lookback,
                                .horizon = shape.horizon,
                                .variates = stations,
                                .features = features,
                                .pooling = Pooling::flatten,
                                .blocks = run.question.blocks};
    expect_learns(probes::train_direct, run, direct_shapes(options, shape.lookback * options.blocks.d_model),
                  [&](const ModelWeights& weights, const Numbers& past, const Numbers& calendar) {
                      return trained::direct(weights, past, calendar, options);
                  });
}

TEST(PatchTst, TrainedBeatsTheLastWeekOnceMore) {
    const target::Run run = target::patchtst();
    const WindowShape& shape = run.question.shape;
    const PatchTstOptions options{
        .lookback = shape.lookback, .horizon = shape.horizon, .patch = 14, .stride = 7, .blocks = run.question.blocks};
    constexpr std::size_t patches = 8;  // of 56 days, the last with a week behind the end
    expect_learns(probes::train_patchtst, run, patchtst_shapes(options, patches),
                  [&](const ModelWeights& weights, const Numbers& past, const Numbers&) {
                      return trained::patchtst(weights, past, options);
                  });
}

TEST(ITransformer, TrainedBeatsTheLastWeekOnceMore) {
    const target::Run run = target::itransformer();
    const ITransformerOptions options{run.question.shape.lookback, run.question.shape.horizon, run.question.blocks};
    expect_learns(probes::train_itransformer, run, itransformer_shapes(options),
                  [&](const ModelWeights& weights, const Numbers& past, const Numbers&) {
                      return trained::itransformer(weights, past, options);
                  });
}

}  // namespace
}  // namespace wb
