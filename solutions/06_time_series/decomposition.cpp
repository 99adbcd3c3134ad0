/// @file
/// Exercise 6.6: trend and season. The contract is chapters/06_time_series/decomposition.hpp.
#include "decomposition.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "wb/autograd/elementwise.hpp"
#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 6.6 removed
namespace {

/// What a row's window holds: rows first .. end - 1, the first row `before` times more, and the last row `behind` times more.
struct Reach {
    std::size_t first, end, before, behind;
};

/// @param r  how far the window reaches to either side
Reach reach_of(std::size_t row, std::size_t r, std::size_t length) {
    return {row < r ? 0 : row - r, std::min(length, row + r + 1), row < r ? r - row : 0,
            row + r < length ? 0 : row + r + 1 - length};
}

/// sums[t] = rows 0 .. t - 1 of one channel together, so that rows a .. b - 1 are sums[b] - sums[a].
void run_sums(const float* channel, std::size_t length, std::size_t channels, std::vector<double>& sums) {
    sums.assign(length + 1, 0);
    for (std::size_t t = 0; t < length; ++t) sums[t + 1] = sums[t] + static_cast<double>(channel[t * channels]);
}

}  // namespace
// SOLUTION END

// TODO(6.6): an operation on the tape: the mean over each row's window, channel by channel.
//   Equation: trend_t = 1 / w sum_{j = t - r .. t + r} x_j, r = (w - 1) / 2; x_j is the first row for j < 0, the last for j >= length.
//   Start:    check window and shape; tape.make for the result; a loop over entries and channels, whose numbers lie `channels` apart.
//             tape.record(result, {x}, lambda) with the way back: tape.gradient(result) comes in, tape.slot(x) says where it goes.
//   Ask:      the windows of rows 7 and 8 have all rows but two in common. What does that save, and what if you have sums from row 0 on?
//             How often does the first row stand in the window of row 0? And of row t?
//             The loss changes by d trend_t when trend_t does. Which trends does row j enter, and how often does the first row enter them?
//   Traps:    a window may be longer than the series, and as large as a std::size_t: do not walk through it, and do not copy rows for it.
//             Sums run along in float lose a little with each row, for good: at a level of 1e5 nothing is left after 2,000.
//             slot().data is null when nobody wants the gradient; slot().fresh means that the memory holds nothing to add to.
Var<float> moving_average(Var<float> x, std::size_t window) {
    // SOLUTION BEGIN 6.6
    const Shape shape = x.shape();
    if (window % 2 == 0)
        throw std::invalid_argument("moving_average: a window of " + std::to_string(window) +
                                    " has no row in its middle: it must be odd");
    if (shape.rank() != 3 || shape[1] == 0)
        throw ShapeError("moving_average: x " + shape_text(shape) +
                         " must be [batch, length, channels], with a row to average");
    const std::size_t batch = shape[0], length = shape[1], channels = shape[2], r = window / 2;
    Tape<float>& tape = x.tape();
    const Var<float> out = tape.make(shape);
    // Visits each channel of each entry: where its first number lies.
    const auto each_series = [=](const auto& visit) {
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t c = 0; c < channels; ++c) visit(b * length * channels + c);
        }
    };
    const auto share = [=](double sum) { return static_cast<float>(sum / static_cast<double>(window)); };
    const float* in = tape.data(x);
    float* trend = tape.data(out);
    std::vector<double> sums;
    each_series([&](std::size_t first) {
        run_sums(in + first, length, channels, sums);
        const double head = in[first], tail = in[first + (length - 1) * channels];
        for (std::size_t t = 0; t < length; ++t) {
            const Reach reach = reach_of(t, r, length);
            trend[first + t * channels] =
                share(sums[reach.end] - sums[reach.first] + static_cast<double>(reach.before) * head +
                      static_cast<double>(reach.behind) * tail);
        }
    });
    return tape.record(out, {x}, [=, &tape, size = shape.size()] {
        const auto [dx, fresh] = tape.slot(x);
        if (dx == nullptr) return;
        if (fresh) std::fill_n(dx, size, 0.0F);
        const float* dy = tape.gradient(out);
        std::vector<double> sums;
        each_series([&, dx = dx](std::size_t first) {
            run_sums(dy + first, length, channels, sums);
            double head = 0, tail = 0;
            for (std::size_t t = 0; t < length; ++t) {
                const Reach reach = reach_of(t, r, length);  // row t is in the windows of the rows that are in its own
                dx[first + t * channels] += share(sums[reach.end] - sums[reach.first]);
                head += static_cast<double>(reach.before) * static_cast<double>(dy[first + t * channels]);
                tail += static_cast<double>(reach.behind) * static_cast<double>(dy[first + t * channels]);
            }
            dx[first] += share(head);
            dx[first + (length - 1) * channels] += share(tail);
        });
    });
    // SOLUTION END
}

// TODO(6.6): the moving average, and what it leaves.
//   Ask:      x enters both parts. Who sums its two gradients up?
Decomposition decompose(Var<float> x, std::size_t window) {
    // SOLUTION BEGIN 6.6
    const Var<float> trend = moving_average(x, window);
    return {trend, x - trend};
    // SOLUTION END
}

}  // namespace wb
