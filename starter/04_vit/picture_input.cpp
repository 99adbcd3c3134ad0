/// @file
/// Exercise 4.1: a picture as a model takes it. The contract is chapters/04_vit/picture_input.hpp.
#include "picture_input.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(4.1): three channels.
//   Start:    1 and 2 channels are grey (the second is alpha), 3 and 4 are colours (the fourth is alpha).
//   Ask:      a file with two channels is seldom met. What would your code make of it?
Tensor<3, std::uint8_t> as_rgb(const Tensor<3, std::uint8_t>& picture) {
    throw wb::NotImplemented("4.1");
}

// TODO(4.1): one channel.
//   Equation: L = (19595 R + 38470 G + 7471 B + 32768) >> 16.
//   Ask:      what do 32768 and >> 16 do together? Can the sum become too large for 32 bits?
//   Traps:    the eye sees green best; the mean of three channels is another picture.
Tensor<3, std::uint8_t> as_grey(const Tensor<3, std::uint8_t>& picture) {
    throw wb::NotImplemented("4.1");
}

// TODO(4.1): another size.
//   Equation: c_i = (i + 0.5) n / m; w_ij = max(0, 1 - |j + 0.5 - c_i| / r), r = max(1, n / m); out_i = sum_j w_ij x_j / sum_j w_ij.
//   Start:    the weights of one axis depend on n and m alone. Make them once, and use them for each line and channel.
//   Ask:      of 1,000 pixels in a row that become 224, how many does each new one see? And if r were 1 throughout? Which weights
//             change at the edge, where part of the triangle lies outside?
//   Traps:    pixels have middles: without the two halves the picture moves by half a pixel. Divide by the sum that there is, not
//             by the one that there would be. Rounding is not cutting off. Height and width are easily exchanged.
Tensor<3, std::uint8_t> resize_bilinear(const Tensor<3, std::uint8_t>& picture, std::size_t new_height,
                                        std::size_t new_width) {
    throw wb::NotImplemented("4.1");
}

// TODO(4.1): numbers around 0, channel by channel.
//   Equation: out[c, y, x] = (picture[y, x, c] / 255 - means[c]) / standard_deviations[c].
//   Ask:      with mean = standard_deviation = 0.5, what become of 0 and 255? Which number lies behind out[0, 0, 0] in memory?
//   Traps:    the largest level is 255, not 256. In whole numbers 200 / 255 is 0.
Tensor<3> normalise(const Tensor<3, std::uint8_t>& picture, std::span<const double> means,
                    std::span<const double> standard_deviations) {
    throw wb::NotImplemented("4.1");
}

// TODO(4.1): the whole way.
//   Ask:      why convert before resizing, and not after? (A palette or a channel of alpha is no brightness.)
Tensor<4> vit_input(const Tensor<3, std::uint8_t>& picture, const VitInputOptions& options) {
    throw wb::NotImplemented("4.1");
}

}  // namespace wb
