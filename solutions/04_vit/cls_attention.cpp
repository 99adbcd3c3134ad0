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
    // SOLUTION BEGIN 4.6
    require_layers("cls_attention", attention, picture);
    const std::size_t layers = attention.size(), heads = attention[0].shape(1), tokens = attention[0].shape(2);
    const std::size_t grid = grid_of_tokens("cls_attention", tokens);
    Tensor<4> maps(std::array<std::size_t, 4>{layers, heads, grid, grid});
    float* out = maps.data();
    for (const Tensor<4>& layer : attention) {
        for (std::size_t head = 0; head < heads; ++head) {
            const float* row = layer.data() + (picture * heads + head) * tokens * tokens;
            out = std::copy(row + 1, row + tokens, out);
        }
    }
    return maps;
    // SOLUTION END
}

// TODO(4.6): the smallest and the largest number.
//   Traps:    a comparison with NaN is false, whichever way round: a NaN among the numbers goes unseen unless you look for it.
MapRange range_of(std::span<const float> numbers) {
    // SOLUTION BEGIN 4.6
    if (numbers.empty()) throw std::invalid_argument("range_of: no numbers, so none is the smallest");
    MapRange range{numbers[0], numbers[0]};
    for (std::size_t n = 0; n < numbers.size(); ++n) {
        if (std::isnan(numbers[n])) throw std::invalid_argument("range_of: number " + std::to_string(n) + " is NaN");
        range.lowest = std::min(range.lowest, numbers[n]);
        range.highest = std::max(range.highest, numbers[n]);
    }
    return range;
    // SOLUTION END
}

// SOLUTION BEGIN 4.6 removed
namespace {

/// Where a place of the photograph lies among the map's numbers: between two of them, `share` of the way to the second.
struct Between {
    std::size_t first, second;
    double share;
};

std::vector<Between> places(std::size_t from, std::size_t to) {
    std::vector<Between> result;
    for (std::size_t i = 0; i < to; ++i) {
        const double at = (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to) - 0.5;
        const double inside = std::clamp(at, 0.0, static_cast<double>(from - 1));
        const auto first = static_cast<std::size_t>(inside);
        result.push_back({first, std::min(first + 1, from - 1), inside - static_cast<double>(first)});
    }
    return result;
}

void require_drawable(const Tensor<3, std::uint8_t>& photo, const Tensor<2>& map, const MapRange& range,
                      double opacity) {
    if (photo.shape(2) != 3)
        throw ShapeError("overlay: the photo is [height, width, 3], got " + shape_text(photo) +
                         ". Repeat a grey channel three times");
    if (map.size() == 0) throw ShapeError("overlay: the map " + shape_text(map) + " is empty");
    if (!(opacity >= 0 && opacity <= 1))
        throw std::invalid_argument("overlay: the opacity is from 0 to 1, got " + std::to_string(opacity));
    if (!std::isfinite(range.lowest) || !std::isfinite(range.highest) || range.lowest > range.highest)
        throw std::invalid_argument("overlay: a range goes from a number to one that is no smaller, got " +
                                    std::to_string(range.lowest) + " to " + std::to_string(range.highest));
    for (std::size_t n = 0; n < map.size(); ++n) {
        if (!std::isfinite(map.data()[n]))
            throw std::invalid_argument("overlay: map(" + std::to_string(n / map.shape(1)) + ", " +
                                        std::to_string(n % map.shape(1)) + ") is " + std::to_string(map.data()[n]));
    }
}

}  // namespace
// SOLUTION END

// TODO(4.6): the map in colours over the photograph.
//   Start:    the map's numbers to 0..1 first; then, for each pixel, the mixture of the four numbers around it; its colour; the blend.
//   Ask:      a map of 7 x 7 on a photograph of 28 x 28: where does the middle of pixel 0 lie, measured in patches, if the middle of
//             patch 0 is place 0? (Not at 0: at -0.375, left of it.)
//   Traps:    a range of no width divides by zero. A conversion to a byte cuts off: 254.9 becomes 254. At the right edge there is
//             no next patch.
Tensor<3, std::uint8_t> overlay(const Tensor<3, std::uint8_t>& photo, const Tensor<2>& map, const MapRange& range,
                                double opacity) {
    // SOLUTION BEGIN 4.6
    require_drawable(photo, map, range, opacity);
    const double width_of_range = static_cast<double>(range.highest) - range.lowest;
    Tensor<2, double> scaled(map.shape());
    std::transform(map.begin(), map.end(), scaled.begin(), [&](float number) {
        return width_of_range > 0 ? std::clamp((number - range.lowest) / width_of_range, 0.0, 1.0) : 0.0;
    });

    const std::vector<Between> rows = places(map.shape(0), photo.shape(0)),
                               columns = places(map.shape(1), photo.shape(1));
    Tensor<3, std::uint8_t> picture(photo.shape());
    for (std::size_t y = 0; y < rows.size(); ++y) {
        const auto& [above, below, down] = rows[y];
        for (std::size_t x = 0; x < columns.size(); ++x) {
            const auto& [left, right, along] = columns[x];
            const double top = (1 - along) * scaled(above, left) + along * scaled(above, right);
            const double bottom = (1 - along) * scaled(below, left) + along * scaled(below, right);
            const std::array<double, 3> colour = heat_colour((1 - down) * top + down * bottom);
            for (std::size_t c = 0; c < 3; ++c) {
                picture(y, x, c) =
                    static_cast<std::uint8_t>(std::lround((1 - opacity) * photo(y, x, c) + opacity * colour[c]));
            }
        }
    }
    return picture;
    // SOLUTION END
}

}  // namespace wb
