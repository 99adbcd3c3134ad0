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
    // SOLUTION BEGIN 6.12
    const std::size_t batch = past.shape(0), lookback = past.shape(1), variates = past.shape(2);
    if (lookback == 0)
        throw ShapeError("normalise_windows: past " + shape_text(past) + " has no row to measure. Is the look-back 0?");
    if (!(epsilon > 0) || std::isinf(epsilon))
        throw std::invalid_argument("normalise_windows: epsilon is " + std::to_string(epsilon) +
                                    ", but must be above 0 and finite, such as 1e-5");
    const auto rows = static_cast<double>(lookback);
    NormalisedWindows result{Tensor<3>(past.shape()), zeros<2>({batch, variates}), zeros<2>({batch, variates})};
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t v = 0; v < variates; ++v) {
            double total = 0, squares = 0;
            for (std::size_t t = 0; t < lookback; ++t) total += double{past(b, t, v)};
            const double m = total / rows;
            for (std::size_t t = 0; t < lookback; ++t) {
                const double distance = double{past(b, t, v)} - m;
                squares += distance * distance;
            }
            const double s = std::sqrt(squares / rows + epsilon);
            for (std::size_t t = 0; t < lookback; ++t)
                result.x(b, t, v) = static_cast<float>((double{past(b, t, v)} - m) / s);
            result.mean(b, v) = static_cast<float>(m);
            result.deviation(b, v) = static_cast<float>(s);
        }
    }
    return result;
    // SOLUTION END
}

// TODO(6.12): an operation with one input that has a gradient, and two that are plain numbers.
//   Equation: y[b, t, v] = forecast[b, t, v] deviations[b, v] + means[b, v]; d forecast = d y * deviation.
//   Start:    tape.make for the result, tape.record with the backward pass, as wb/autograd/tape.hpp says; wb/autograd/elementwise.cpp has examples.
//             Or: two constants of the forecast's shape, a product and a sum (wb/autograd/elementwise.hpp).
//   Ask:      which of the two numbers has no part in the gradient?
//   Traps:    when the backward pass runs, `deviations` may be gone: tape.keep_copy. slot().data is null when nobody wants the
//             gradient; slot().fresh means that there is nothing yet to add to. Check every shape before you look into any.
Var<float> denormalise_windows(Var<float> forecast, const Tensor<2>& means, const Tensor<2>& deviations) {
    // SOLUTION BEGIN 6.12
    const Shape shape = forecast.shape();
    const auto fits = [&](const Tensor<2>& numbers) {
        return shape.rank() == 3 && numbers.shape(0) == shape[0] && numbers.shape(1) == shape[2];
    };
    if (!fits(means) || !fits(deviations))
        throw ShapeError("denormalise_windows: forecast " + shape_text(shape) +
                         " must be [batch, horizon, variates], and means " + shape_text(means) + " and deviations " +
                         shape_text(deviations) + " [batch, variates] of it");
    const std::size_t batch = shape[0], horizon = shape[1], variates = shape[2];
    Tape<float>& tape = forecast.tape();
    const Var<float> out = tape.make(shape);
    const float* s = tape.keep_copy<float>({deviations.data(), deviations.size()});
    // Visits each number: its place, and that of its window's variate.
    const auto each = [=](const auto& visit) {
        for (std::size_t row = 0; row < batch * horizon; ++row) {
            for (std::size_t v = 0; v < variates; ++v) visit(row * variates + v, row / horizon * variates + v);
        }
    };
    const float *x = tape.data(forecast), *m = means.data();
    float* y = tape.data(out);
    each([=](std::size_t at, std::size_t window) { y[at] = x[at] * s[window] + m[window]; });
    return tape.record(out, {forecast}, [=, &tape] {
        const float* dy = tape.gradient(out);
        const auto [dx, fresh] = tape.slot(forecast);
        if (dx == nullptr) return;
        each([=, dx = dx, fresh = fresh](std::size_t at, std::size_t window) {
            dx[at] = (fresh ? 0 : dx[at]) + dy[at] * s[window];
        });
    });
    // SOLUTION END
}

}  // namespace wb
