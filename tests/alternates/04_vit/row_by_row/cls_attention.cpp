/// @file
/// Exercise 4.6 another way: indices in place of pointers, floats throughout, and the map resized along one axis and then along
/// the other before anything is turned into colours.
#include "cls_attention.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "attention_checks.hpp"

namespace wb {

Tensor<4> cls_attention(const std::vector<Tensor<4>>& attention, std::size_t picture) {
    require_layers("cls_attention", attention, picture);
    const std::size_t grid = grid_of_tokens("cls_attention", attention[0].shape(3));
    Tensor<4> maps = zeros<4>({attention.size(), attention[0].shape(1), grid, grid});
    for (std::size_t layer = 0; layer < maps.shape(0); ++layer) {
        for (std::size_t head = 0; head < maps.shape(1); ++head) {
            for (std::size_t y = 0; y < grid; ++y) {
                for (std::size_t x = 0; x < grid; ++x)
                    maps(layer, head, y, x) = attention[layer](picture, head, 0, 1 + y * grid + x);
            }
        }
    }
    return maps;
}

MapRange range_of(std::span<const float> numbers) {
    const auto nan = std::find_if(numbers.begin(), numbers.end(), [](float x) { return std::isnan(x); });
    if (nan != numbers.end()) throw std::invalid_argument("NaN at " + std::to_string(nan - numbers.begin()));
    if (numbers.empty()) throw std::invalid_argument("no numbers");
    const auto [lowest, highest] = std::minmax_element(numbers.begin(), numbers.end());
    return {*lowest, *highest};
}

namespace {

/// Rows resized to `height`.
Tensor<2> taller(const Tensor<2>& map, std::size_t height) {
    Tensor<2> result = zeros<2>({height, map.shape(1)});
    const float step = static_cast<float>(map.shape(0)) / static_cast<float>(height);
    for (std::size_t y = 0; y < height; ++y) {
        const float at = (static_cast<float>(y) + 0.5F) * step - 0.5F;
        const float whole = std::floor(at), share = at - whole;
        const auto row = [&](float number) {
            return static_cast<std::size_t>(std::clamp(number, 0.0F, static_cast<float>(map.shape(0) - 1)));
        };
        for (std::size_t x = 0; x < map.shape(1); ++x)
            result(y, x) = (1 - share) * map(row(whole), x) + share * map(row(whole + 1), x);
    }
    return result;
}

Tensor<2> turned(const Tensor<2>& map) {
    Tensor<2> result = zeros<2>({map.shape(1), map.shape(0)});
    for (std::size_t y = 0; y < map.shape(0); ++y) {
        for (std::size_t x = 0; x < map.shape(1); ++x) result(x, y) = map(y, x);
    }
    return result;
}

}  // namespace

Tensor<3, std::uint8_t> overlay(const Tensor<3, std::uint8_t>& photo, const Tensor<2>& map, const MapRange& range,
                                double opacity) {
    if (photo.shape(2) != 3 || map.size() == 0) throw ShapeError("overlay: no photo or no map");
    const bool all_finite = std::all_of(map.begin(), map.end(), [](float x) { return std::isfinite(x); });
    const bool range_is_one =
        std::isfinite(range.lowest) && std::isfinite(range.highest) && range.lowest <= range.highest;
    if (!all_finite || !range_is_one || !(opacity >= 0) || !(opacity <= 1))
        throw std::invalid_argument("overlay: not to be drawn");
    Tensor<2> scaled = map;
    for (float& number : scaled) {
        const float clamped = std::clamp(number, range.lowest, range.highest);
        number = range.lowest < range.highest ? (clamped - range.lowest) / (range.highest - range.lowest) : 0;
    }
    scaled = turned(taller(turned(taller(scaled, photo.shape(0))), photo.shape(1)));
    Tensor<3, std::uint8_t> picture = photo;
    for (std::size_t n = 0; n < scaled.size(); ++n) {
        const std::array<double, 3> colour = heat_colour(scaled.data()[n]);
        for (std::size_t c = 0; c < 3; ++c) {
            std::uint8_t& byte = picture.data()[3 * n + c];
            byte = static_cast<std::uint8_t>(std::lround(byte + opacity * (colour[c] - byte)));
        }
    }
    return picture;
}

}  // namespace wb
