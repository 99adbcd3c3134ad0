/// @file
/// Writes the cases of exercise 4.11, bias and GELU: each has both the way forth and the way back. Families:
///
///     sizes  rows of 1 to 300 numbers      edges  no rows, no numbers
///     large  numbers up to 1e20            small  for the race build
///     profiled  one question that fills whole warps and blocks
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "vit_kernel_oracle.hpp"

namespace wb {
namespace {

using Flaws = std::vector<std::pair<std::string, oracle::BiasGeluFlaws>>;

const Flaws mistakes = {
    {"the form of GELU with tanh, an approximation of the exact one", {.tanh_form = true}},
    {"the form of GELU with a sigmoid, an approximation of the exact one", {.sigmoid_form = true}},
    {"GELU of x alone, without bias", {.no_bias = true}},
    {"GELU with the bias of the row's number: each column has its own", {.bias_of_row = true}},
    {"GELU with erf(z) in place of erf(z / sqrt(2))", {.no_root = true}},
};

const Flaws backward_mistakes = {
    {"the gradients with Phi(z) alone: its own change, z phi(z), is missing", {.cdf_only = true}},
    {"the gradients with Phi(z) + phi(z): the second lacks its factor z", {.density_alone = true}},
    {"d_bias as the sum of d_out: it lies behind GELU, not before it", {.bias_of_d_out = true}},
    {"d_bias as the mean over rows: it is the sum", {.bias_mean = true}},
    {"d_bias of the last row alone: the rows are to be added", {.bias_last_row = true}},
    {"d_bias summed along the rows: it has a sum for each column", {.bias_over_columns = true}},
};

void write_case(const std::string& family, const std::string& name, const Tensor<2>& x, Draw& draw) {
    const Tensor<1> bias = draw.uniform<1>({x.shape(1)}, 1);
    const Tensor<2> d_out = draw.uniform<2>({x.shape(0), x.shape(1)}, 1);
    CaseWriter writer("4.11/gelu_" + family, name);
    writer.in("x", x).in("bias", bias).in("d_out", d_out);
    writer.expected("out", oracle::bias_gelu(x, bias));
    const auto right = oracle::bias_gelu_backward(x, bias, d_out);
    writer.expected("d_x", right.d_x).expected("d_bias", right.d_bias);
    const auto add_backward = [&](const std::string& words, const oracle::BiasGeluFlaws& flaw) {
        const auto wrong = oracle::bias_gelu_backward(x, bias, d_out, flaw);
        writer.mistake(words, "d_x", wrong.d_x).mistake(words, "d_bias", wrong.d_bias);
    };
    for (const auto& [words, flaw] : mistakes) {
        writer.mistake(words, "out", oracle::bias_gelu(x, bias, flaw));
        add_backward(words, flaw);
    }
    for (const auto& [words, flaw] : backward_mistakes) add_backward(words, flaw);
}

void write_drawn(const std::string& family, std::size_t rows, std::size_t hidden, Draw& draw) {
    write_case(family, shape_name({{"rows", rows}, {"hidden", hidden}}), draw.uniform<2>({rows, hidden}, 4), draw);
}

}  // namespace

WB_CASES(bias_gelu_kernel) {
    Draw draw(seed + 4113);
    const std::vector<std::pair<std::size_t, std::size_t>> sizes = {{1, 1},   {9, 5},   {7, 32},  {50, 33},
                                                                    {3, 300}, {197, 8}, {12, 64}, {5, 255}};
    for (const auto& [rows, hidden] : sizes) write_drawn("sizes", rows, hidden, draw);
    constexpr std::array<float, 8> large = {1e4F, -1e4F, 12, -12, 1e20F, -1e20F, 0, 100};
    Tensor<2> x({3, large.size()});
    for (std::size_t n = 0; n < x.size(); ++n) x.data()[n] = large.at(n % large.size());
    write_case("large", "numbers", x, draw);
    write_case("edges", "no_rows", zeros<2>({0, 40}), draw);
    write_case("edges", "no_numbers", zeros<2>({8, 0}), draw);
    write_drawn("small", 11, 37, draw);
    write_drawn("small", 3, 8, draw);
    write_drawn("profiled", 64, 256, draw);
}

}  // namespace wb
