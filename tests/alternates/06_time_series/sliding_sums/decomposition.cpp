/// @file
/// Exercise 6.6 another way: the window's sum slides on, a row comes in and a row goes out, all channels of a row side by side. The way
/// back adds each row's share to a range of rows, by its two ends.
#include "decomposition.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "wb/autograd/elementwise.hpp"
#include "wb/errors.hpp"

namespace wb {

Var<float> moving_average(Var<float> x, std::size_t window) {
    const Shape shape = x.shape();
    if ((window & 1U) == 0) throw std::invalid_argument("an odd window is wanted, not " + std::to_string(window));
    if (shape.rank() != 3) throw ShapeError("three axes are wanted, not " + shape_text(shape));
    if (shape[1] == 0) throw ShapeError("there is no row in " + shape_text(shape));
    const std::size_t length = shape[1], channels = shape[2], entry = length * channels, half = (window - 1) / 2;
    const double w = static_cast<double>(window);
    Tape<float>& tape = x.tape();
    const Var<float> out = tape.make(shape);
    for (std::size_t b = 0; b < shape[0]; ++b) {
        const float* in = tape.data(x) + b * entry;
        float* y = tape.data(out) + b * entry;
        const auto row = [&](std::size_t t, std::size_t c) {
            return static_cast<double>(in[std::min(t, length - 1) * channels + c]);
        };
        std::vector<double> sum(channels);
        const std::size_t reach = std::min(half, length - 1);
        for (std::size_t c = 0; c < channels; ++c) {
            sum[c] = static_cast<double>(half + 1) * row(0, c) + static_cast<double>(half - reach) * row(length, c);
            for (std::size_t t = 1; t <= reach; ++t) sum[c] += row(t, c);
        }
        for (std::size_t t = 0; t < length; ++t) {
            for (std::size_t c = 0; c < channels; ++c) {
                y[t * channels + c] = static_cast<float>(sum[c] / w);
                sum[c] += row(t + half + 1, c) - row(t < half ? 0 : t - half, c);
            }
        }
    }
    return tape.record(out, {x}, [=, &tape] {
        const GradientSlot<float> into = tape.slot(x);
        if (into.data == nullptr) return;
        for (std::size_t b = 0; b < shape[0]; ++b) {
            const float* dy = tape.gradient(out) + b * entry;
            float* dx = into.data + b * entry;
            std::vector<double> change(entry + channels);  // of the gradient, from one row to the next
            std::vector<double> first(channels), last(channels);
            for (std::size_t t = 0; t < length; ++t) {
                for (std::size_t c = 0; c < channels; ++c) {
                    const double share = static_cast<double>(dy[t * channels + c]) / w;
                    change[(t > half ? t - half : 0) * channels + c] += share;
                    change[std::min(length, t + half + 1) * channels + c] -= share;
                    if (half > t) first[c] += static_cast<double>(half - t) * share;
                    if (t + half >= length) last[c] += static_cast<double>(t + half - (length - 1)) * share;
                }
            }
            std::vector<double> gradient(channels);
            for (std::size_t t = 0; t < length; ++t) {
                for (std::size_t c = 0; c < channels; ++c) {
                    gradient[c] += change[t * channels + c];
                    const double whole = gradient[c] + (t == 0 ? first[c] : 0) + (t + 1 == length ? last[c] : 0);
                    float& at = dx[t * channels + c];
                    at = static_cast<float>(into.fresh ? whole : static_cast<double>(at) + whole);
                }
            }
        }
    });
}

Decomposition decompose(Var<float> x, std::size_t window) {
    Decomposition parts;
    parts.trend = moving_average(x, window);
    parts.seasonal = x + parts.trend * -1.0F;
    return parts;
}

}  // namespace wb
