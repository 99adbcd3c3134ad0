/// @file
/// Float64 oracle of exercise 4.2's interpolate_positions. Independent of solutions/: an output is the sum over all inputs, those
/// beyond the edge repeated, of the kernel's value at their distance; the four that count are not looked for.
#pragma once

#include <cstddef>

#include "wb/tensor.hpp"

namespace wb::oracle {

/// Mistakes that students make, one at a time.
struct ResizeFlaws {
    bool align_corners = false;      ///< the outermost outputs lie on the outermost inputs
    bool corners_at_zero = false;    ///< output i at i * old / new, without the halves
    bool ratio_reversed = false;     ///< new / old in place of old / new
    bool kernel_of_half = false;     ///< a = -0.5
    bool linear = false;             ///< bilinear
    bool nearest = false;            ///< the nearest input
    bool nothing_outside = false;    ///< inputs beyond the edge do not exist
    bool class_in_the_grid = false;  ///< grid rows counted from the class token's on
    bool class_scaled_away = false;  ///< the class token's row is left 0
    bool rows_for_columns = false;   ///< the new grid is walked column by column
};

/// @param positions  [1 + old_height * old_width, hidden]
/// @return           [1 + new_height * new_width, hidden]
Tensor<2, double> resized_positions(const Tensor<2>& positions, std::size_t old_height, std::size_t old_width,
                                    std::size_t new_height, std::size_t new_width, const ResizeFlaws& flaws = {});

}  // namespace wb::oracle
