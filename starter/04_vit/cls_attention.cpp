/// @file
/// Exercise 4.6: what the class token looks at. The contract is chapters/04_vit/cls_attention.hpp.
#include "cls_attention.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "attention_checks.hpp"

namespace wb {

// TODO(4.6): the class token's row, for every layer and head.
//   Start:    require_layers and grid_of_tokens (attention_checks.hpp) find what is wrong. Then a row is one run of memory: `tokens`
//             numbers at &attention[layer](picture, head, query, 0).
//   Ask:      rows are queries, columns are keys. Does row 0 say where the class token looks, or who looks at the class token?
//   Traps:    the first number of the row is its look at itself, which is no patch: from there on every patch would be one too far
//             to the right. Rows of a map that are divided by their sum again cannot be compared with each other any more.
Tensor<4> cls_attention(const std::vector<Tensor<4>>& attention, std::size_t picture) {
    throw wb::NotImplemented("4.6");
}

// TODO(4.6): the smallest and the largest number.
//   Traps:    a comparison with NaN is false, whichever way round: a NaN among the numbers goes unseen unless you look for it.
MapRange range_of(std::span<const float> numbers) {
    throw wb::NotImplemented("4.6");
}

// TODO(4.6): the map in colours over the photograph.
//   Start:    the map's numbers to 0..1 first; then, for each pixel, the mixture of the four numbers around it; its colour; the blend.
//   Ask:      a map of 7 x 7 on a photograph of 28 x 28: where does the middle of pixel 0 lie, measured in patches, if the middle of
//             patch 0 is place 0? (Not at 0: at -0.375, left of it.)
//   Traps:    a range of no width divides by zero. A conversion to a byte cuts off: 254.9 becomes 254. At the right edge there is
//             no next patch.
Tensor<3, std::uint8_t> overlay(const Tensor<3, std::uint8_t>& photo, const Tensor<2>& map, const MapRange& range,
                                double opacity) {
    throw wb::NotImplemented("4.6");
}

}  // namespace wb
