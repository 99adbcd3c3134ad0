/// @file
/// Writes the cases of exercise 4.7. Families:
///
///     fusion     one layer's heads          residual  fused weights, whose rows need not sum to 1
///     cut        fused weights              rollout   mean of the heads, nothing cut: the paper's
///     map        shares of the patches      settings  other fusions, and cuts
///     handout    its two layers, three tokens
///
/// Where links are cut, no two weights at the border are so close that rounding could swap them, and their number is the same in
/// whatever order the share is multiplied.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "attention_draw.hpp"
#include "judge/case_maker.hpp"
#include "rollout_oracle.hpp"

namespace wb {
namespace {

using oracle::RolloutFlaws;
using FlawWords = std::pair<bool RolloutFlaws::*, const char*>;

constexpr std::pair<HeadFusion, const char*> fusions[] = {
    {HeadFusion::average, "mean"}, {HeadFusion::minimum, "min"}, {HeadFusion::maximum, "max"}};

constexpr FlawWords sum_flaws[] = {
    {&RolloutFlaws::columns_divided,
     "column j divided by the sum of row j; row i is to be divided by the sum of row i"},
    {&RolloutFlaws::own_columns, "columns that sum to 1; rows do, for a row says of what a token is made"},
    {&RolloutFlaws::rows_as_they_are, "0.5 W + 0.5 I, without rows divided by their sums"},
    {&RolloutFlaws::not_halved, "W + I, without rows divided by their sums"},
    {&RolloutFlaws::whole_identity, "0.5 W + I; half of a token goes on, half comes from attention"},
    {&RolloutFlaws::no_identity, "W alone; the residual connection, 0.5 I, is missing"},
};
constexpr FlawWords cut_flaws[] = {
    {&RolloutFlaws::cuts_cls, "a cut that takes column 0 as well; links to the class token stay"},
    {&RolloutFlaws::spares_cls_row, "a cut that spares row 0; what is spared is column 0"},
    {&RolloutFlaws::cuts_largest, "the largest weights cut; the smallest go"},
    {&RolloutFlaws::cuts_each_row, "a share of every row cut; it is a share of the whole matrix"},
};
constexpr FlawWords product_flaws[] = {
    {&RolloutFlaws::order_reversed, "A_1 A_2 .. A_l; the newest layer stands on the left"},
    {&RolloutFlaws::one_layer_only, "A_l alone, without the layers below"},
    {&RolloutFlaws::fused_last,
     "each head rolled out and then fused; heads are fused in each layer, for the next reads all"},
    {&RolloutFlaws::columns_are_queries, "W transposed; row i is what token i looks at"},
    {&RolloutFlaws::cuts_after_identity, "links of A cut; W's are, before the identity is added"},
};

RolloutFlaws only(bool RolloutFlaws::*flaw) {
    RolloutFlaws flaws;
    flaws.*flaw = true;
    return flaws;
}

Tensor<2> fused_floats(Draw& draw, std::size_t tokens) {
    const Tensor<4> weights = draw_attention(draw, 1, {1, 1, tokens, tokens})[0];
    Tensor<2> result(std::array<std::size_t, 2>{tokens, tokens});
    std::copy(weights.begin(), weights.end(), result.data());
    return result;
}

void write_fusion(Draw& draw, std::size_t heads, std::size_t tokens) {
    const Tensor<4> layer = draw_attention(draw, 1, {1, heads, tokens, tokens})[0];
    Tensor<3> weights(std::array<std::size_t, 3>{heads, tokens, tokens});
    std::copy(layer.begin(), layer.end(), weights.data());
    for (const auto& [fusion, word] : fusions) {
        CaseWriter writer("4.7/fusion", shape_name({{"heads", heads}, {"tokens", tokens}}) + "_" + word);
        writer.in("weights", weights).number("fusion", static_cast<double>(fusion));
        writer.expected("fused", oracle::fused_heads(weights, fusion));
        for (const auto& [other, other_word] : fusions)
            writer.mistake(std::string("the ") + other_word + " of the heads, where " + word + " was asked for",
                           "fused", oracle::fused_heads(weights, other));
        Tensor<2, double> total = oracle::fused_heads(weights, HeadFusion::average);
        total *= static_cast<double>(heads);
        writer.mistake("the sum of the heads, not divided by their number", "fused", total);
    }
}

void write_cut(Draw& draw, std::size_t tokens, double ratio, const std::string& name) {
    const Tensor<2> weights = fused_floats(draw, tokens);
    const Tensor<2, double> exact = weights;
    CaseWriter writer("4.7/cut", shape_name({{"tokens", tokens}}) + "_" + name);
    writer.in("weights", weights).number("ratio", ratio);
    writer.expected("kept", oracle::without_weakest(exact, ratio));
    for (const auto& [flaw, words] : cut_flaws)
        writer.mistake(words, "kept", oracle::without_weakest(exact, ratio, only(flaw)));
    writer.mistake("the share of tokens * tokens; column 0 does not count", "kept",
                   oracle::without_weakest(
                       exact, std::min(1.0, ratio * static_cast<double>(tokens) / static_cast<double>(tokens - 1))));
}

void write_residual(Draw& draw, std::size_t tokens, double row_sum, const std::string& name) {
    Tensor<2> weights = fused_floats(draw, tokens);
    for (std::size_t i = 0; i < tokens; ++i) {
        for (std::size_t j = 0; j < tokens; ++j) weights(i, j) *= static_cast<float>(row_sum * (i + 1.0));
    }
    const Tensor<2, double> exact = weights;
    CaseWriter writer("4.7/residual", shape_name({{"tokens", tokens}}) + "_" + name);
    writer.in("weights", weights).expected("a", oracle::mixed_with_identity(exact));
    for (const auto& [flaw, words] : sum_flaws)
        writer.mistake(words, "a", oracle::mixed_with_identity(exact, only(flaw)));
}

struct Question {
    std::size_t layers, batch, heads, tokens, picture;
    RolloutOptions options;
};

void write_rollout(const std::vector<Tensor<4>>& attention, const std::string& family, const std::string& name,
                   const Question& asked) {
    CaseWriter writer("4.7/" + family,
                      shape_name({{"layers", asked.layers}, {"heads", asked.heads}, {"tokens", asked.tokens}}) +
                          (name.empty() ? "" : "_" + name));
    put_layers(writer, attention);
    writer.number("picture", static_cast<double>(asked.picture));
    writer.number("fusion", static_cast<double>(asked.options.fusion)).number("ratio", asked.options.discard_ratio);
    writer.expected("rollout", oracle::rollout(attention, asked.picture, asked.options));
    const auto all_of = [&](const auto& flaws) {
        for (const auto& [flaw, words] : flaws)
            writer.mistake(words, "rollout", oracle::rollout(attention, asked.picture, asked.options, only(flaw)));
    };
    all_of(sum_flaws);
    all_of(product_flaws);
    if (asked.options.discard_ratio > 0) {
        all_of(cut_flaws);
        RolloutOptions uncut = asked.options;
        uncut.discard_ratio = 0;
        writer.mistake("nothing cut", "rollout", oracle::rollout(attention, asked.picture, uncut));
    }
    if (asked.options.fusion != HeadFusion::average) {
        RolloutOptions averaged = asked.options;
        averaged.fusion = HeadFusion::average;
        writer.mistake("the mean of the heads, whatever fusion was asked for", "rollout",
                       oracle::rollout(attention, asked.picture, averaged));
    }
    if (asked.options.fusion == HeadFusion::minimum) {
        Tensor<3, double> unmoved = zeros<3, double>({asked.layers, asked.tokens, asked.tokens});
        for (std::size_t n = 0; n < asked.layers * asked.tokens; ++n)
            unmoved(n / asked.tokens, n % asked.tokens, n % asked.tokens) = 1;
        writer.mistake("the identity: a minimum that starts at 0 stays there, and no weight is left", "rollout",
                       unmoved);
    }
    if (asked.picture > 0)
        writer.mistake("picture 0 of the batch", "rollout", oracle::rollout(attention, 0, asked.options));
}

void write_rollout(Draw& draw, const std::string& family, const std::string& name, const Question& asked) {
    std::vector<Tensor<4>> attention;
    for (double gap = 0; gap < 1e-5;) {  // the fused weights of a float solution are 1e-7 of themselves off
        gap = 1;
        attention = draw_attention(draw, asked.layers, {asked.batch, asked.heads, asked.tokens, asked.tokens});
        oracle::rollout(attention, asked.picture, asked.options, {}, &gap);
    }
    write_rollout(attention, family, name, asked);
}

void write_handout() {
    const std::vector<float> numbers[] = {{0.2F, 0.6F, 0.2F, 0, 0.4F, 0.6F, 0.4F, 0.4F, 0.2F},
                                          {0, 0.2F, 0.8F, 0.2F, 0.8F, 0, 0.6F, 0.2F, 0.2F}};
    std::vector<Tensor<4>> attention;
    for (const std::vector<float>& of_layer : numbers) {
        attention.emplace_back(std::array<std::size_t, 4>{1, 1, 3, 3});
        std::copy(of_layer.begin(), of_layer.end(), attention.back().data());
    }
    write_rollout(attention, "handout", "", {2, 1, 1, 3, 0, {}});
}

void write_map(Draw& draw, std::size_t grid) {
    const std::size_t tokens = 1 + grid * grid;
    const Tensor<2> rollout = fused_floats(draw, tokens);
    Tensor<2, double> shares = zeros<2, double>({grid, grid}), column = shares, raw = shares, with_cls = shares;
    double total = 0, column_total = 0;
    for (std::size_t patch = 0; patch < grid * grid; ++patch) {
        total += rollout(0, 1 + patch);
        column_total += rollout(1 + patch, 0);
    }
    for (std::size_t patch = 0; patch < grid * grid; ++patch) {
        const double share = rollout(0, 1 + patch);
        raw.data()[patch] = share;
        shares.data()[patch] = share / total;
        column.data()[patch] = rollout(1 + patch, 0) / column_total;
        with_cls.data()[patch] = rollout(0, patch) / (total + rollout(0, 0) - rollout(0, tokens - 1));
    }
    CaseWriter writer("4.7/map", shape_name({{"grid", grid}}));
    writer.in("rollout", rollout).expected("map", shares);
    writer.mistake("shares as they are; the class token's own is missing, so divide by the sum", "map", raw);
    writer.mistake("column 0, how much of the class token is in each patch; row 0 is asked for", "map", column);
    writer.mistake("a map that starts with the class token's share in itself; patches start at token 1", "map",
                   with_cls);
}

WB_CASES(rollout) {
    Draw draw(seed + 47);
    write_fusion(draw, 3, 5);
    write_fusion(draw, 12, 17);
    write_cut(draw, 5, 0.5, "half");
    write_cut(draw, 10, 0.37, "37_percent");  // 33.3 of 90 links
    write_cut(draw, 17, 0.9, "90_percent");   // 244.8 of 272
    write_cut(draw, 5, 0, "none");
    write_residual(draw, 5, 0.2, "small_rows");
    write_residual(draw, 10, 1, "large_rows");
    write_map(draw, 2);
    write_map(draw, 7);

    write_handout();
    write_rollout(draw, "rollout", "", {2, 1, 2, 5, 0, {}});
    write_rollout(draw, "rollout", "", {3, 2, 3, 17, 1, {}});
    write_rollout(draw, "rollout", "", {4, 1, 4, 50, 0, {}});
    write_rollout(draw, "rollout", "", {12, 1, 2, 10, 0, {}});
    for (const auto& [fusion, word] : fusions) {
        write_rollout(draw, "settings", word, {3, 2, 3, 10, 1, {fusion, 0}});
        write_rollout(draw, "settings", std::string(word) + "_cut_half", {3, 1, 4, 17, 0, {fusion, 0.5}});
    }
    write_rollout(draw, "settings", "max_cut_90_percent", {4, 1, 4, 26, 0, {HeadFusion::maximum, 0.9}});
}

}  // namespace
}  // namespace wb
