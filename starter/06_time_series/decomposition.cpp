/// @file
/// Exercise 6.6: trend and season. The contract is chapters/06_time_series/decomposition.hpp.
#include "decomposition.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "wb/autograd/elementwise.hpp"
#include "wb/errors.hpp"

namespace wb {

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
    throw wb::NotImplemented("6.6");
}

// TODO(6.6): the moving average, and what it leaves.
//   Ask:      x enters both parts. Who sums its two gradients up?
Decomposition decompose(Var<float> x, std::size_t window) {
    throw wb::NotImplemented("6.6");
}

}  // namespace wb
