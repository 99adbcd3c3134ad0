/// @file
/// How answers of exercise 6.1 are laid out as numbers, by the case maker and by the tests alike.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// What failures call the answer of window_starts.
inline constexpr auto starts_key = "starts, and -1 after the last,";

/// Whole numbers and then -1 up to `length`, so that answers of different length can be compared. @throws what `too_many` does
template <class TooMany>
Tensor<1, double> followed_by_minus_one(const std::vector<std::size_t>& numbers, std::size_t length,
                                        const TooMany& too_many) {
    if (numbers.size() > length) too_many();
    Tensor<1, double> line = full<1, double>({length}, -1);
    for (std::size_t n = 0; n < numbers.size(); ++n) line(n) = static_cast<double>(numbers[n]);
    return line;
}

}  // namespace wb
