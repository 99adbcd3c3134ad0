/// @file
/// The models of this chapter by name, how they are trained, and what they say. Given code, for the demo; it uses your exercises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "evaluation.hpp"
#include "forecast_task.hpp"
#include "itransformer.hpp"
#include "wb/autograd/autograd.hpp"

namespace wb {

/// A model, ready to be asked.
struct Forecaster {
    std::string name;
    ParameterList<float> parameters;  ///< empty: nothing to train
    /// On a tape, in the scaler's measure: past [batch, lookback, variates] -> [batch, horizon, variates].
    std::function<Var<float>(Tape<float>& tape, const Tensor<3>& past)> forecast;
    double rate = 0;                                         ///< of Adam, to begin with
    std::shared_ptr<const ITransformer> with_map = nullptr;  ///< where attention is between variates
};

/// How large the transformers are, and how fast they learn.
struct ForecasterSize {
    std::size_t d_model = 128, heads = 8, layers = 2, d_ff = 128;
    double dropout = 0.1;
    double rate = 1e-4;  ///< of Adam, to begin with
};

/// Names that make_forecaster knows, the baselines first.
std::vector<std::string> forecaster_names();

/// Makes a model and draws its parameters. Transformers normalise each window (6.12); the other models do not.
/// @throws Error when the task has no season to repeat, or one longer than the look-back
Forecaster make_forecaster(const std::string& name, const ForecastTask& task, const WindowShape& shape,
                           const ForecasterSize& size, std::uint64_t seed);

/// How to train.
struct ForecastRecipe {
    std::size_t epochs = 10, batch = 32;
    std::size_t patience = 3;  ///< epochs without a better validation error, after which it stops
    std::uint64_t seed = 1;    ///< of the order of windows, and of dropout
};

/// What came of it.
struct ForecastTraining {
    double validation_mse = 0;  ///< of the best epoch, whose parameters the model has now
    std::size_t epochs = 0;     ///< that were run
    double seconds = 0;
};

/// Adam on the mean squared error; the rate is halved each epoch from the third on (as the iTransformer paper's code does). The parameters
/// of the epoch with the lowest validation error are kept.
/// @param each_epoch  called with the epoch, from 1, its training loss and validation error
/// @throws Error when the loss is not finite
ForecastTraining train_forecaster(Forecaster& model, const ForecastTask& task, const WindowShape& shape,
                                  const ForecastRecipe& recipe,
                                  const std::function<void(std::size_t, double, double)>& each_epoch = {});

/// Errors over all windows of a part, in the scaler's measure: those that papers report.
ForecastReport evaluate_forecaster(const Forecaster& model, const ForecastTask& task, SeriesPart part,
                                   const WindowShape& shape);

}  // namespace wb
