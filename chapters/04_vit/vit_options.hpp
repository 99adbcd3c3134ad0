/// @file
/// What decides a vision transformer's shape. Given code.
#pragma once

#include <cstddef>
#include <tuple>

namespace wb {

/// The defaults are those of google/vit-base-patch16-224: 86,567,656 parameters.
struct VitOptions {
    std::size_t image_size = 224;       ///< pixels a side; pictures are square
    std::size_t channels = 3;           ///< of a picture: 3 RGB, 1 grey
    std::size_t patch_size = 16;        ///< P, which divides image_size
    std::size_t hidden = 768;           ///< width of the model
    std::size_t layers = 12;            ///< one behind the other
    std::size_t heads = 12;             ///< a layer; divides hidden
    std::size_t mlp = 3072;             ///< width of a layer's inner part
    std::size_t classes = 1000;         ///< that it can tell apart
    double layer_norm_epsilon = 1e-12;  ///< above 0: a row of equal numbers, or of one, has variance 0

    /// Patches along a side.
    [[nodiscard]] std::size_t grid() const { return image_size / patch_size; }
    /// Tokens of a picture: the class token and the patches.
    [[nodiscard]] std::size_t tokens() const { return 1 + grid() * grid(); }
};

/// The members, in wire order.
inline auto fields(VitOptions& options) {
    return std::tie(options.image_size, options.channels, options.patch_size, options.hidden, options.layers,
                    options.heads, options.mlp, options.classes, options.layer_norm_epsilon);
}

}  // namespace wb
