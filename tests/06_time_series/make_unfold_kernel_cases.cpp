/// @file
/// Writes the cases of exercise 6.14, patches out of windows. Families:
///
///     sizes  of all kinds                           long   patches and windows that no block's shared memory holds
///     end    patches that repeat the last row       many   windows, and variates, that gridDim.y cannot count
///     edges  no windows, no variates                small  for the race build
///     profiled  one question that fills whole warps and blocks
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "mistake.hpp"
#include "token_kernel_oracle.hpp"

namespace wb {
namespace {

const std::vector<std::pair<std::string, oracle::UnfoldFlaws>> mistakes = {
    {"rows with the windows of a variate one behind the other, v * batch + b, where the variates of a window come one "
     "behind the other, b * variates + v",
     {.batch_behind_variates = true}},
    {"patches of x taken for [batch, variates, lookback]: along time its numbers lie `variates` apart",
     {.read_as_it_lies = true}},
    {"patches that end in the next window's first rows, where the window's own last row is to be repeated",
     {.next_window = true}},
    {"patches that end in the next variate's first rows, where the variate's own last number is to be repeated",
     {.next_variate = true}},
    {"patches that end in zeros, or in what lies behind x, where the last row is to be repeated",
     {.repeated_by_zeros = true}},
    {"patches that begin at patch * p, and not at stride * p", {.side_by_side = true}},
    {"the answer as [rows, patch, patches]: a patch's numbers lie one behind the other", {.places_first = true}},
    {"patches that stop at row lookback - 2: the last row is lookback - 1", {.stops_before_the_last = true}},
};

struct Sizes {
    std::size_t batch = 1, lookback = 1, variates = 1, patch = 1, stride = 1;
};

void write_case(const std::string& family, const Sizes& s, Draw& draw) {
    CaseWriter writer("6.14/unfold_" + family, shape_name({{"batch", s.batch},
                                                           {"lookback", s.lookback},
                                                           {"variates", s.variates},
                                                           {"patch", s.patch},
                                                           {"stride", s.stride}}));
    const Tensor<3> x = draw.uniform<3>({s.batch, s.lookback, s.variates}, 1);
    const auto patches = oracle::unfold(x, s.patch, s.stride);
    writer.in("x", x).number("patch", static_cast<double>(s.patch)).number("stride", static_cast<double>(s.stride));
    writer.expected("patches", patches);
    if (patches.size() > 20'000) return;  // the mistakes are told apart by the smaller ones
    for (const auto& [words, flaw] : mistakes)
        mistake(writer, words, "patches", oracle::unfold(x, s.patch, s.stride, flaw), patches);
}

}  // namespace

WB_CASES(unfold_kernel) {
    Draw draw(seed + 6143);
    const std::vector<std::pair<std::string, std::vector<Sizes>>> families = {
        {"sizes",
         {{2, 96, 7, 16, 8},
          {3, 7, 1, 3, 2},
          {1, 36, 33, 5, 3},
          {2, 20, 64, 4, 3},
          {2, 12, 5, 12, 1},
          {2, 65, 20, 16, 15},
          {1, 24, 100, 16, 8}}},
        {"end", {{2, 5, 3, 4, 4}, {3, 10, 2, 6, 6}, {2, 6, 40, 6, 6}, {4, 1, 3, 1, 1}, {2, 100, 2, 70, 70}}},
        {"long", {{1, 720, 33, 500, 500}, {2, 720, 40, 336, 48}}},
        {"many", {{70'000, 2, 1, 1, 1}, {1, 2, 70'000, 2, 1}}},
        {"edges", {{0, 8, 3, 4, 2}, {2, 8, 0, 4, 2}}},
        {"small", {{2, 9, 3, 4, 2}, {1, 10, 34, 3, 3}, {1, 20, 3, 8, 4}}},
        {"profiled", {{2, 96, 64, 16, 8}}},
    };
    for (const auto& [family, all] : families)
        for (const Sizes& sizes : all) write_case(family, sizes, draw);
}

}  // namespace wb
