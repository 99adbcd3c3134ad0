/// @file
/// Writes the cases of exercise 4.11, rollout. Families:
///
///     attention  rows that sum to 1           many   577 tokens, those of a picture of 384 x 384
///     cut        rows that do not, or zeros   edges  no pictures, no tokens
///     layers     0 to 5 of them               small  for the race build
///     profiled   one question that fills whole warps and blocks
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "vit_kernel_oracle.hpp"

namespace wb {
namespace {

const std::vector<std::pair<std::string, oracle::RolloutChainFlaws>> mistakes = {
    {"the product in reverse, A_1 .. A_L: the first layer stands on the right", {.reversed = true}},
    {"the result when columns are divided by the rows' sums: row i is divided by its own", {.columns_divided = true}},
    {"the result without dividing rows by their sums", {.not_normalised = true}},
    {"the result when W's rows are divided by their sums, and not those of 0.5 W + 0.5 I", {.normalised_before = true}},
    {"the result without the residual connection, W alone", {.no_identity = true}},
    {"the result with 0.5 W + I", {.whole_identity = true}},
    {"the transpose of the result", {.transposed = true}},
    {"the result of all layers but the last", {.last_layer_missing = true}},
};

struct Sizes {
    std::size_t layers = 1, batch = 1, tokens = 1;
};

/// Weights as attention has them: a few tokens get most of each row.
Tensor<4> draw_attention(const Sizes& x, Draw& draw) {
    Tensor<4> weights = draw.uniform<4>({x.layers, x.batch, x.tokens, x.tokens}, 3);
    for (std::size_t row = 0; row < x.layers * x.batch * x.tokens; ++row) {
        float* values = weights.data() + row * x.tokens;
        double sum = 0;
        for (std::size_t j = 0; j < x.tokens; ++j) sum += std::exp(static_cast<double>(values[j]));
        for (std::size_t j = 0; j < x.tokens; ++j)
            values[j] = static_cast<float>(std::exp(static_cast<double>(values[j])) / sum);
    }
    return weights;
}

/// The same with a third of the links cut, and every fifth row empty.
Tensor<4> draw_cut(const Sizes& x, Draw& draw) {
    Tensor<4> weights = draw_attention(x, draw);
    for (std::size_t n = 0; n < weights.size(); ++n) {
        if (draw.below(3) == 0 || n / x.tokens % 5 == 3) weights.data()[n] = 0.0F;
    }
    return weights;
}

void write_case(const std::string& family, const Sizes& x, const Tensor<4>& weights) {
    CaseWriter writer("4.11/rollout_" + family,
                      shape_name({{"layers", x.layers}, {"batch", x.batch}, {"tokens", x.tokens}}));
    writer.in("weights", weights);
    writer.expected("out", oracle::rollout_chain(weights));
    if (x.tokens > 100) return;  // the mistakes are told apart by the smaller ones
    for (const auto& [words, flaw] : mistakes) writer.mistake(words, "out", oracle::rollout_chain(weights, flaw));
}

}  // namespace

WB_CASES(rollout_kernel) {
    Draw draw(seed + 4114);
    const std::vector<Sizes> attention = {{12, 1, 50}, {3, 4, 5}, {2, 2, 32}, {3, 1, 33},
                                          {2, 1, 197}, {4, 3, 1}, {2, 2, 64}};
    for (const Sizes& x : attention) write_case("attention", x, draw_attention(x, draw));
    const std::vector<Sizes> cut = {{12, 1, 50}, {3, 3, 17}, {1, 2, 40}};
    for (const Sizes& x : cut) write_case("cut", x, draw_cut(x, draw));
    for (std::size_t layers = 0; layers <= 5; ++layers) {
        const Sizes x{layers, 2, 10};
        write_case("layers", x, draw_attention(x, draw));
    }
    const Sizes many{2, 1, 577};
    write_case("many", many, draw_attention(many, draw));
    for (const Sizes& x : {Sizes{2, 0, 5}, Sizes{2, 3, 0}, Sizes{0, 0, 5}})
        write_case("edges", x, draw_attention(x, draw));
    for (const Sizes& x : {Sizes{3, 2, 9}, Sizes{2, 1, 35}}) write_case("small", x, draw_cut(x, draw));
    const Sizes profiled{2, 1, 64};
    write_case("profiled", profiled, draw_attention(profiled, draw));
}

}  // namespace wb
