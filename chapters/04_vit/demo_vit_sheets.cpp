#include "demo_vit_sheets.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "picture_input.hpp"
#include "wb/photo_sheet.hpp"

namespace wb::demo {
namespace {

constexpr double opacity = 0.6;               // of the colours: both the map and the photo can be read
constexpr std::size_t width_of_sheet = 1500;  // pixels: what a slide has

std::vector<std::string> numbered(const std::string& word, std::size_t count) {
    std::vector<std::string> labels;
    for (std::size_t n = 1; n <= count; ++n) labels.push_back(word + " " + std::to_string(n));
    return labels;
}

/// A photo with less contrast, so that its own lights and darks are not taken for the colours' over it.
Tensor<3, std::uint8_t> softened(Tensor<3, std::uint8_t> photo) {
    for (std::uint8_t& level : photo) level = static_cast<std::uint8_t>(56 + level * 5 / 8);
    return photo;
}

std::size_t side_of_panel(std::size_t columns) {
    return std::clamp<std::size_t>(width_of_sheet / columns, 84, 280);
}

}  // namespace

Tensor<3, std::uint8_t> fit_photo(const Tensor<3, std::uint8_t>& photo, std::size_t side) {
    constexpr std::size_t small = 64;  // pixels a side: a picture of a data set, whose pixels one wants to see
    const Tensor<3, std::uint8_t> rgb = as_rgb(photo);
    const std::size_t height = rgb.shape(0), width = rgb.shape(1), longest = std::max(height, width);
    if (longest > small) {
        const auto scaled = [&](std::size_t pixels) {
            return std::max<std::size_t>(1, (pixels * side + longest / 2) / longest);
        };
        return resize_bilinear(rgb, scaled(height), scaled(width));
    }
    const std::size_t zoom = std::max<std::size_t>(1, side / longest);
    Tensor<3, std::uint8_t> large(std::array<std::size_t, 3>{height * zoom, width * zoom, 3});
    for (std::size_t y = 0; y < large.shape(0); ++y) {
        for (std::size_t x = 0; x < large.shape(1); ++x) std::copy_n(&rgb(y / zoom, x / zoom, 0), 3, &large(y, x, 0));
    }
    return large;
}

void draw_seen(const std::filesystem::path& path, const std::string& title, const Tensor<3, std::uint8_t>& photo,
               const Look& look) {
    constexpr std::size_t side = 448;
    const std::string size = std::to_string(look.seen.shape(0));
    std::vector<PhotoPanel> panels = {{"as the model gets it, " + size + " x " + size, fit_photo(look.seen, side)}};
    if (as_rgb(photo) != look.seen) panels.insert(panels.begin(), {"the picture", fit_photo(photo, side)});
    write_photo_sheet(path, panels, {.title = title, .columns = panels.size()});
}

void draw_maps(const std::filesystem::path& path, const std::string& title, const Tensor<3, std::uint8_t>& photo,
               const Look& look, Scale scale) {
    const Tensor<4> maps = cls_attention(look.attention, 0);
    const std::size_t layers = maps.shape(0), heads = maps.shape(1), grid = maps.shape(2);
    const Tensor<3, std::uint8_t> under = softened(fit_photo(photo, side_of_panel(heads)));
    const MapRange of_sheet = range_of({maps.data(), maps.size()});
    std::vector<PhotoPanel> panels;
    for (std::size_t n = 0; n < layers * heads; ++n) {
        Tensor<2> map(std::array<std::size_t, 2>{grid, grid});
        std::copy_n(maps.data() + n * map.size(), map.size(), map.data());
        const MapRange range = scale == Scale::sheet ? of_sheet : range_of({map.data(), map.size()});
        panels.push_back({"", overlay(under, map, range, opacity)});
    }
    write_photo_sheet(
        path, panels,
        {.title = title + (scale == Scale::panel ? "; each panel on a scale of its own" : "; one scale for all"),
         .column_labels = numbered("head", heads),
         .row_labels = numbered("layer", layers),
         .columns = heads});
}

void draw_rollout(const std::filesystem::path& path, const std::string& title, const Tensor<3, std::uint8_t>& photo,
                  const Look& look, const RolloutOptions& options, Scale scale) {
    const Tensor<3> rollout = attention_rollout(look.attention, 0, options);
    const std::size_t layers = rollout.shape(0), tokens = rollout.shape(1);
    std::vector<Tensor<2>> maps;
    std::vector<float> all;
    for (std::size_t layer = 0; layer < layers; ++layer) {
        Tensor<2> of_layer(std::array<std::size_t, 2>{tokens, tokens});
        std::copy_n(rollout.data() + layer * of_layer.size(), of_layer.size(), of_layer.data());
        maps.push_back(rollout_map(of_layer));
        all.insert(all.end(), maps.back().begin(), maps.back().end());
    }
    const std::size_t columns = layers < 7 ? layers + 1 : (layers + 2) / 2;
    const Tensor<3, std::uint8_t> small = fit_photo(photo, side_of_panel(columns));
    const Tensor<3, std::uint8_t> under = softened(small);
    std::vector<PhotoPanel> panels = {{"the picture", small}};
    for (std::size_t layer = 0; layer < layers; ++layer) {
        const MapRange range =
            range_of(scale == Scale::sheet ? all : std::vector<float>(maps[layer].begin(), maps[layer].end()));
        char words[64];  // how much of the class token has come from patches: it starts as none
        std::snprintf(words, sizeof words, "layer %zu (%.0f %%)", layer + 1, 100 * (1 - rollout(layer, 0, 0)));
        panels.push_back({words, overlay(under, maps[layer], range, opacity)});
    }
    write_photo_sheet(path, panels, {.title = title + " (%: from patches)", .columns = columns});
}

}  // namespace wb::demo
