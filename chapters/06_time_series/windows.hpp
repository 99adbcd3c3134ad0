/// @file
/// Exercise 6.1: from one long series to many small questions. A *window* is a stretch of the past (the look-back) and the stretch that
/// follows it (the horizon). A model sees the one and is asked for the other.
///
///     rows         0 ................ train ...... validation ...... rows
///     train        |past|future|                                          neither part of a window leaves the part
///     validation               |past|future|                              the past may, the future may not
///     test                                  |past|future|
///
/// Time decides who may learn from what. Windows that are shuffled *before* they are dealt out put tomorrow into training and today into the
/// test: neighbours share all rows but one, and the test asks for what was learnt by heart.
/// Source: the borders of Zhou et al. 2021 (Informer), which all later papers keep.
#pragma once

#include <cstddef>
#include <span>
#include <tuple>
#include <vector>

#include "wb/random.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// One of the three stretches that a series is cut into.
enum class SeriesPart { train, validation, test };

/// Where parts end: rows 0 .. train - 1 are to learn from, train .. validation - 1 to choose by, validation .. rows - 1 to be judged by.
struct Split {
    std::size_t train = 0, validation = 0, rows = 0;  ///< rows of training; of training and validation; of all
    bool operator==(const Split&) const = default;
};

/// The members, in wire order.
inline auto fields(Split& split) {
    return std::tie(split.train, split.validation, split.rows);
}

/// How long the two halves of a window are, in rows.
struct WindowShape {
    std::size_t lookback = 96;  ///< at least 1
    std::size_t horizon = 96;   ///< at least 1
};

/// The members, in wire order.
inline auto fields(WindowShape& shape) {
    return std::tie(shape.lookback, shape.horizon);
}

/// Cuts a series in order of time.
///
///     train = floor(rows * train_share)        validation = floor(rows * (train_share + validation_share))        the rest is for the test
///
/// A product that is a whole number but for rounding (less than 1e-6 below it) counts as that number: 100 rows at .29 and .28 end at 29 and
/// 57, though 100 * .29 is 28.999999999999996. No part ends behind the series.
/// @throws std::invalid_argument naming both shares, when one is negative or not finite, or they sum to more than 1 (by more than 1e-9)
Split chronological_split(std::size_t rows, double train_share, double validation_share);

/// The rows at which a part's windows begin: all that fit, in order, every `stride`-th from the first.
///
///     window s:  past = rows s .. s + lookback - 1,  future = rows s + lookback .. s + lookback + horizon - 1
///
/// The future lies in the part's own rows. So does the past in training; in the other parts it may reach back into rows before
/// (they have happened by then), and the first future row is the part's first row, unless there is too little past before it.
/// @param stride  above 0; with 3, the first window, the fourth, the seventh ..
/// @return        empty when none fits, however long a window or a stride is
/// @throws std::invalid_argument naming lookback, horizon or stride when it is 0, or the split's three numbers when they are out of order
std::vector<std::size_t> window_starts(const Split& split, SeriesPart part, const WindowShape& shape,
                                       std::size_t stride = 1);

/// Windows side by side.
struct Windows {
    Tensor<3> past;    ///< [batch, lookback, variates]
    Tensor<3> future;  ///< [batch, horizon, variates]
};

/// The members, in wire order.
inline auto fields(Windows& windows) {
    return std::tie(windows.past, windows.future);
}

/// Copies windows out of a series.
/// @param series  [rows, variates]; any numbers, NaN too
/// @param starts  of each window: any order, repetitions too
/// @throws std::out_of_range naming the first window (by its place in `starts`) that asks for a row which the series does not have, and
///         the first such row
Windows gather_windows(const Tensor<2>& series, std::span<const std::size_t> starts, const WindowShape& shape);

/// An epoch: every start once, in an order that Random::permutation draws (the n-th is starts[permutation[n]]; one permutation an epoch),
/// cut into batches of batch_size. The last may be short; it is not dropped. No starts: no batches.
/// @throws std::invalid_argument naming batch_size when it is 0
std::vector<std::vector<std::size_t>> window_batches(std::span<const std::size_t> starts, std::size_t batch_size,
                                                     Random& random);

}  // namespace wb
