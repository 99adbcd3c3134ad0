/// @file
/// One step of training: gradients of a batch, the checks that it needs, and the optimizer.
#pragma once

#include <cstdint>
#include <optional>

#include "wb/training/adam.hpp"
#include "wb/training/data_parallel.hpp"

namespace wb {

/// How one step is taken.
struct TrainingStepOptions {
    double rate = 1e-3;                    ///< learning rate, by schedule.hpp
    std::optional<double> clip_norm = {};  ///< largest norm of all gradients together
    std::uint64_t dropout_seed = 0;        ///< another one each step, from the run's Random
};

/// Computes the gradients, clips them, and lets the optimizer step.
/// @return the batch's loss before the step
/// @throws Error when the loss or the gradients are not finite, with the step and the learning rate; then nothing was changed
template <class Real>
double training_step(DataParallel<Real>& parallel, Adam<Real>& optimizer, std::size_t batch,
                     const typename DataParallel<Real>::LossFunction& loss, const TrainingStepOptions& options);

}  // namespace wb
