/// @file
/// Writes the cases of exercise 4.11, patchify. Families:
///
///     sizes   patches of 1 to 37 pixels a side     edges  no pictures, no channels, no pixels
///     strips  wide pictures, and large patches     small  for the race build
///     profiled  one question that fills whole warps and blocks
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "vit_kernel_oracle.hpp"

namespace wb {
namespace {

const std::vector<std::pair<std::string, oracle::PatchifyFlaws>> mistakes = {
    {"patches whose channels lie side by side, (y, x, channel), where each channel comes whole",
     {.channels_last = true}},
    {"patches read column by column: x and y are swapped inside of a patch", {.transposed = true}},
    {"the patches of each picture column by column, where they go row by row", {.columns_first = true}},
    {"patches of which each row of patches holds height / P; it holds width / P", {.counted_by_rows = true}},
    {"a patch's row and column exchanged: its row is patch / columns, its column patch % columns",
     {.row_for_column = true}},
};

struct Sizes {
    std::size_t batch = 1, channels = 1, height = 1, width = 1, patch_size = 1;
};

void write_case(const std::string& family, const Sizes& x, Draw& draw) {
    CaseWriter writer("4.11/patchify_" + family, shape_name({{"batch", x.batch},
                                                             {"channels", x.channels},
                                                             {"height", x.height},
                                                             {"width", x.width},
                                                             {"patch", x.patch_size}}));
    const Tensor<4> pixels = draw.uniform<4>({x.batch, x.channels, x.height, x.width}, 1);
    writer.in("pixels", pixels).number("patch_size", static_cast<double>(x.patch_size));
    writer.expected("patches", oracle::patchify_rows(pixels, x.patch_size));
    for (const auto& [words, flaw] : mistakes)
        writer.mistake(words, "patches", oracle::patchify_rows(pixels, x.patch_size, flaw));
}

}  // namespace

WB_CASES(patchify_kernel) {
    Draw draw(seed + 4111);
    const std::vector<Sizes> sizes = {{2, 3, 32, 48, 16}, {3, 1, 28, 28, 4},  {2, 2, 9, 15, 3}, {1, 3, 5, 7, 1},
                                      {2, 1, 10, 35, 5},  {1, 4, 37, 74, 37}, {70, 1, 4, 4, 2}, {1, 1, 6, 2, 2}};
    for (const Sizes& x : sizes) write_case("sizes", x, draw);
    // A strip of 32 lines is 72 KiB in float; a patch of 3 x 72 x 72 is 60.75 KiB and has more numbers than a block has threads.
    write_case("strips", {1, 1, 32, 576, 32}, draw);
    write_case("strips", {1, 3, 72, 72, 72}, draw);
    const std::vector<Sizes> edges = {
        {0, 3, 8, 8, 4}, {2, 0, 8, 8, 4}, {2, 3, 0, 8, 4}, {2, 3, 8, 0, 4}, {1, 1, 1, 1, 1}};
    for (const Sizes& x : edges) write_case("edges", x, draw);
    write_case("small", {2, 3, 8, 12, 4}, draw);
    write_case("small", {1, 2, 9, 6, 3}, draw);
    write_case("profiled", {2, 3, 64, 64, 16}, draw);  // lines of a patch are two sectors, read by whichever order
}

}  // namespace wb
