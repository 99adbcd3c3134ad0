/// @file
/// Exercise 4.1 in double, by another road: a new pixel is one sum over the whole old picture, in both directions at once, and nothing
/// is rounded. Rounded to 8 bits after each of two passes, a pixel lies within 1 of it: a half that the first rounding may add to
/// every number that the second pass takes the mean of, and a half of the second rounding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wb/tensor.hpp"

namespace wb::oracle {

/// How a picture is resized: rightly, or by a mistake that students make.
enum class ResizeWay {
    right,
    nearest,           ///< the old pixel whose middle is nearest
    not_wider,         ///< a triangle of reach 1 also when shrinking, as by torch's and OpenCV's bilinear
    corners_aligned,   ///< the first and last middles lie on each other
    halves_forgotten,  ///< pixel i lies at i, not at i + 0.5
    whole_triangle,    ///< divided by the sum that there would be without an edge
    box,               ///< the plain mean of what lies within reach
};

/// @return  [new_height, new_width, channels], not rounded
Tensor<3, double> resized(const Tensor<3, std::uint8_t>& picture, std::size_t new_height, std::size_t new_width,
                          ResizeWay way = ResizeWay::right);

/// How levels become numbers: rightly, or by a mistake that students make.
enum class NormaliseWay {
    right,
    by_256,               ///< divided by 256
    mean_first,           ///< the mean is taken off the level, and the difference divided by 255
    not_by_255,           ///< levels as they are
    variance,             ///< divided by the deviation squared
    no_mean,              ///<
    blue_first,           ///< channels in the opposite order
    channels_interleaved  ///< [height, width, channels] under the shape [channels, height, width]
};

/// @return  [channels, height, width]
Tensor<3, double> normalised(const Tensor<3, std::uint8_t>& picture, const std::vector<double>& means,
                             const std::vector<double>& standard_deviations, NormaliseWay way = NormaliseWay::right);

}  // namespace wb::oracle
