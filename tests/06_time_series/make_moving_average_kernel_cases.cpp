/// @file
/// Writes the cases of exercise 6.14, the moving average. Families:
///
///     rows   of windows, as models have them       far    near 4096, drawn and all the same
///     long   several tiles, in whatever size       edges  no rows, no numbers
///     short  shorter than the window               small  for the race build
///     profiled  one question that fills whole warps and blocks
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "mistake.hpp"
#include "series_kernel_oracle.hpp"

namespace wb {
namespace {

std::vector<std::pair<std::string, oracle::MovingAverageFlaws>> mistakes() {
    std::vector<std::pair<std::string, oracle::MovingAverageFlaws>> all = {
        {"the mean with zeros beyond the ends, where the first and the last number stand", {.zeros_outside = true}},
        {"the mean of those numbers of the window that there are: beyond the ends stand the first and the last",
         {.only_inside = true}},
        {"the mean of the window that ends with each number: it lies around it", {.trailing = true}},
        {"the mean without the window's last number: the halo is window - 1 numbers in all", {.halo_of_reach = true}},
        {"the mean around the number before: the halo is off by one", {.one_to_the_left = true}},
        {"the mean over all rows as one series: no row sees another", {.one_series = true}},
        {"the mean of a row that goes round: beyond the ends stand its first and its last number",
         {.wraps_around = true}},
    };
    for (std::size_t tile = 32; tile <= 1024; tile *= 2)
        all.push_back(
            {"the mean of tiles of " + std::to_string(tile) + " that know nothing of each other: they have no halo",
             {.tile = tile}});
    return all;
}

void write_case(const std::string& family, const std::string& name, const Tensor<2>& x, std::size_t window) {
    const auto right = oracle::moving_average_rows(x, window);
    CaseWriter writer("6.14/moving_average_" + family,
                      name + (name.empty() ? "" : "_") +
                          shape_name({{"rows", x.shape(0)}, {"length", x.shape(1)}, {"window", window}}));
    writer.in("x", x).number("window", static_cast<double>(window));
    writer.expected("trend", right);
    if (x.size() * window > 1'000'000) return;  // the mistakes are told apart by the smaller ones
    for (const auto& [words, flaw] : mistakes())
        mistake(writer, words, "trend", oracle::moving_average_rows(x, window, flaw), right);
}

struct Sizes {
    std::size_t rows = 1, length = 1, window = 1;
};

void draw_cases(const std::string& family, const std::vector<Sizes>& sizes, Draw& draw) {
    for (const Sizes& one : sizes) write_case(family, "", draw.uniform<2>({one.rows, one.length}, 2), one.window);
}

Tensor<2> near_4096(std::size_t length, double range, Draw& draw) {
    Tensor<2> x = draw.uniform<2>({1, length}, range);
    for (float& value : x) value += 4096.3F;
    return x;
}

}  // namespace

WB_CASES(moving_average_kernel) {
    Draw draw(seed + 6142);
    draw_cases("rows",
               {{224, 96, 25}, {1, 4, 5}, {3, 31, 3}, {2, 32, 7}, {4, 33, 13}, {5, 64, 1}, {1, 127, 25}, {1, 1, 1}},
               draw);
    draw_cases("long", {{2, 720, 25}, {1, 1025, 65}, {1, 5000, 169}, {1, 2048, 1025}, {2, 641, 5}, {1, 1281, 3}}, draw);
    draw_cases("short", {{3, 10, 25}, {2, 1, 7}, {1, 100, 1025}, {2, 24, 49}, {2, 12, 25}}, draw);

    for (const std::size_t window : {3, 25, 1025}) write_case("far", "drawn", near_4096(2000, 1, draw), window);
    for (const std::size_t window : {25, 1025}) write_case("far", "flat", near_4096(2000, 0, draw), window);

    write_case("edges", "no_rows", zeros<2>({0, 96}), 25);
    write_case("edges", "no_numbers", zeros<2>({3, 0}), 25);
    draw_cases("small", {{2, 40, 7}, {1, 300, 25}}, draw);
    draw_cases("profiled", {{4, 3840, 25}}, draw);  // a multiple of 128, 256, 512, 640 and 768, as tiles may be long
}

}  // namespace wb
