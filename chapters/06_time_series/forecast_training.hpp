/// @file
/// An epoch of training, whatever the model and wherever its windows come from. Given code, for the demo and for tests that train.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "wb/random.hpp"
#include "wb/tensor.hpp"
#include "wb/training/training.hpp"

namespace wb {

/// Windows side by side, with the dates of their rows.
struct ForecastBatch {
    Tensor<3> past;      ///< [batch, lookback, variates]
    Tensor<3> calendar;  ///< [batch, lookback + horizon, features]
    Tensor<3> future;    ///< [batch, horizon, variates]: what is asked for, not to be shown to the model
};

/// Cuts out the windows that begin at these rows.
using BatchOf = std::function<ForecastBatch(std::span<const std::size_t> starts)>;
/// What the model says about a batch, on the tape: [batch, horizon, variates].
using ForecastOf = std::function<Var<float>(Tape<float>& tape, const ForecastBatch& batch)>;

/// A step of Adam on the mean squared error for each batch, in order. Both functions are called by several threads at once, each time for
/// one shard's windows.
/// @param batches  the starts of each batch's windows: an epoch of window_batches (6.1)
/// @param rate     of Adam, for all steps
/// @param random   gives each step its seed of dropout, one draw of bits() each
/// @return         the mean of the losses before each step, every window counted alike; 0 of no batch
/// @throws Error when a loss is not finite
double train_epoch(DataParallel<float>& parallel, Adam<float>& optimizer,
                   const std::vector<std::vector<std::size_t>>& batches, const BatchOf& batch_of,
                   const ForecastOf& forecast, double rate, Random& random);

}  // namespace wb
