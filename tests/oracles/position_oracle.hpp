/// @file
/// What exercise 5.3 should return, computed a second time, in long double and by another road: the clock hand of each pair of
/// channels is a complex number of length 1, and place p is its p-th power, so that no sine of a large angle is ever taken.
#pragma once

#include <cstddef>
#include <vector>

#include "wb/tensor.hpp"

namespace wb::oracle {

/// Mistakes that students make, one at a time.
struct PositionFlaws {
    bool halves = false;              ///< all sines, then all cosines, where they should alternate
    bool cosine_first = false;        ///< cosines in even channels
    bool counts_channels = false;     ///< 10000^(-i / hidden): i counts channels, or half of the exponent
    bool whole_number_ratio = false;  ///< 2 * i / hidden in whole numbers: every frequency is 1
    bool starts_at_one = false;       ///< place 0 taken for place 1
    bool cosine_of_next = false;      ///< the cosine with a frequency of its own, as if 2 i + 1 were its exponent
};

/// PE of these places. @param hidden  even
Tensor<2, double> positions(const std::vector<std::size_t>& places, std::size_t hidden,
                            const PositionFlaws& flaws = {});

}  // namespace wb::oracle
