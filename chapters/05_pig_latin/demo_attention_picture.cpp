#include "demo_attention_picture.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "wb/picture.hpp"

namespace wb::demo {

void draw_attention(const std::filesystem::path& path, const AttentionMaps& maps) {
    const std::size_t layers = maps.cross.shape(0), rows = maps.cross.shape(1), columns = maps.cross.shape(2);
    std::vector<HeatMap> panels;
    for (std::size_t layer = 0; layer < layers; ++layer) {
        HeatMap panel{"layer " + std::to_string(layer), zeros<2>({rows, columns})};
        std::copy_n(&maps.cross(layer, 0, 0), rows * columns, panel.values.data());
        panels.push_back(std::move(panel));
    }
    write_heat_maps(path, panels,
                    {.title = maps.word + " -> " + maps.translation + ": where the decoder looks",
                     .x_label = "read",
                     .y_label = "written",
                     .x_ticks = maps.read,
                     .y_ticks = maps.wrote,
                     .range = {{0.0, 1.0}}});
}

}  // namespace wb::demo
