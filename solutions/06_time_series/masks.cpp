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
    // SOLUTION BEGIN 6.4
    Tensor<2, std::uint8_t> mask = zeros<2, std::uint8_t>({q_len, kv_len});
    for (std::size_t i = 0; i < q_len; ++i) {
        for (std::size_t j = 0; j < kv_len; ++j) mask(i, j) = j + q_len <= i + kv_len ? 1 : 0;
    }
    return mask;
    // SOLUTION END
}

// TODO(6.4): two rules, one for keys that are known and one for keys that are forecast.
//   Ask:      which query may not see key 0? What is the mask when nothing is known, and what when nothing is asked for?
Tensor<2, std::uint8_t> forecast_mask(std::size_t known, std::size_t horizon) {
    // SOLUTION BEGIN 6.4
    const std::size_t rows = known + horizon;
    Tensor<2, std::uint8_t> mask = zeros<2, std::uint8_t>({rows, rows});
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < rows; ++j) mask(i, j) = j < known || j <= i ? 1 : 0;
    }
    return mask;
    // SOLUTION END
}

// TODO(6.4): both masks at once, for each entry of the batch.
//   Ask:      an entry without any observed row: what do its queries see?
//   Traps:    any number but 0 says yes: 2 & 1 is 0.
Tensor<3, std::uint8_t> observed_mask(const Tensor<2, std::uint8_t>& observed, const Tensor<2, std::uint8_t>& allowed) {
    // SOLUTION BEGIN 6.4
    const std::size_t batch = observed.shape(0), q_len = allowed.shape(0), kv_len = allowed.shape(1);
    if (observed.shape(1) != kv_len)
        throw ShapeError("observed_mask: observed " + shape_text(observed) + " and allowed " + shape_text(allowed) +
                         " differ in the number of keys (axis 1)");
    Tensor<3, std::uint8_t> mask = zeros<3, std::uint8_t>({batch, q_len, kv_len});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t i = 0; i < q_len; ++i) {
            for (std::size_t j = 0; j < kv_len; ++j) mask(b, i, j) = observed(b, j) != 0 && allowed(i, j) != 0 ? 1 : 0;
        }
    }
    return mask;
    // SOLUTION END
}

// SOLUTION BEGIN 6.4 removed
namespace {

/// A copy of x in which one row is another.
Tensor<3> with_row_moved(const Tensor<3>& x, std::size_t row, float step) {
    Tensor<3> moved = x;
    for (std::size_t v = 0; v < x.shape(2); ++v) {
        const float before = x(0, row, v), after = before + step;
        if (after == before || std::isnan(after))
            throw std::invalid_argument("dependencies: row " + std::to_string(row) + " of x holds " +
                                        std::to_string(before) + ", which a step of " + std::to_string(step) +
                                        " does not move. Take a larger step, or bring x to a smaller scale");
        moved(0, row, v) = after;
    }
    return moved;
}

Tensor<3> ask(const RowModel& model, const Tensor<3>& x) {
    Tensor<3> answer = model(x);
    if (answer.shape(0) != 1)
        throw ShapeError("dependencies: the model answers " + shape_text(answer) + " to x " + shape_text(x) +
                         ", where one entry was expected");
    return answer;
}

/// NaN is the same as NaN, 0 is not the same as -0.
bool same_bits(float a, float b) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

}  // namespace
// SOLUTION END

// TODO(6.4): move a row, ask, compare; then the next row.
//   Start:    check x; ask once with x as it is. Then for each row: a copy of x with that row moved, its answer, and each row of the
//             answer against the first answer's, bit by bit (std::bit_cast).
//   Ask:      a model adds 1e-9 of tomorrow to today. Which tolerance finds that? An output is NaN whatever goes in: what does != say?
//   Traps:    adding step and taking it off again does not give back the number that was there: copy x. Comparing one variate misses
//             a leak in the others. x + step may be x.
Tensor<2, std::uint8_t> dependencies(const RowModel& model, const Tensor<3>& x, float step) {
    // SOLUTION BEGIN 6.4
    if (x.shape(0) != 1)
        throw ShapeError("dependencies: x " + shape_text(x) + " must be one entry, [1, length, variates]");
    const Tensor<3> first = ask(model, x);
    const std::size_t length = x.shape(1), out_length = first.shape(1), out_variates = first.shape(2);
    Tensor<2, std::uint8_t> depends = zeros<2, std::uint8_t>({out_length, length});
    for (std::size_t s = 0; s < length; ++s) {
        const Tensor<3> answer = ask(model, with_row_moved(x, s, step));
        if (answer.shape() != first.shape())
            throw ShapeError("dependencies: the model answers " + shape_text(answer) + " when row " +
                             std::to_string(s) + " is moved, and " + shape_text(first) +
                             " before. Ask one that answers in one shape");
        for (std::size_t t = 0; t < out_length; ++t) {
            const float* row = first.data() + t * out_variates;
            depends(t, s) = std::equal(row, row + out_variates, answer.data() + t * out_variates, same_bits) ? 0 : 1;
        }
    }
    return depends;
    // SOLUTION END
}

// TODO(6.4): what happens, and may not.
//   Ask:      a mask allows what the model does not use. Is that a leak?
Leak first_leak(const Tensor<2, std::uint8_t>& depends, const Tensor<2, std::uint8_t>& allowed) {
    // SOLUTION BEGIN 6.4
    if (depends.shape() != allowed.shape())
        throw ShapeError("first_leak: depends " + shape_text(depends) + " and allowed " + shape_text(allowed) +
                         " must have one shape, [out_length, length]");
    for (std::size_t t = 0; t < depends.shape(0); ++t) {
        for (std::size_t s = 0; s < depends.shape(1); ++s) {
            if (depends(t, s) != 0 && allowed(t, s) == 0) return {true, t, s};
        }
    }
    return {};
    // SOLUTION END
}

}  // namespace wb
