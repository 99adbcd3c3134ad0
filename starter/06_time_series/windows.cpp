/// @file
/// Exercise 6.1: windows and a split by time. The contract is chapters/06_time_series/windows.hpp.
#include "windows.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace wb {

// TODO(6.1): where the parts end.
//   Equation: train = floor(rows * train_share); validation = floor(rows * (train_share + validation_share)).
//   Ask:      what is 100 * 0.29 in floating point, and what does floor make of it?
//             Why the floor of the sum, and not the sum of two floors: for 10 rows at .55 and .45, how many are left for the test?
//   Traps:    share < 0 is false for NaN. Shares that sum to 1 may sum to a little more; no part may end behind the series for that.
Split chronological_split(std::size_t rows, double train_share, double validation_share) {
    throw wb::NotImplemented("6.1");
}

// TODO(6.1): the rows at which windows may begin.
//   Start:    the part's own rows are [begin, end). The future of window s is rows s + lookback .. s + lookback + horizon - 1.
//   Ask:      where is s when the future's first row is `begin`? And when its last is end - 1? In training, begin is 0: what follows?
//             Is it cheating when a test window looks back into validation rows? When a training window looks ahead into them?
//   Traps:    std::size_t has no numbers below 0: begin - lookback and end - horizon wrap around to enormous ones. Compare before you subtract.
//             Sums wrap around too: a stride of 2^64 - 1 is allowed, and gives one window.
std::vector<std::size_t> window_starts(const Split& split, SeriesPart part, const WindowShape& shape,
                                       std::size_t stride) {
    throw wb::NotImplemented("6.1");
}

// TODO(6.1): copies, window by window.
//   Start:    check all starts, make both tensors, copy rows: those of a window lie one after the other in memory, past and future too.
//   Ask:      the series has 10 rows, a window of 3 + 2 begins at 7: which is the first row that is not there? And if it begins at 12?
//   Traps:    start + lookback + horizon may wrap around and look small. Check before you make tensors: one of 2^60 rows cannot be made.
Windows gather_windows(const Tensor<2>& series, std::span<const std::size_t> starts, const WindowShape& shape) {
    throw wb::NotImplemented("6.1");
}

// TODO(6.1): an epoch.
//   Start:    one random.permutation(starts.size()); the n-th question of the epoch is starts[permutation[n]].
//   Ask:      training shuffles windows, which the chapter warns of. Why is it harmless here, after the split, and harmful before it?
//   Traps:    the last batch is what is left, not nothing. A Random that you make yourself gives the same order in every epoch.
std::vector<std::vector<std::size_t>> window_batches(std::span<const std::size_t> starts, std::size_t batch_size,
                                                     Random& random) {
    throw wb::NotImplemented("6.1");
}

}  // namespace wb
