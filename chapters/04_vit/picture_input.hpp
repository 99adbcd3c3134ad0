/// @file
/// Exercise 4.1: a picture as a model takes it. Whatever a file holds (wb/photo.hpp reads it) becomes three channels or one, of the
/// size that the model was trained at, as numbers around 0, channel by channel.
///
/// Weights are trained behind one particular way of doing this. Another way gives a picture that looks the same and other numbers;
/// nothing fails, the model is only wrong more often. So each step here is held against Pillow, which the published image processors of
/// such models call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// A picture in three channels: grey is repeated, an alpha channel is dropped (not blended with anything), as convert("RGB") of
/// Pillow does.
/// @param picture  [height, width, channels], channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA
/// @return         [height, width, 3]
/// @throws ShapeError naming the shape, for another number of channels
Tensor<3, std::uint8_t> as_rgb(const Tensor<3, std::uint8_t>& picture);

/// A picture in one channel. Of colours it is their brightness, with the weights .299, .587 and .114 of television (ITU-R BT.601),
/// in whole numbers as convert("L") of Pillow does:
///
///     L = (19595 R + 38470 G + 7471 B + 32768) >> 16            the three weights times 65,536; they sum to 65,536
///
/// Grey stays as it is, and alpha is dropped.
/// @param picture  as for as_rgb
/// @return         [height, width, 1]
/// @throws ShapeError naming the shape, for another number of channels
Tensor<3, std::uint8_t> as_grey(const Tensor<3, std::uint8_t>& picture);

/// A picture in another size, as Image.resize(size, BILINEAR) of Pillow has it, to 1 of the 256 levels. First along rows, then along
/// columns. Along an axis of n pixels that becomes m, with scale = n / m:
///
///     c_i = (i + 0.5) scale                         where the middle of new pixel i lies among the old; old pixel j's lies at j + 0.5
///     r   = max(1, scale)                           how far it looks: when shrinking, as far as the new pixels lie apart
///     w_ij = max(0, 1 - |j + 0.5 - c_i| / r)        a triangle; j runs over pixels of the picture only
///     out_i = round(sum_j w_ij x_j / sum_j w_ij)    8 bits after each of the two passes
///
/// (Pillow's own weights are whole numbers, round(2^22 w_ij / sum_j w_ij), so that its answer is the same on every machine. With
/// doubles a sum that lies nearly halfway between two levels may be rounded to the other one.)
/// @param picture  [height, width, channels]; each channel for itself
/// @return         [new_height, new_width, channels]; the same numbers when the size is the same
/// @throws ShapeError naming the sizes, when the picture or the new size has no pixels
Tensor<3, std::uint8_t> resize_bilinear(const Tensor<3, std::uint8_t>& picture, std::size_t new_height,
                                        std::size_t new_width);

/// Levels to numbers around 0, and from channels side by side to channels one after the other:
///
///     out[c, y, x] = (picture[y, x, c] / 255 - means[c]) / standard_deviations[c]
///
/// @param picture              [height, width, channels]
/// @param means                one a channel, of levels divided by 255
/// @param standard_deviations  one a channel, likewise
/// @return                     [channels, height, width]
/// @throws ShapeError naming the three numbers, when they are not as many as there are channels
/// @throws std::invalid_argument naming the channel, when a standard deviation is not positive and finite, or a mean not finite
Tensor<3> normalise(const Tensor<3, std::uint8_t>& picture, std::span<const double> means,
                    std::span<const double> standard_deviations);

/// How a model wants its pictures. The defaults are those of google/vit-base-patch16-224.
struct VitInputOptions {
    std::size_t image_size = 224;                              ///< pixels a side
    std::size_t channels = 3;                                  ///< 3 RGB, 1 grey
    std::vector<double> mean = {0.5, 0.5, 0.5};                ///< of each channel
    std::vector<double> standard_deviation = {0.5, 0.5, 0.5};  ///< of each channel
};

/// The members, in wire order.
inline auto fields(VitInputOptions& options) {
    return std::tie(options.image_size, options.channels, options.mean, options.standard_deviation);
}

/// The whole way: as_rgb or as_grey, resize_bilinear to a square (nothing is cut off, so a wide picture gets narrower), normalise.
/// @param picture  [height, width, channels], as a file has it
/// @return         [1, channels, image_size, image_size]
/// @throws std::invalid_argument when options.channels is neither 3 nor 1
/// @throws ShapeError, std::invalid_argument as the steps do
Tensor<4> vit_input(const Tensor<3, std::uint8_t>& picture, const VitInputOptions& options = {});

}  // namespace wb
