/// @file
/// What a picture's attention has to look like, and the errors when it does not. Given code, for exercises 4.6 and 4.7.
#pragma once

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "wb/errors.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// Requires an entry a layer, all of one shape [batch, heads, tokens, tokens], and that the batch has the picture.
/// @param where  what was called, e.g. "cls_attention"
/// @throws ShapeError when there are no layers or heads; naming the layer, when its shape is not layer 0's or its two numbers of
///         tokens differ
/// @throws std::out_of_range naming the picture and the batch
inline void require_layers(const std::string& where, const std::vector<Tensor<4>>& attention, std::size_t picture) {
    if (attention.empty()) throw ShapeError(where + ": no layers. Ask the model for its attention");
    for (std::size_t layer = 0; layer < attention.size(); ++layer) {
        const std::string which = where + ": layer " + std::to_string(layer) + " is " + shape_text(attention[layer]);
        if (attention[layer].shape() != attention[0].shape())
            throw ShapeError(which + ", but layer 0 is " + shape_text(attention[0]));
        if (attention[layer].shape(2) != attention[layer].shape(3))
            throw ShapeError(which + "; the last two axes are both the tokens");
        if (attention[layer].shape(1) == 0) throw ShapeError(which + ": it has no heads");
    }
    if (picture >= attention[0].shape(0)) {
        throw std::out_of_range(where + ": picture " + std::to_string(picture) + " of a batch of " +
                                std::to_string(attention[0].shape(0)) + ", counted from 0");
    }
}

/// Patches along a side, when `tokens` are the class token and a square of patches: 197 -> 14.
/// @throws ShapeError when they are not
inline std::size_t grid_of_tokens(const std::string& where, std::size_t tokens) {
    if (tokens == 0) throw ShapeError(where + ": no tokens, not even the class token");
    const auto grid = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(tokens - 1))));
    if (grid * grid != tokens - 1) {
        throw ShapeError(where + ": " + std::to_string(tokens) + " tokens are the class token and " +
                         std::to_string(tokens - 1) + " patches, which is no square");
    }
    return grid;
}

}  // namespace wb
