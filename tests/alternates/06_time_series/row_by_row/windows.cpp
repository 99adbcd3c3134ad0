/// @file
/// Exercise 6.1 another way: a row is asked whether a window may begin there, windows are copied number by number, an epoch is drawn whole
/// and cut with pointers.
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "windows.hpp"

namespace wb {
namespace {

std::size_t border(std::size_t rows, double share) {
    const double product = share * static_cast<double>(rows), nearest = std::round(product);
    const double end = nearest > product && nearest - product < 1e-6 ? nearest : std::trunc(product);
    return end < static_cast<double>(rows) ? static_cast<std::size_t>(end) : rows;
}

bool is_share(double share) {
    return std::isfinite(share) && share >= 0;
}

/// Of `rows`, those that are left from `first` on, with room for `count`.
bool has_room(std::size_t rows, std::size_t first, std::size_t count) {
    return first <= rows && rows - first >= count;
}

/// first + more, or the largest number there is.
std::size_t sum_of(std::size_t first, std::size_t more) {
    const std::size_t sum = first + more;
    return sum < first ? ~std::size_t{0} : sum;
}

}  // namespace

Split chronological_split(std::size_t rows, double train_share, double validation_share) {
    const double both = train_share + validation_share;
    if (!is_share(train_share) || !is_share(validation_share) || both - 1 > 1e-9)
        throw std::invalid_argument("no shares of a series: " + std::to_string(train_share) + ", " +
                                    std::to_string(validation_share));
    Split split;
    split.rows = rows;
    split.train = border(rows, train_share);
    split.validation = border(rows, both);
    return split;
}

std::vector<std::size_t> window_starts(const Split& split, SeriesPart part, const WindowShape& shape,
                                       std::size_t stride) {
    for (const auto& [name, value] :
         {std::pair("lookback", shape.lookback), std::pair("horizon", shape.horizon), std::pair("stride", stride)}) {
        if (value < 1) throw std::invalid_argument(std::string("no window has a ") + name + " of 0");
    }
    const std::size_t ends[] = {0, split.train, split.validation, split.rows};
    if (!std::is_sorted(ends, ends + 4))
        throw std::invalid_argument("parts end at " + std::to_string(ends[1]) + ", " + std::to_string(ends[2]) + ", " +
                                    std::to_string(ends[3]) + ", which is not in order");
    const std::size_t begin = ends[static_cast<std::size_t>(part)], end = ends[static_cast<std::size_t>(part) + 1];
    std::vector<std::size_t> starts;
    // The first row of a future, from one to the next.
    for (std::size_t future = std::max(begin, shape.lookback); has_room(end, future, shape.horizon);
         future = sum_of(future, stride))
        starts.push_back(future - shape.lookback);
    return starts;
}

Windows gather_windows(const Tensor<2>& series, std::span<const std::size_t> starts, const WindowShape& shape) {
    const std::size_t rows = series.shape(0);
    const std::size_t length = sum_of(shape.lookback, shape.horizon);
    const auto outside =
        std::find_if(starts.begin(), starts.end(), [&](std::size_t start) { return !has_room(rows, start, length); });
    if (outside != starts.end())
        throw std::out_of_range("window number " + std::to_string(outside - starts.begin()) + " needs row " +
                                std::to_string(*outside < rows ? rows : *outside));
    Windows windows;
    windows.past.resize({starts.size(), shape.lookback, series.shape(1)});
    windows.future.resize({starts.size(), shape.horizon, series.shape(1)});
    for (std::size_t v = 0; v < series.shape(1); ++v) {
        for (std::size_t n = 0; n < starts.size(); ++n) {
            for (std::size_t t = 0; t < length; ++t) {
                const float value = series(starts[n] + t, v);
                if (t < shape.lookback)
                    windows.past(n, t, v) = value;
                else
                    windows.future(n, t - shape.lookback, v) = value;
            }
        }
    }
    return windows;
}

std::vector<std::vector<std::size_t>> window_batches(std::span<const std::size_t> starts, std::size_t batch_size,
                                                     Random& random) {
    if (batch_size == 0) throw std::invalid_argument("a batch_size of 0 never comes to an end");
    std::vector<std::size_t> epoch = random.permutation(starts.size());
    for (std::size_t& place : epoch) place = starts[place];
    std::vector<std::vector<std::size_t>> batches;
    auto from = epoch.begin();
    while (from != epoch.end()) {
        const auto left = static_cast<std::size_t>(epoch.end() - from);
        const auto to = from + static_cast<std::ptrdiff_t>(std::min(left, batch_size));
        batches.emplace_back(from, to);
        from = to;
    }
    return batches;
}

}  // namespace wb
