/// @file
/// The models of this chapter by name, how they are trained, and what they say. Given code, for the demo; it uses your exercises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "direct_head.hpp"
#include "evaluation.hpp"
#include "forecast_task.hpp"
#include "itransformer.hpp"
#include "wb/autograd/autograd.hpp"

namespace wb {

/// What a model is asked about. Both tensors must outlive it.
struct ForecastInput {
    const Tensor<3>& past;      ///< [batch, lookback, variates], in the scaler's measure
    const Tensor<3>& calendar;  ///< [batch, lookback + horizon, calendar_size]: dates are known beforehand
};

/// A model, ready to be asked.
struct Forecaster {
    std::string name;                 ///< as make_forecaster knows it
    ParameterList<float> parameters;  ///< empty: nothing to train
    /// On a tape, in the scaler's measure: [batch, horizon, variates].
    std::function<Var<float>(Tape<float>& tape, const ForecastInput& input)> forecast;
    double rate = 0;                                         ///< of Adam, to begin with
    std::shared_ptr<const ITransformer> with_map = nullptr;  ///< where attention is between variates
};

/// How large the transformers are, and how fast they learn.
struct ForecasterSize {
    std::size_t d_model = 128, heads = 8, layers = 2, d_ff = 128;  ///< width of the model, heads, blocks, inner width
    double dropout = 0.1;                                          ///< on what each sublayer adds
    double rate = 1e-4;                                            ///< of Adam, to begin with
    Pooling pooling = Pooling::flatten;                            ///< of the direct model (6.8)
};

/// Names that make_forecaster knows, the baselines first.
std::vector<std::string> forecaster_names();

/// Makes a model and draws its parameters. DLinear reads windows as they are; the other models that learn normalise each by its own measure (6.12).
/// @throws Error when the task has no season to repeat, or one longer than the look-back
Forecaster make_forecaster(const std::string& name, const ForecastTask& task, const WindowShape& shape,
                           const ForecasterSize& size, std::uint64_t seed);

/// A model of one row, asked again and again (6.9), each time with the dates that the question has. Nothing is left to train: what it says
/// comes from tapes of its own.
Forecaster rolled_out(const Forecaster& one_row, std::size_t horizon);

/// How to train.
struct ForecastRecipe {
    std::size_t epochs = 10, batch = 32;  ///< rounds through all windows, and windows of a step
    double decay = 0.5;                   ///< what the rate is multiplied by each epoch, from the third on
    std::size_t patience = 3;             ///< epochs without a better validation error, after which it stops
    std::uint64_t seed = 1;               ///< of the order of windows, and of dropout
};

/// What came of it.
struct ForecastTraining {
    double validation_mse = 0;  ///< of the best epoch, whose parameters the model has now
    std::size_t epochs = 0;     ///< that were run
    double seconds = 0;         ///< of the whole training
};

/// Adam on the mean squared error; the rate decays each epoch from the third on (halved, as the iTransformer paper's code does). The
/// parameters of the epoch with the lowest validation error are kept.
/// @param each_epoch  called with the epoch, from 1, its training loss and validation error
/// @throws Error when the loss is not finite
ForecastTraining train_forecaster(Forecaster& model, const ForecastTask& task, const WindowShape& shape,
                                  const ForecastRecipe& recipe,
                                  const std::function<void(std::size_t, double, double)>& each_epoch = {});

/// Errors over all windows of a part, in the scaler's measure: those that papers report.
ForecastReport evaluate_forecaster(const Forecaster& model, const ForecastTask& task, SeriesPart part,
                                   const WindowShape& shape);

}  // namespace wb
