/// @file
/// Exercise 6.4: who may look at whom. In a forecast a wrong mask is not a detail: a model that sees what it is asked for has a wonderful
/// loss and is worthless. So you write the masks, and then a test that finds a leak in any model, whatever it is made of.
///
///     causal, 3 of 3      forecast, 2 known and 2 asked for      a window with a gap in its second row
///         1 0 0                 1 1 0 0                                  1 0 1
///         1 1 0                 1 1 0 0                                  1 0 1
///         1 1 1                 1 1 1 0                                  1 0 1
///                               1 1 1 1
///
/// 1: the query (row) may see the key (column). The decoder of 6.7 forecasts all rows at once, and needs no mask: no row holds what
/// another is asked for.
/// Source: Vaswani et al. 2017, section 3.2.3; the one-pass decoder: Zhou et al. 2021, section 3.3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>

#include "wb/tensor.hpp"

namespace wb {

/// Query i sees key j when j <= i + kv_len - q_len: the last query is the last key's row.
/// @return [q_len, kv_len]: 1 where the key is seen, else 0; a query before the first key (q_len > kv_len) sees none
Tensor<2, std::uint8_t> causal_mask(std::size_t q_len, std::size_t kv_len);

/// A row-by-row decoder's mask: `known` rows that have happened, then `horizon` rows that are forecast one after the other. The known rows
/// see each other, later ones too (they are all past); a row that is forecast sees the known ones, itself and those forecast before it.
/// @return [known + horizon, known + horizon]: 1 or 0
Tensor<2, std::uint8_t> forecast_mask(std::size_t known, std::size_t horizon);

/// Keys that were not observed are seen by nobody. What stands in a gap is a filler, not a measurement.
/// @param observed  [batch, kv_len]: not 0 where the row was measured, e.g. 1 or 255
/// @param allowed   [q_len, kv_len]: another mask that holds as well, for every entry of the batch: not 0 where a key is visible
/// @return          [batch, q_len, kv_len]: 1 where the key is observed and allowed, else 0; a query may be left without any key
/// @throws ShapeError naming both shapes when `allowed` is for other keys
Tensor<3, std::uint8_t> observed_mask(const Tensor<2, std::uint8_t>& observed, const Tensor<2, std::uint8_t>& allowed);

/// A model as its input and output: [1, length, variates] -> [1, out_length, out_variates], the same for the same input.
using RowModel = std::function<Tensor<3>(const Tensor<3>&)>;

/// Which inputs each output depends on, found by trying: row s of x is moved (by `step` in every variate), all others stay as they are, and
/// the rows of the answer that are not what they were, to the bit, depend on it. No mask is believed, and no gradient needed.
///
/// To the bit: a change from 0 to -0 counts, and NaN that stays the same NaN is no change. length + 1 questions, in any order.
/// A 1 is a proof. A 0 says only that this move was not seen: ask with another x and step, too.
/// @param x     [1, length, variates]
/// @param step  may be negative
/// @return      [out_length, length]: 1 where output row t depends on input row s, else 0
/// @throws ShapeError when x is not one entry, or an answer is not one or has another shape than the first
/// @throws std::invalid_argument naming the row of x that the step does not move in some variate (1e8 + .125 is 1e8 in float, and NaN
///         stays NaN): nothing would be found there, whatever the model does. What the model throws passes through
Tensor<2, std::uint8_t> dependencies(const RowModel& model, const Tensor<3>& x, float step = 0.125F);

/// The first dependency that a mask forbids.
struct Leak {
    bool found = false;                 ///< whether anything changed that must not
    std::size_t output = 0, input = 0;  ///< rows; both 0 when none is found
};

/// The members, in wire order.
inline auto fields(Leak& leak) {
    return std::tie(leak.found, leak.output, leak.input);
}

/// The first by output, then by input. What is allowed but does not happen is no leak.
/// @param depends  [out_length, length], of dependencies(): not 0 where there is one
/// @param allowed  the same shape: not 0 where there may be one
/// @throws ShapeError naming both shapes
Leak first_leak(const Tensor<2, std::uint8_t>& depends, const Tensor<2, std::uint8_t>& allowed);

}  // namespace wb
