/// @file
/// Writes the cases of exercise 5.10, embeddings: families gather and scatter, each of letters, strangers (tokens that are no row
/// of the table), edges, small and profiled (a question that fills whole warps and blocks). Gradients are multiples of 1/8: their sums are exact in float, in whatever order they are taken.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "training_kernel_oracle.hpp"

namespace wb {
namespace {

using oracle::EmbeddingFlaws;
using Flaws = std::vector<std::pair<std::string, EmbeddingFlaws>>;

const Flaws gather_mistakes = {
    {"row n of the table for place n, whatever its token", {.row_of_place = true}},
    {"the nearest row of the table for a token that has none", {.strangers_in_last_row = true}},
    {"the first 32 channels, and 0 in the others", {.one_warp_of_channels = true}},
};

const Flaws scatter_mistakes = {
    {"the sum with one of several equal tokens only: the last one wins, where all are to be added",
     {.last_token_wins = true}},
    {"the gradient of the last of several equal tokens: it was written where it is to be added", {.assigns = true}},
    {"the new gradients alone: what a row of d_table held before is lost", {.overwrites = true}},
    {"the new gradients alone: d_table was set to 0 first", {.starts_from_zero = true}},
    {"a token without a row added to the nearest one", {.strangers_in_last_row = true}},
    {"the sum in the first 32 channels, and nothing in the others", {.one_warp_of_channels = true}},
};

struct Question {
    std::string name;
    std::size_t vocabulary = 29, hidden = 32;
    std::vector<std::int32_t> tokens;
};

Tensor<2> eighths(std::size_t rows, std::size_t columns, Draw& draw) {
    Tensor<2> x({rows, columns});
    for (float& value : x) value = (static_cast<float>(draw.below(33)) - 16.0F) / 8.0F;
    return x;
}

Tensor<1, std::int32_t> tensor_of(const std::vector<std::int32_t>& tokens) {
    Tensor<1, std::int32_t> x = zeros<1, std::int32_t>({tokens.size()});
    std::copy(tokens.begin(), tokens.end(), x.begin());
    return x;
}

void write_both(const std::string& family, const Question& x, Draw& draw) {
    const Tensor<2> table = draw.uniform<2>({x.vocabulary, x.hidden}, 2);
    CaseWriter gather("5.10/gather_" + family, x.name);
    gather.in("table", table).in("tokens", tensor_of(x.tokens));
    gather.expected("out", oracle::embedding_gather(table, x.tokens));
    for (const auto& [words, flaw] : gather_mistakes)
        gather.mistake(words, "out", oracle::embedding_gather(table, x.tokens, flaw));

    const Tensor<2> d_out = eighths(x.tokens.size(), x.hidden, draw), before = eighths(x.vocabulary, x.hidden, draw);
    CaseWriter scatter("5.10/scatter_" + family, x.name);
    scatter.in("d_out", d_out).in("tokens", tensor_of(x.tokens)).in("d_table", before);
    scatter.expected("d_table", oracle::embedding_scatter_add(d_out, x.tokens, before));
    for (const auto& [words, flaw] : scatter_mistakes)
        scatter.mistake(words, "d_table", oracle::embedding_scatter_add(d_out, x.tokens, before, flaw));
}

/// Tokens of which only some letters occur, as in words.
std::vector<std::int32_t> letters(std::size_t count, std::size_t vocabulary, Draw& draw) {
    std::vector<std::int32_t> tokens(count);
    for (auto& token : tokens)
        token = static_cast<std::int32_t>(draw.below(vocabulary) * draw.below(3) / 2 % vocabulary);
    return tokens;
}

}  // namespace

WB_CASES(embedding_kernels) {
    Draw draw(seed + 5103);
    for (const std::size_t hidden : {32, 1, 33, 64, 300}) {
        write_both("letters", {shape_name({{"hidden", hidden}}), 29, hidden, letters(99, 29, draw)}, draw);
    }
    write_both("letters", {"large_table", 1000, 8, letters(500, 1000, draw)}, draw);
    write_both("letters", {"one_letter_only", 29, 40, std::vector<std::int32_t>(70, 28)}, draw);
    constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min(),
                           most = std::numeric_limits<std::int32_t>::max();
    write_both("strangers", {"among_letters", 29, 33, {3, -1, 28, 29, 3, 0, -1, most, least, 30}}, draw);
    write_both("strangers", {"alone", 29, 8, {-1, 29}}, draw);
    write_both("edges", {"one_token", 1, 1, {0}}, draw);
    write_both("edges", {"no_tokens", 29, 8, {}}, draw);
    write_both("edges", {"no_channels", 29, 0, {1, 2, 3}}, draw);
    write_both("edges", {"no_rows", 0, 8, {0, 1}}, draw);
    write_both("small", {"words", 29, 33, letters(24, 29, draw)}, draw);
    write_both("small", {"one_letter", 5, 40, {4, 4, 4, 4, 4, 4}}, draw);
    std::vector<std::int32_t> twice_each(64);  // of 32 letters: every row of the table is needed
    for (std::size_t n = 0; n < twice_each.size(); ++n) twice_each[n] = static_cast<std::int32_t>(n * 7 % 32);
    write_both("profiled", {"twice_each", 32, 256, twice_each}, draw);
}

}  // namespace wb
