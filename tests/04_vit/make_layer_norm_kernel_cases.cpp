/// @file
/// Writes the cases of exercise 4.11, layer normalisation. Families:
///
///     rows  of 1 to 5,000 numbers      flat   rows of equal numbers, for which epsilon is there
///     far   far from 0, and close by   edges  no rows, no numbers
///           each other                 small  for the race build
///     profiled  one question that fills whole warps and blocks
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "vit_kernel_oracle.hpp"

namespace wb {
namespace {

const std::vector<std::pair<std::string, oracle::LayerNormFlaws>> mistakes = {
    {"the result with the variance divided by hidden - 1", {.unbiased = true}},
    {"the result with epsilon beside the root, where it belongs under it", {.epsilon_outside = true}},
    {"the result without epsilon", {.no_epsilon = true}},
    {"the result divided by the variance, not by its root", {.no_root = true}},
    {"the result when the mean is not subtracted from x", {.mean_kept = true}},
    {"the result without weight", {.no_weight = true}},
    {"the result without bias", {.no_bias = true}},
};

void write_case(const std::string& family, const std::string& name, const Tensor<2>& x, double epsilon, Draw& draw) {
    const std::size_t hidden = x.shape(1);
    const Tensor<1> weight = draw.uniform<1>({hidden}, 2), bias = draw.uniform<1>({hidden}, 1);
    const auto epsilon_in_float = static_cast<double>(static_cast<float>(epsilon));
    CaseWriter writer("4.11/layer_norm_" + family, name);
    writer.in("x", x).in("weight", weight).in("bias", bias).number("epsilon", epsilon);
    writer.expected("out", oracle::layer_norm_rows(x, weight, bias, epsilon_in_float));
    for (const auto& [words, flaw] : mistakes)
        writer.mistake(words, "out", oracle::layer_norm_rows(x, weight, bias, epsilon_in_float, flaw));
}

/// Numbers around `center`, within `range` of it. Each row begins with two that are apart, so that no deviation is close to 0.
Tensor<2> draw_rows(std::size_t rows, std::size_t hidden, float center, float range, Draw& draw) {
    Tensor<2> x = draw.uniform<2>({rows, hidden}, static_cast<double>(range));
    for (std::size_t r = 0; r < rows && hidden > 1; ++r) {
        x(r, 0) = range;
        x(r, 1) = -range;
    }
    for (float& value : x) value += center;
    return x;
}

std::string rows_name(std::size_t rows, std::size_t hidden) {
    return shape_name({{"rows", rows}, {"hidden", hidden}});
}

}  // namespace

WB_CASES(layer_norm_kernel) {
    Draw draw(seed + 4112);
    const std::vector<std::pair<std::size_t, std::size_t>> sizes = {{7, 1},   {5, 2},   {9, 31},  {6, 32},   {4, 33},
                                                                    {13, 64}, {3, 200}, {5, 768}, {2, 1023}, {1, 5000}};
    for (const auto& [rows, hidden] : sizes)
        write_case("rows", rows_name(rows, hidden), draw_rows(rows, hidden, 0, 2, draw), 1e-12, draw);
    write_case("rows", "epsilon_of_a_tenth", draw_rows(4, 48, 0.5, 0.5, draw), 0.1, draw);

    // Uniform within 0.866: a deviation of 0.5.
    write_case("far", "mean4096_deviation0.5", draw_rows(4, 768, 4096, 0.866F, draw), 1e-12, draw);
    write_case("far", "mean-4096_deviation0.5", draw_rows(3, 192, -4096, 0.866F, draw), 1e-6, draw);

    Tensor<2> flat({4, 768});
    for (std::size_t r = 0; r < 4; ++r)
        for (std::size_t c = 0; c < 768; ++c) flat(r, c) = static_cast<float>(3 * r) - 3.0F;
    write_case("flat", "of_whole_numbers", flat, 1e-5, draw);
    write_case("flat", "of_zeros", zeros<2>({3, 50}), 1e-12, draw);

    write_case("edges", "no_rows", zeros<2>({0, 8}), 1e-12, draw);
    write_case("edges", "no_numbers", zeros<2>({8, 0}), 1e-12, draw);
    write_case("small", "narrow", draw_rows(5, 20, 0, 2, draw), 1e-12, draw);
    write_case("small", "wide", draw_rows(3, 100, 0, 2, draw), 1e-12, draw);
    write_case("profiled", rows_name(16, 768), draw_rows(16, 768, 0, 2, draw), 1e-12, draw);
}

}  // namespace wb
