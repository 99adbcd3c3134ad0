/// @file
/// Exercise 6.1: windows and a split by time. The contract is chapters/06_time_series/windows.hpp.
#include "windows.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace wb {

// SOLUTION BEGIN 6.1 removed
namespace {

/// The first `share` of the rows.
std::size_t part_of(std::size_t rows, double share) {
    const double whole = std::floor(static_cast<double>(rows) * share + 1e-6);
    return whole < static_cast<double>(rows) ? static_cast<std::size_t>(whole) : rows;
}

void require_above_zero(const char* function, const char* name, std::size_t value) {
    if (value == 0) throw std::invalid_argument(std::string(function) + ": " + name + " is 0; it must be at least 1");
}

}  // namespace
// SOLUTION END

// TODO(6.1): where the parts end.
//   Equation: train = floor(rows * train_share); validation = floor(rows * (train_share + validation_share)).
//   Ask:      what is 100 * 0.29 in floating point, and what does floor make of it?
//             Why the floor of the sum, and not the sum of two floors: for 10 rows at .55 and .45, how many are left for the test?
//   Traps:    share < 0 is false for NaN. Shares that sum to 1 may sum to a little more; no part may end behind the series for that.
Split chronological_split(std::size_t rows, double train_share, double validation_share) {
    // SOLUTION BEGIN 6.1
    const bool possible = train_share >= 0 && validation_share >= 0 && train_share + validation_share <= 1 + 1e-9;
    if (!possible)
        throw std::invalid_argument("chronological_split: shares of " + std::to_string(train_share) + " and " +
                                    std::to_string(validation_share) +
                                    "; both must be at least 0, their sum at most 1");
    return {part_of(rows, train_share), part_of(rows, train_share + validation_share), rows};
    // SOLUTION END
}

// TODO(6.1): the rows at which windows may begin.
//   Start:    the part's own rows are [begin, end). The future of window s is rows s + lookback .. s + lookback + horizon - 1.
//   Ask:      where is s when the future's first row is `begin`? And when its last is end - 1? In training, begin is 0: what follows?
//             Is it cheating when a test window looks back into validation rows? When a training window looks ahead into them?
//   Traps:    std::size_t has no numbers below 0: begin - lookback and end - horizon wrap around to enormous ones. Compare before you subtract.
//             Sums wrap around too: a stride of 2^64 - 1 is allowed, and gives one window.
std::vector<std::size_t> window_starts(const Split& split, SeriesPart part, const WindowShape& shape,
                                       std::size_t stride) {
    // SOLUTION BEGIN 6.1
    require_above_zero("window_starts", "lookback", shape.lookback);
    require_above_zero("window_starts", "horizon", shape.horizon);
    require_above_zero("window_starts", "stride", stride);
    if (split.train > split.validation || split.validation > split.rows)
        throw std::invalid_argument("window_starts: a split that ends at " + std::to_string(split.train) + ", " +
                                    std::to_string(split.validation) + " and " + std::to_string(split.rows) +
                                    "; the ends must be in this order");
    std::size_t begin = 0, end = split.train;
    if (part == SeriesPart::validation) {
        begin = split.train;
        end = split.validation;
    } else if (part == SeriesPart::test) {
        begin = split.validation;
        end = split.rows;
    }
    const std::size_t first = begin > shape.lookback ? begin - shape.lookback : 0;
    if (shape.lookback > end || shape.horizon > end - shape.lookback) return {};
    const std::size_t last = end - shape.lookback - shape.horizon;
    if (last < first) return {};
    std::vector<std::size_t> starts((last - first) / stride + 1);
    for (std::size_t n = 0; n < starts.size(); ++n) starts[n] = first + n * stride;
    return starts;
    // SOLUTION END
}

// TODO(6.1): copies, window by window.
//   Start:    check all starts, make both tensors, copy rows: those of a window lie one after the other in memory, past and future too.
//   Ask:      the series has 10 rows, a window of 3 + 2 begins at 7: which is the first row that is not there? And if it begins at 12?
//   Traps:    start + lookback + horizon may wrap around and look small. Check before you make tensors: one of 2^60 rows cannot be made.
Windows gather_windows(const Tensor<2>& series, std::span<const std::size_t> starts, const WindowShape& shape) {
    // SOLUTION BEGIN 6.1
    const std::size_t rows = series.shape(0), variates = series.shape(1);
    for (std::size_t n = 0; n < starts.size(); ++n) {
        const std::size_t left = rows - std::min(rows, starts[n]);
        if (shape.lookback > left || shape.horizon > left - shape.lookback)
            throw std::out_of_range("gather_windows: window " + std::to_string(n) + " begins at row " +
                                    std::to_string(starts[n]) + " and asks for row " +
                                    std::to_string(std::max(rows, starts[n])) + " of a series of " +
                                    std::to_string(rows) + " rows");
    }
    Windows windows{zeros<3>({starts.size(), shape.lookback, variates}),
                    zeros<3>({starts.size(), shape.horizon, variates})};
    const std::size_t past = shape.lookback * variates, future = shape.horizon * variates;
    for (std::size_t n = 0; n < starts.size(); ++n) {
        const float* rows_of_window = series.data() + starts[n] * variates;
        std::copy_n(rows_of_window, past, windows.past.data() + n * past);
        std::copy_n(rows_of_window + past, future, windows.future.data() + n * future);
    }
    return windows;
    // SOLUTION END
}

// TODO(6.1): an epoch.
//   Start:    one random.permutation(starts.size()); the n-th question of the epoch is starts[permutation[n]].
//   Ask:      training shuffles windows, which the chapter warns of. Why is it harmless here, after the split, and harmful before it?
//   Traps:    the last batch is what is left, not nothing. A Random that you make yourself gives the same order in every epoch.
std::vector<std::vector<std::size_t>> window_batches(std::span<const std::size_t> starts, std::size_t batch_size,
                                                     Random& random) {
    // SOLUTION BEGIN 6.1
    require_above_zero("window_batches", "batch_size", batch_size);
    std::vector<std::vector<std::size_t>> batches;
    for (const std::size_t n : random.permutation(starts.size())) {
        if (batches.empty() || batches.back().size() == batch_size) batches.emplace_back();
        batches.back().push_back(starts[n]);
    }
    return batches;
    // SOLUTION END
}

}  // namespace wb
