/// @file
/// Exercise 6.12 another way: Welford's running mean and sum of squares, row after row for all variates at once; and numbers put back by
/// operations that the tape has, with each window's two numbers repeated along the horizon.
#include "instance_norm.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

#include "wb/autograd/elementwise.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

/// [batch, variates] -> [batch, horizon, variates]
Tensor<3> repeated(const Tensor<2>& numbers, std::size_t horizon) {
    Tensor<3> result(std::array<std::size_t, 3>{numbers.shape(0), horizon, numbers.shape(1)});
    for (std::size_t v = 0; v < numbers.shape(1); ++v) {
        for (std::size_t t = 0; t < horizon; ++t) {
            for (std::size_t b = 0; b < numbers.shape(0); ++b) result(b, t, v) = numbers(b, v);
        }
    }
    return result;
}

}  // namespace

NormalisedWindows normalise_windows(const Tensor<3>& past, double epsilon) {
    if (past.shape(1) == 0) throw ShapeError("there is no row in windows of shape " + shape_text(past));
    const bool usable = epsilon > 0 && epsilon < INFINITY;
    if (!usable) throw std::invalid_argument("an epsilon of " + std::to_string(epsilon));
    NormalisedWindows windows;
    windows.x = past;
    windows.mean = windows.deviation = zeros<2>({past.shape(0), past.shape(2)});
    const std::size_t variates = past.shape(2), size = past.shape(1) * variates;
    for (std::size_t b = 0; b < past.shape(0); ++b) {
        std::vector<double> mean(variates), squares(variates);
        const float* window = past.data() + b * size;
        for (std::size_t n = 0; n < size; ++n) {
            const std::size_t v = n % variates;
            const double before = double{window[n]} - mean[v];
            mean[v] += before / static_cast<double>(n / variates + 1);
            squares[v] += before * (double{window[n]} - mean[v]);
        }
        for (std::size_t v = 0; v < variates; ++v) {
            squares[v] = std::sqrt(squares[v] / static_cast<double>(past.shape(1)) + epsilon);
            windows.mean(b, v) = static_cast<float>(mean[v]);
            windows.deviation(b, v) = static_cast<float>(squares[v]);
        }
        for (std::size_t n = 0; n < size; ++n) {
            const auto distance = static_cast<float>(double{window[n]} - mean[n % variates]);
            windows.x.data()[b * size + n] = distance / windows.deviation(b, n % variates);
        }
    }
    return windows;
}

Var<float> denormalise_windows(Var<float> forecast, const Tensor<2>& means, const Tensor<2>& deviations) {
    const Shape shape = forecast.shape();
    const Shape m(std::span<const std::size_t>(means.shape())), s(std::span<const std::size_t>(deviations.shape()));
    if (shape.rank() != 3 || !(m == Shape{shape[0], shape[2]}) || !(s == m))
        throw ShapeError("forecast " + shape_text(shape) + ", mean " + shape_text(m) + ", deviation " + shape_text(s));
    Tape<float>& tape = forecast.tape();
    const std::size_t horizon = shape[1];
    return forecast * tape.constant(repeated(deviations, horizon)) + tape.constant(repeated(means, horizon));
}

}  // namespace wb
