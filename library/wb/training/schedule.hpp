/// @file
/// Learning rates over a training run, each a function of the step (or epoch) from 0, as PyTorch's schedulers of that name.
#pragma once

#include <cstdint>

namespace wb {

/// rate * factor^epoch: torch.optim.lr_scheduler.ExponentialLR.
double exponential_rate(double rate, double factor, std::int64_t epoch);

/// Rises linearly over the first `warm_up` steps (step 0 has rate / warm_up), then falls along half a cosine and would reach
/// `lowest` at step `steps`: Loshchilov and Hutter 2017, equation 5; without warm-up torch's CosineAnnealingLR.
/// @throws std::invalid_argument when warm_up is not in 0 .. steps, or steps < 1
double cosine_rate(double highest, std::int64_t step, std::int64_t steps, std::int64_t warm_up = 0, double lowest = 0);

/// The shape of a one-cycle schedule, with PyTorch's defaults.
struct OneCycle {
    double highest = 1e-3;      ///< the rate at the top
    std::int64_t steps = 1;     ///< of the whole run
    double rising = 0.3;        ///< share of the steps until the highest rate
    double start_divisor = 25;  ///< begins at highest / this
    double end_divisor = 1e4;   ///< ends at the beginning's rate / this
};

/// Up and down along half cosines: Smith and Topin 2018; torch.optim.lr_scheduler.OneCycleLR.
/// @throws std::invalid_argument when the step is not among the schedule's, or the shape is none
double one_cycle_rate(const OneCycle& cycle, std::int64_t step);

}  // namespace wb
