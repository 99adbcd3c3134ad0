/// @file
/// Writes the cases of exercise 4.6. The answers are made here, in double; a map's number at a pixel is a sum over *all* of its
/// numbers, each weighted by its nearness. Families:
///
///     maps     of the first picture, alone       resize  a map on a photograph of another size, nothing but colours
///     batch    of another picture                scale   ranges that are wider or narrower than the map
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "attention_draw.hpp"
#include "cls_attention.hpp"
#include "judge/case_maker.hpp"

namespace wb {
namespace {

/// Maps whose number for a patch is `number(weights of layer and picture, head, patch)`.
Tensor<4, double> maps_of(const std::vector<Tensor<4>>& attention, std::size_t grid,
                          const std::function<double(const Tensor<4>&, std::size_t, std::size_t)>& number) {
    const std::size_t heads = attention[0].shape(1);
    Tensor<4, double> maps(std::array<std::size_t, 4>{attention.size(), heads, grid, grid});
    for (std::size_t layer = 0; layer < attention.size(); ++layer) {
        for (std::size_t head = 0; head < heads; ++head) {
            for (std::size_t patch = 0; patch < grid * grid; ++patch)
                maps(layer, head, patch / grid, patch % grid) = number(attention[layer], head, patch);
        }
    }
    return maps;
}

void write_maps(Draw& draw, const std::string& family, std::size_t layers, const std::array<std::size_t, 3>& sizes,
                std::size_t picture) {
    const std::size_t batch = sizes[0], heads = sizes[1], grid = sizes[2];
    const std::size_t tokens = 1 + grid * grid;
    const std::vector<Tensor<4>> attention = draw_attention(draw, layers, {batch, heads, tokens, tokens});
    CaseWriter writer("4.6/" + family, shape_name({{"layers", layers}, {"heads", heads}, {"grid", grid}}));
    put_layers(writer, attention);
    writer.number("picture", static_cast<double>(picture));
    using Layer = const Tensor<4>&;
    const auto maps = [&](const auto& number) { return maps_of(attention, grid, number); };
    writer.expected("maps", maps([&](Layer w, std::size_t h, std::size_t p) { return w(picture, h, 0, 1 + p); }));
    writer.mistake("column 0, who looks at the class token; row 0 is where it looks", "maps",
                   maps([&](Layer w, std::size_t h, std::size_t p) { return w(picture, h, 1 + p, 0); }));
    writer.mistake("maps that start with the class token's look at itself; patches start at token 1", "maps",
                   maps([&](Layer w, std::size_t h, std::size_t p) { return w(picture, h, 0, p); }));
    writer.mistake("weights divided by their sum over the patches; they stay as they are", "maps",
                   maps([&](Layer w, std::size_t h, std::size_t p) {
                       return w(picture, h, 0, 1 + p) / (1.0 - w(picture, h, 0, 0));
                   }));
    writer.mistake(
        "maps column by column; patches lie row by row", "maps",
        maps([&](Layer w, std::size_t h, std::size_t p) { return w(picture, h, 0, 1 + p % grid * grid + p / grid); }));
    writer.mistake("the first patch's row; the class token is token 0", "maps",
                   maps([&](Layer w, std::size_t h, std::size_t p) { return w(picture, h, 1, 1 + p); }));
    writer.mistake("the mean over all queries; only the class token's row is asked for", "maps",
                   maps([&](Layer w, std::size_t h, std::size_t p) {
                       double total = 0;
                       for (std::size_t i = 0; i < tokens; ++i) total += w(picture, h, i, 1 + p);
                       return total / static_cast<double>(tokens);
                   }));
    if (picture > 0)
        writer.mistake("picture 0 of the batch", "maps",
                       maps([&](Layer w, std::size_t h, std::size_t p) { return w(0, h, 0, 1 + p); }));
}

/// How an axis of m pixels lies over one of n numbers.
using Place = std::function<double(double pixel, double n, double m)>;

double half_pixel(double pixel, double n, double m) {
    return (pixel + 0.5) * n / m - 0.5;
}

/// The map's number at a pixel, by its nearness to each of the map's own.
double number_at(const Tensor<2, double>& map, const Place& place, std::size_t y, std::size_t x, std::size_t height,
                 std::size_t width) {
    const auto nearness = [&](std::size_t pixel, std::size_t k, std::size_t n, std::size_t m) {
        const double last = static_cast<double>(n) - 1;
        const double at = place(static_cast<double>(pixel), static_cast<double>(n), static_cast<double>(m));
        return std::max(0.0, 1 - std::abs(std::min(std::max(at, 0.0), last) - static_cast<double>(k)));
    };
    double total = 0;
    for (std::size_t i = 0; i < map.shape(0); ++i) {
        for (std::size_t j = 0; j < map.shape(1); ++j)
            total += nearness(y, i, map.shape(0), height) * nearness(x, j, map.shape(1), width) * map(i, j);
    }
    return total;
}

struct Drawing {
    Tensor<3, std::uint8_t> photo;
    Tensor<2> map;
    MapRange range;
    double opacity = 1;
};

Tensor<2, double> scaled(const Drawing& drawn, bool clamped = true) {
    Tensor<2, double> result = drawn.map;
    for (double& number : result) {
        number = (number - drawn.range.lowest) / (static_cast<double>(drawn.range.highest) - drawn.range.lowest);
        if (clamped) number = std::min(std::max(number, 0.0), 1.0);
    }
    return result;
}

Tensor<3, double> overlaid(const Drawing& drawn, const Tensor<2, double>& map, const Place& place = half_pixel) {
    Tensor<3, double> picture = drawn.photo;
    for (std::size_t y = 0; y < picture.shape(0); ++y) {
        for (std::size_t x = 0; x < picture.shape(1); ++x) {
            const double number = number_at(map, place, y, x, picture.shape(0), picture.shape(1));
            const std::array<double, 3> colour = heat_colour(std::min(std::max(number, 0.0), 1.0));
            for (std::size_t c = 0; c < 3; ++c)
                picture(y, x, c) = std::round((1 - drawn.opacity) * drawn.photo(y, x, c) + drawn.opacity * colour[c]);
        }
    }
    return picture;
}

void write_drawing(const std::string& family, const std::string& name, const Drawing& drawn) {
    CaseWriter writer("4.6/" + family, name);
    writer.in("photo", drawn.photo).in("map", drawn.map).number("opacity", drawn.opacity);
    writer.number("lowest", drawn.range.lowest).number("highest", drawn.range.highest);
    const Tensor<2, double> map = scaled(drawn);
    writer.expected("picture", overlaid(drawn, map));
    writer.mistake(
        "the nearest of the map's numbers, not a mixture of four", "picture",
        overlaid(drawn, map, [](double pixel, double n, double m) { return std::floor((pixel + 0.5) * n / m); }));
    writer.mistake(
        "corners laid on corners; it is (n - 1) / (m - 1) in place of n / m", "picture",
        overlaid(drawn, map, [](double pixel, double n, double m) { return m > 1 ? pixel * (n - 1) / (m - 1) : 0; }));
    writer.mistake("places without the half pixel, i n / m", "picture",
                   overlaid(drawn, map, [](double pixel, double n, double m) { return pixel * n / m; }));
    Drawing other = drawn;
    const auto [lowest, highest] = std::minmax_element(drawn.map.begin(), drawn.map.end());
    other.range = {*lowest, *highest};
    if (family == "scale") {
        writer.mistake("the map's own range, whatever range was given", "picture", overlaid(other, scaled(other)));
        writer.mistake("numbers clamped after they were resized; first they are brought to 0..1", "picture",
                       overlaid(drawn, scaled(drawn, false)));
        other.range = {0, drawn.range.highest};
        writer.mistake("map / highest; lowest is 0 in the colours", "picture", overlaid(other, scaled(other)));
    }
    other = drawn;
    other.opacity = 1 - drawn.opacity;
    writer.mistake("photo and colour exchanged: opacity is the colour's", "picture", overlaid(other, map));
}

Drawing random_drawing(Draw& draw, const std::array<std::size_t, 2>& photo, const std::array<std::size_t, 2>& map) {
    Drawing drawn{zeros<3, std::uint8_t>({photo[0], photo[1], 3}), draw.uniform<2>(map, 1), {-1, 1}};
    for (std::uint8_t& byte : drawn.photo) byte = static_cast<std::uint8_t>(draw.below(256));
    return drawn;
}

WB_CASES(cls_attention) {
    Draw draw(seed + 46);
    write_maps(draw, "maps", 2, {1, 3, 2}, 0);
    write_maps(draw, "maps", 4, {1, 4, 7}, 0);
    write_maps(draw, "maps", 1, {1, 12, 3}, 0);
    write_maps(draw, "batch", 3, {4, 2, 3}, 2);
    write_maps(draw, "batch", 2, {2, 3, 4}, 1);
    write_drawing("resize", "7x7_on_28x28", random_drawing(draw, {28, 28}, {7, 7}));
    write_drawing("resize", "3x2_on_10x13", random_drawing(draw, {10, 13}, {3, 2}));
    write_drawing("resize", "4x4_on_4x4", random_drawing(draw, {4, 4}, {4, 4}));
    write_drawing("resize", "6x5_on_4x3", random_drawing(draw, {4, 3}, {6, 5}));
    for (const auto& [name, range] : {std::pair{"wide", MapRange{-3, 2}}, std::pair{"narrow", MapRange{-0.2F, 0.5F}}}) {
        Drawing drawn = random_drawing(draw, {12, 12}, {4, 4});
        drawn.range = range;
        drawn.opacity = 0.7;
        write_drawing("scale", name, drawn);
    }
}

}  // namespace
}  // namespace wb
