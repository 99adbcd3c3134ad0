/// @file
/// Exercise 6.4: masks, and a test that finds leaks. The contract is chapters/06_time_series/masks.hpp.
#include "masks.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(6.4): the lower triangle, flush right.
//   Equation: j <= i + kv_len - q_len.
//   Ask:      2 queries, 4 keys: which keys does each see? And 4 queries, 2 keys?
//   Traps:    kv_len - q_len has no sign: 2 - 4 is 18446744073709551614.
Tensor<2, std::uint8_t> causal_mask(std::size_t q_len, std::size_t kv_len) {
    throw wb::NotImplemented("6.4");
}

// TODO(6.4): two rules, one for keys that are known and one for keys that are forecast.
//   Ask:      which query may not see key 0? What is the mask when nothing is known, and what when nothing is asked for?
Tensor<2, std::uint8_t> forecast_mask(std::size_t known, std::size_t horizon) {
    throw wb::NotImplemented("6.4");
}

// TODO(6.4): both masks at once, for each entry of the batch.
//   Ask:      an entry without any observed row: what do its queries see?
//   Traps:    any number but 0 says yes: 2 & 1 is 0.
Tensor<3, std::uint8_t> observed_mask(const Tensor<2, std::uint8_t>& observed, const Tensor<2, std::uint8_t>& allowed) {
    throw wb::NotImplemented("6.4");
}

// TODO(6.4): move a row, ask, compare; then the next row.
//   Start:    check x; ask once with x as it is. Then for each row: a copy of x with that row moved, its answer, and each row of the
//             answer against the first answer's, bit by bit (std::bit_cast).
//   Ask:      a model adds 1e-9 of tomorrow to today. Which tolerance finds that? An output is NaN whatever goes in: what does != say?
//   Traps:    adding step and taking it off again does not give back the number that was there: copy x. Comparing one variate misses
//             a leak in the others. x + step may be x.
Tensor<2, std::uint8_t> dependencies(const RowModel& model, const Tensor<3>& x, float step) {
    throw wb::NotImplemented("6.4");
}

// TODO(6.4): what happens, and may not.
//   Ask:      a mask allows what the model does not use. Is that a leak?
Leak first_leak(const Tensor<2, std::uint8_t>& depends, const Tensor<2, std::uint8_t>& allowed) {
    throw wb::NotImplemented("6.4");
}

}  // namespace wb
