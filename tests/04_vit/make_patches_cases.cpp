/// @file
/// Writes the cases of exercise 4.2, by the trusted model and the resize oracle. Families:
///
///     patchify     square and not, one channel and three     resize       between square grids
///     numbered     a picture of the numbers 0 to 15          rectangles   between others
///     embeddings   and their slopes
#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/golden_mistakes.hpp"
#include "resize_oracle.hpp"
#include "vit_case.hpp"
#include "vit_draw.hpp"
#include "vit_oracle.hpp"
#include "vit_slopes.hpp"

namespace wb {
namespace {

using oracle::ResizeFlaws;
using oracle::VitFlaws;

const std::vector<std::pair<std::string, VitFlaws>> patch_mistakes = {
    {"patches counted column by column; they count row by row", {.columns_first = true}},
    {"patches with the channel innermost, r g b r g b ..; a patch holds all of its first channel first",
     {.channels_innermost = true}},
    {"patches written column by column inside", {.patch_transposed = true}},
};

const std::vector<std::pair<std::string, VitFlaws>> embedding_mistakes = {
    {"the class token last; it is token 0", {.cls_last = true}},
    {"zeros in the class token's place", {.no_cls = true}},
    {"a projection without its bias", {.no_projection_bias = true}},
    {"tokens without positions", {.no_positions = true}},
    {"positions for the patches only; the class token has one too", {.positions_on_patches = true}},
};

const std::vector<std::pair<std::string, ResizeFlaws>> resize_mistakes = {
    {"a resize whose corners lie on the corners (align_corners)", {.align_corners = true}},
    {"outputs at i old / new, without the halves", {.corners_at_zero = true}},
    {"outputs at (i + 0.5) new / old - 0.5; the ratio is old / new", {.ratio_reversed = true}},
    {"the kernel of a = -0.5; here a is -0.75", {.kernel_of_half = true}},
    {"a bilinear resize; this one is bicubic", {.linear = true}},
    {"the nearest input for each output", {.nearest = true}},
    {"inputs beyond the edge left out; they count as the nearest inside", {.nothing_outside = true}},
    {"a grid that begins with the class token's row; that row is not part of it", {.class_in_the_grid = true}},
    {"zeros for the class token, which stays as it is", {.class_scaled_away = true}},
    {"the new grid column by column; it is written row by row", {.rows_for_columns = true}},
};

struct Picture {
    std::size_t batch, channels, height, width, patch_size;
};

void write_patchify(const std::string& family, const Tensor<4>& pixels, std::size_t patch_size) {
    CaseWriter writer("4.2/" + family, shape_name({{"batch", pixels.shape(0)},
                                                   {"channels", pixels.shape(1)},
                                                   {"height", pixels.shape(2)},
                                                   {"width", pixels.shape(3)},
                                                   {"patch", patch_size}}));
    writer.in("pixels", pixels).number("patch_size", static_cast<double>(patch_size));
    Tensor<3, double> patches = oracle::patches(pixels, patch_size);
    writer.expected("patches", patches);
    for (const auto& [words, flaws] : patch_mistakes)
        writer.mistake(words, "patches", oracle::patches(pixels, patch_size, flaws));
    std::copy(pixels.begin(), pixels.end(), patches.begin());
    writer.mistake("the pixels as they lie in memory, cut into pieces of channels * P * P; a patch is a square",
                   "patches", patches);
}

struct Grids {
    std::size_t old_height, old_width, new_height, new_width;
};

void write_resize(const std::string& family, const Grids& g, std::size_t hidden, Draw& draw) {
    const Tensor<2> positions = draw.uniform<2>({1 + g.old_height * g.old_width, hidden}, 1);
    const auto resized = [&](const ResizeFlaws& flaws) {
        return oracle::resized_positions(positions, g.old_height, g.old_width, g.new_height, g.new_width, flaws);
    };
    CaseWriter writer("4.2/" + family, shape_name({{"from", g.old_height},
                                                   {"x", g.old_width},
                                                   {"to", g.new_height},
                                                   {"x", g.new_width},
                                                   {"hidden", hidden}}));
    writer.in("positions", positions);
    writer.number("old_height", static_cast<double>(g.old_height))
        .number("old_width", static_cast<double>(g.old_width))
        .number("new_height", static_cast<double>(g.new_height))
        .number("new_width", static_cast<double>(g.new_width));
    writer.expected("positions", resized({}));
    for (const auto& [words, flaws] : resize_mistakes) writer.mistake(words, "positions", resized(flaws));
}

void write_embeddings(const VitOptions& o, std::size_t batch, Draw& draw) {
    const VitShapes shapes = vit_shapes(o);
    const ModelWeights weights = draw_parameters(shapes, draw);
    ModelWeights directions;
    for (const NamedWeights& one : draw_parameters(shapes, draw)) {
        if (one.name.starts_with(embeddings_prefix)) directions.push_back(one);
    }
    const Tensor<4> pixels = draw.uniform<4>({batch, o.channels, o.image_size, o.image_size}, 1);
    const Tensor<3> d_out = draw.uniform<3>({batch, o.tokens(), o.hidden}, 1);
    CaseWriter writer("4.2/embeddings", shape_name({{"batch", batch},
                                                    {"channels", o.channels},
                                                    {"size", o.image_size},
                                                    {"patch", o.patch_size},
                                                    {"hidden", o.hidden}}));
    write_options(writer, o);
    writer.in("pixels", pixels).in("d_out", d_out);
    write_parameters(writer, "parameter", part_of(weights, embeddings_prefix));
    write_parameters(writer, "direction", part_of(directions, embeddings_prefix));
    writer.expected("out", oracle::Vit(weights, o).embed(pixels));
    writer.expected("slopes", slopes_of(directions, [&](const oracle::Nudge& nudge) {
                        return sum_of_products(oracle::Vit(weights, o, {}, nudge).embed(pixels), d_out);
                    }));
    for (const auto& list : {embedding_mistakes, patch_mistakes}) {
        for (const auto& [words, flaws] : list)
            writer.mistake(words, "out", oracle::Vit(weights, o, flaws).embed(pixels));
    }
}

/// PyTorch answers to resizes only.
WB_GOLDEN_MISTAKES(resizes, "4.2") {
    const auto extent = [&](const char* key) { return static_cast<std::size_t>(std::stoul(golden.metadata.at(key))); };
    const Tensor<2> positions = golden.get<2>("in.positions");
    for (const auto& [words, flaws] : resize_mistakes)
        writer.mistake(words, "positions",
                       oracle::resized_positions(positions, extent("old_height"), extent("old_width"),
                                                 extent("new_height"), extent("new_width"), flaws));
}

WB_CASES(patches) {
    Draw draw(seed + 42);
    for (const Picture& p : {Picture{1, 1, 4, 4, 2}, Picture{2, 3, 8, 8, 4}, Picture{1, 3, 6, 12, 3},
                             Picture{3, 2, 10, 4, 2}, Picture{2, 3, 5, 5, 5}, Picture{1, 3, 3, 2, 1}})
        write_patchify("patchify", draw.uniform<4>({p.batch, p.channels, p.height, p.width}, 1), p.patch_size);
    Tensor<4> numbered(std::array<std::size_t, 4>{1, 1, 4, 4});
    std::iota(numbered.begin(), numbered.end(), 0.0F);
    write_patchify("numbered", numbered, 2);
    for (const Grids& g : {Grids{3, 3, 6, 6}, Grids{4, 4, 3, 3}, Grids{2, 2, 7, 7}, Grids{7, 7, 10, 10},
                           Grids{1, 1, 3, 3}, Grids{5, 5, 1, 1}})
        write_resize("resize", g, 5, draw);
    for (const Grids& g : {Grids{3, 5, 5, 3}, Grids{2, 4, 6, 5}, Grids{4, 3, 4, 7}})
        write_resize("rectangles", g, 3, draw);
    write_embeddings({8, 3, 4, 6, 1, 2, 8, 3, 1e-12}, 2, draw);
    write_embeddings({9, 1, 3, 8, 1, 2, 8, 3, 1e-12}, 3, draw);
    write_embeddings({4, 2, 4, 5, 1, 1, 8, 3, 1e-12}, 1, draw);
}

}  // namespace
}  // namespace wb
