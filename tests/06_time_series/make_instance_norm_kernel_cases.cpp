/// @file
/// Writes the cases of exercise 6.14, each window by its own measure. Families:
///
///     windows  of 1 to 720 rows and 1 to 862 variates     exact  the same, so that a mean has no rounding
///     far      far from 0, and close by each other        edges  no windows, no variates
///     flat     windows that do not move                   small  for the race build
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

using oracle::InstanceNorm;

const std::vector<std::pair<std::string, oracle::InstanceNormFlaws>> mistakes = {
    {"what comes of a variance divided by lookback - 1", {.unbiased = true}},
    {"what comes of epsilon beside the root, where it belongs under it", {.epsilon_outside = true}},
    {"what comes without epsilon", {.no_epsilon = true}},
    {"what comes of the variance in place of its root", {.no_root = true}},
    {"x / deviation: the mean is not taken off", {.mean_kept = true}},
    {"the measure of a variate over all windows of the batch: each window has its own", {.over_batch = true}},
    {"the measure of a window over all its variates: each variate has its own", {.over_variates = true}},
    {"what comes of reading x as [batch, variates, lookback]: one variate's numbers lie `variates` apart",
     {.transposed = true}},
    {"what comes of the squares that one thread of 8 has summed, and not of all", {.sharers = 8}},
    {"what comes of the squares that one thread of 32 has summed, and not of all", {.sharers = 32}},
};

void write_case(const std::string& family, const std::string& name, const Tensor<3>& x, double epsilon = 1e-5) {
    const auto epsilon_in_float = static_cast<double>(static_cast<float>(epsilon));
    const InstanceNorm right = oracle::instance_norm(x, epsilon_in_float);
    CaseWriter writer("6.14/instance_norm_" + family, name);
    writer.in("x", x).number("epsilon", epsilon);
    writer.expected("mean", right.mean).expected("deviation", right.deviation).expected("out", right.out);
    if (x.size() > 20000) return;  // the mistakes are told apart by the others
    for (const auto& [words, flaw] : mistakes) {
        const InstanceNorm wrong = oracle::instance_norm(x, epsilon_in_float, flaw);
        mistake(writer, words, "mean", wrong.mean, right.mean);
        mistake(writer, words, "deviation", wrong.deviation, right.deviation);
        mistake(writer, words, "out", wrong.out, right.out);
    }
}

struct Sizes {
    std::size_t batch = 1, lookback = 1, variates = 1;
};

std::string name_of(const Sizes& x) {
    return shape_name({{"batch", x.batch}, {"lookback", x.lookback}, {"variates", x.variates}});
}

/// Numbers around `center`, within `range` of it; each series begins with two that are apart, so that no deviation is close to 0.
Tensor<3> draw_windows(const Sizes& sizes, float center, float range, Draw& draw) {
    Tensor<3> x = draw.uniform<3>({sizes.batch, sizes.lookback, sizes.variates}, static_cast<double>(range));
    for (std::size_t b = 0; b < sizes.batch && sizes.lookback > 1; ++b)
        for (std::size_t v = 0; v < sizes.variates; ++v) {
            x(b, 0, v) = range;
            x(b, 1, v) = -range;
        }
    for (float& value : x) value += center;
    return x;
}

/// Each series is one whole number, again and again.
Tensor<3> flat_windows(const Sizes& sizes) {
    Tensor<3> x({sizes.batch, sizes.lookback, sizes.variates});
    for (std::size_t n = 0; n < x.size(); ++n) {
        const std::size_t window = n / (sizes.variates * sizes.lookback);
        x.data()[n] = static_cast<float>(n % sizes.variates) - 3.0F * static_cast<float>(window);
    }
    return x;
}

}  // namespace

WB_CASES(instance_norm_kernel) {
    Draw draw(seed + 6141);
    const std::vector<Sizes> sizes = {{4, 96, 7}, {3, 5, 20}, {1, 1, 3},   {2, 2, 1},   {2, 33, 31}, {3, 8, 32},
                                      {2, 9, 33}, {7, 31, 2}, {1, 64, 65}, {1, 720, 1}, {2, 12, 862}};
    for (const Sizes& one : sizes) write_case("windows", name_of(one), draw_windows(one, 0, 2, draw));
    write_case("windows", "epsilon_of_a_tenth", draw_windows({2, 24, 5}, 1, 0.5F, draw), 0.1);

    // Uniform within .866: a deviation of .5.
    write_case("far", "mean4096_deviation0.5", draw_windows({2, 96, 7}, 4096, 0.866F, draw));
    write_case("far", "mean-4096_deviation0.5_lookback720", draw_windows({1, 720, 3}, -4096, 0.866F, draw));

    write_case("flat", "lookback96", flat_windows({2, 96, 7}));
    write_case("flat", "lookback3", flat_windows({2, 3, 7}));
    write_case("exact", "lookback64", flat_windows({2, 64, 5}), 0x1p-16);
    write_case("exact", "lookback1", flat_windows({3, 1, 40}), 0x1p-16);

    write_case("edges", "no_windows", zeros<3>({0, 96, 7}));
    write_case("edges", "no_variates", zeros<3>({4, 96, 0}));
    write_case("edges", "no_windows_of_no_rows", zeros<3>({0, 0, 7}));
    for (const Sizes& one : {Sizes{2, 12, 5}, Sizes{1, 40, 35}})
        write_case("small", name_of(one), draw_windows(one, 0, 2, draw));
    const Sizes profiled{4, 96, 64};
    write_case("profiled", name_of(profiled), draw_windows(profiled, 0, 2, draw));
}

}  // namespace wb
