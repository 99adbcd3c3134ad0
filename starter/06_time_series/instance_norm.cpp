/// @file
/// Exercise 6.12: each window by its own measure. The contract is chapters/06_time_series/instance_norm.hpp.
#include "instance_norm.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(6.12): mean 0 and deviation 1 for each variate of each window.
//   Equation: m = sum_t x_t / lookback; s = sqrt(sum_t (x_t - m)^2 / lookback + epsilon); x' = (x - m) / s.
//   Start:    refuse what has no row, or no epsilon; then for each window and each variate three passes over time.
//   Ask:      which axis do the sums run along, and which two stay? What is x' of a window that does not move?
//             Floats at 1e5 are 1/128 apart. What is left of a movement of .1 if the mean is one of them?
//   Traps:    the mean of squares less the square of the mean is a difference of two huge numbers. The look-back divides, not
//             look-back - 1. NaN > 0 is false, and so is NaN <= 0: which way round does your test of epsilon refuse it?
NormalisedWindows normalise_windows(const Tensor<3>& past, double epsilon) {
    throw wb::NotImplemented("6.12");
}

// TODO(6.12): an operation with one input that has a gradient, and two that are plain numbers.
//   Equation: y[b, t, v] = forecast[b, t, v] deviations[b, v] + means[b, v]; d forecast = d y * deviation.
//   Start:    tape.make for the result, tape.record with the backward pass, as wb/autograd/tape.hpp says; wb/autograd/elementwise.cpp has examples.
//             Or: two constants of the forecast's shape, a product and a sum (wb/autograd/elementwise.hpp).
//   Ask:      which of the two numbers has no part in the gradient?
//   Traps:    when the backward pass runs, `deviations` may be gone: tape.keep_copy. slot().data is null when nobody wants the
//             gradient; slot().fresh means that there is nothing yet to add to. Check every shape before you look into any.
Var<float> denormalise_windows(Var<float> forecast, const Tensor<2>& means, const Tensor<2>& deviations) {
    throw wb::NotImplemented("6.12");
}

}  // namespace wb
