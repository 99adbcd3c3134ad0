/// @file
/// Exercise 4.6: what the class token looks at. The model's answer is read from that token alone, so its row of each attention
/// matrix says from where the answer's parts were fetched: a map for every layer and every head, drawn over the photograph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "heat_colour.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// The class token's attention to each patch, for every layer and head: row 0 of the weights, without its column 0. The weights stay
/// as they are: over a map they sum to 1 less what the class token gives to itself, and so maps can be compared.
/// @param attention  an entry a layer, [batch, heads, tokens, tokens]: row i is what token i looks at. tokens = 1 + grid * grid, the
///                   class token first, then the patches row by row
/// @param picture    which of the batch
/// @return           [layers, heads, grid, grid]
/// @throws ShapeError when there are no layers or heads; naming the layer, when its shape is not layer 0's or its two numbers of tokens
///         differ; when there is no token, or the number of patches is no square
/// @throws std::out_of_range naming the picture and the batch
Tensor<4> cls_attention(const std::vector<Tensor<4>>& attention, std::size_t picture);

/// Which numbers the colours run over.
struct MapRange {
    float lowest = 0, highest = 0;  ///< weights that become the first and the last colour
};

/// The members, in wire order.
inline auto fields(MapRange& range) {
    return std::tie(range.lowest, range.highest);
}

/// The smallest and the largest of some numbers: of one panel, &maps(layer, head, 0, 0) and grid * grid, so that each head shows
/// where it looks; or of a whole sheet, maps.storage(), so that one colour is one number everywhere.
/// @throws std::invalid_argument when there are none, or one is NaN (naming its place)
MapRange range_of(std::span<const float> numbers);

/// A map in colours over a photograph.
///
///     v = (map - lowest) / (highest - lowest), clamped to 0..1          0 where highest = lowest
///     v resized to the photograph, bilinearly: along an axis of n numbers that becomes m, place i lies at
///         s = (i + 0.5) n / m - 0.5, clamped to 0..n - 1, between floor(s) and the next
///     pixel = (1 - opacity) photo + opacity heat_colour(v), rounded to the nearest
///
/// The same opacity everywhere: where nothing is looked at the photograph turns dark blue, and stays recognisable.
/// @param photo    [height, width, 3]
/// @param map      [rows, columns], any sizes from 1
/// @param opacity  of the colours, 0 (the photograph as it is) to 1 (nothing but colours)
/// @return         [height, width, 3]
/// @throws ShapeError when the photo's last axis is not 3, or the map is empty
/// @throws std::invalid_argument when the opacity is not within 0..1, when lowest > highest, or when one of the map's numbers or
///         of the range's is NaN or infinite
Tensor<3, std::uint8_t> overlay(const Tensor<3, std::uint8_t>& photo, const Tensor<2>& map, const MapRange& range,
                                double opacity);

}  // namespace wb
