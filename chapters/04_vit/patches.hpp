/// @file
/// Exercise 4.2: from a picture to tokens. The picture is cut into squares, each square is projected to a vector, a learnt vector
/// that stands for no square ([CLS]) is put before them, and each token gets the learnt vector of its place.
///
///     x_0 = [cls; patch_1 E; patch_2 E; ..; patch_N E] + positions         E [channels * P * P, hidden], N = (H / P) (W / P)
///
/// Source: Dosovitskiy et al. 2021, equation 1.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "vit_options.hpp"
#include "wb/nn/layers.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// The squares of pictures, row by row from the top left, each as one row of numbers: all of its first channel (row by row), then
/// all of its second, and so on, as a convolution's weights [hidden, channels, P, P] lie in memory.
/// @param pixels      [batch, channels, height, width]
/// @param patch_size  P, which divides height and width
/// @return            [batch, (height / P) * (width / P), channels * P * P]
/// @throws ShapeError naming the sizes, when P is 0 or does not divide them
Tensor<3> patchify(const Tensor<4>& pixels, std::size_t patch_size);

/// Learnt positions for another number of patches: the grid of vectors is resized as a picture is, channel by channel, bicubically;
/// the class token's own stays as it is. What a model trained at 224 x 224 needs to look at a larger picture.
///
/// Along an axis, output i lies at s = (i + 0.5) old / new - 0.5 of the input. With f = floor(s) and t = s - f, it is the sum of the
/// inputs f - 1 .. f + 2 (those outside are the nearest inside) with the weights w(1 + t), w(t), w(1 - t), w(2 - t), where
///
///     w(d) = (a + 2) d^3 - (a + 3) d^2 + 1           d <= 1                            a = -0.75
///            a d^3 - 5 a d^2 + 8 a d - 4 a           1 < d < 2
///
/// Source: Keys 1981; the numbers are those of torch.nn.functional.interpolate(mode="bicubic", align_corners=False).
/// @param positions   [1 + old_height * old_width, hidden], the class token's first
/// @param old_height, old_width, new_height, new_width  in patches, at least 1
/// @return            [1 + new_height * new_width, hidden]; the same numbers when the grids are equal
/// @throws ShapeError when the rows are not as many as the old grid says, or an extent is 0
Tensor<2> interpolate_positions(const Tensor<2>& positions, std::size_t old_height, std::size_t old_width,
                                std::size_t new_height, std::size_t new_width);

/// Patches, class token and positions.
class VitEmbeddings {
 public:
    /// Draws the parameters: normals of deviation 0.02, and the projection's weight as a Linear's of as many inputs; its bias is 0.
    VitEmbeddings(const VitOptions& options, Random& random)
        : cls_token(normal_parameter<float>({1, 1, options.hidden}, random, 0.02)),
          position_embeddings(normal_parameter<float>({1, options.tokens(), options.hidden}, random, 0.02)),
          projection_weight(std::make_shared<Parameter<float>>(
              Shape{options.hidden, options.channels, options.patch_size, options.patch_size})),
          projection_bias(std::make_shared<Parameter<float>>(Shape{options.hidden}, false)) {
        const std::size_t inputs = options.channels * options.patch_size * options.patch_size;
        projection_weight->value = Linear<float>(inputs, options.hidden, random, false).weight->value;
    }

    /// @param pixels  [batch, channels, image_size, image_size]
    /// @return        [batch, 1 + patches, hidden]: the class token is token 0
    /// @throws ShapeError naming the shapes, when the pixels are of another size or number of channels
    Var<float> operator()(Tape<float>& tape, const Tensor<4>& pixels) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add(prefix, "cls_token", cls_token);
        out.add(prefix, "position_embeddings", position_embeddings);
        out.add(prefix, "patch_embeddings.projection.weight", projection_weight);
        out.add(prefix, "patch_embeddings.projection.bias", projection_bias);
    }

    ParameterPtr<float> cls_token;            ///< [1, 1, hidden]
    ParameterPtr<float> position_embeddings;  ///< [1, 1 + patches, hidden]
    ParameterPtr<float> projection_weight;    ///< [hidden, channels, P, P]
    ParameterPtr<float> projection_bias;      ///< [hidden]
};

}  // namespace wb
