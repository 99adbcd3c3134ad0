/// @file
/// Writes the cases of exercise 2.1. The families:
///
///     plain      no mask               allowed    boolean masks, full and broadcast     softmax   scores only
///     causal     q_len =, <, > kv_len  combined   all three at once                     large     scores of +-1e4
///     lengths    key_lengths           dirty      NaN and infinity in masked slots      empty     rows that see no key
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "attention_oracle.hpp"
#include "draw_mask.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "mask_case.hpp"

namespace wb {
namespace {

using oracle::Flaws;
using oracle::to_double;
using Mistakes = std::vector<std::pair<std::string, Flaws>>;

const Mistakes plain_mistakes = {
    {"the result without the 1/sqrt(head_dim) scale", {.no_scale = true}},
    {"the result with 1/head_dim in place of 1/sqrt(head_dim)", {.scale_by_head_dim = true}},
    {"a softmax over the queries: every column sums to 1, not every row", {.softmax_over_queries = true}},
};
const Mistakes any_mask_mistakes = {
    {"the result without any mask", {.no_mask = true}},
    {"the mask applied after the softmax: what is left does not sum to 1", {.mask_after_softmax = true}},
    {"the mask multiplied into the scores: exp(0) = 1 remains", {.mask_as_zero_score = true}},
    {"1/kv_len everywhere for a query that sees no key", {.masked_row_uniform = true}},
};
const Mistakes causal_mistakes = {
    {"the causal mask aligned at the start: j <= i, whatever q_len and kv_len", {.causal_at_start = true}},
    {"a strict causal mask: a query does not see its own key", {.causal_strict = true}},
    {"the causal mask the wrong way round: only the future is seen", {.causal_reversed = true}},
};
const Mistakes length_mistakes = {
    {"key_lengths[0] applied to every batch row", {.first_length_for_all = true}},
    {"key_lengths applied to the queries, not the keys", {.length_masks_queries = true}},
    {"key_lengths off by one: the last real key is masked", {.last_key_dropped = true}},
};
const Mistakes allowed_mistakes = {
    {"`allowed` inverted: true taken for 'masked'", {.allowed_inverted = true}},
};
const Mistakes combined_mistakes = {
    {"the causal mask alone: key_lengths and allowed have no effect", {.only_causal = true}},
};

Mistakes operator+(Mistakes a, const Mistakes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

std::string name_of(const Sizes& s) {
    return shape_name({{"batch", s.batch},
                       {"heads", s.heads},
                       {"q_len", s.q_len},
                       {"kv_len", s.kv_len},
                       {"head_dim", s.head_dim},
                       {"v_dim", s.v_dim}});
}

struct Inputs {
    Tensor<4> q, k, v;
};

Inputs draw_inputs(const Sizes& s, Draw& draw) {
    return {draw.uniform<4>({s.batch, s.heads, s.q_len, s.head_dim}, 2),
            draw.uniform<4>({s.batch, s.heads, s.kv_len, s.head_dim}, 2),
            draw.uniform<4>({s.batch, s.heads, s.kv_len, s.v_dim}, 2)};
}

void write(const std::string& family, const std::string& name, const Inputs& x, const Mask& mask,
           const Mistakes& mistakes) {
    CaseWriter writer("2.1/" + family, name);
    writer.in("q", x.q).in("k", x.k).in("v", x.v);
    put_mask(writer, mask);
    const auto answer = [&](const Flaws& flaws) {
        return oracle::attention(to_double(x.q), to_double(x.k), to_double(x.v), mask, flaws);
    };
    const oracle::Attention right = answer({});
    writer.expected("output", right.output).expected("weights", right.weights);
    for (const auto& [words, flaws] : mistakes) {
        const oracle::Attention wrong = answer(flaws);
        writer.mistake(words, "output", wrong.output).mistake(words, "weights", wrong.weights);
    }
}

void write_softmax(const std::string& family, const std::string& name, const Tensor<4>& scores, const Mask& mask,
                   const Mistakes& mistakes) {
    CaseWriter writer("2.1/" + family, name);
    writer.in("scores", scores);
    put_mask(writer, mask);
    writer.expected("weights", oracle::masked_softmax(to_double(scores), mask));
    for (const auto& [words, flaws] : mistakes) {
        writer.mistake(words, "weights", oracle::masked_softmax(to_double(scores), mask, flaws));
    }
}

/// Fills what no query of a batch row sees with values that spoil whatever they are multiplied into.
void dirty_the_padding(Inputs& x, const std::vector<std::size_t>& key_lengths) {
    const float spoilers[] = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                              -std::numeric_limits<float>::infinity()};
    for (std::size_t b = 0; b < x.k.shape(0); ++b)
        for (std::size_t h = 0; h < x.k.shape(1); ++h)
            for (std::size_t j = key_lengths[b]; j < x.k.shape(2); ++j) {
                for (std::size_t d = 0; d < x.k.shape(3); ++d) x.k(b, h, j, d) = spoilers[(j + d) % 3];
                for (std::size_t d = 0; d < x.v.shape(3); ++d) x.v(b, h, j, d) = spoilers[(j + d) % 3];
            }
}

const std::vector<Sizes> square_and_not = {
    {2, 2, 6, 6, 8, 8}, {2, 3, 2, 9, 4, 5}, {1, 2, 9, 4, 8, 3}, {3, 1, 1, 5, 16, 16}};

}  // namespace

WB_CASES(attention_plain) {
    Draw draw(seed + 21);
    for (const Sizes& s : {Sizes{1, 1, 1, 1, 1, 1}, Sizes{2, 3, 5, 7, 8, 6}, Sizes{1, 2, 33, 33, 64, 64},
                           Sizes{3, 1, 1, 9, 5, 2}, Sizes{2, 2, 8, 3, 16, 4}, Sizes{1, 8, 4, 4, 32, 32}}) {
        write("plain", name_of(s), draw_inputs(s, draw), {}, plain_mistakes);
    }
}

WB_CASES(attention_masks) {
    Draw draw(seed + 22);
    for (const Sizes& s : square_and_not) {
        Mask causal;
        causal.causal = true;
        write("causal", name_of(s), draw_inputs(s, draw), causal, causal_mistakes + any_mask_mistakes + plain_mistakes);
        Mask lengths;
        lengths.key_lengths = draw_lengths(s.batch, s.kv_len, draw);
        write("lengths", name_of(s), draw_inputs(s, draw), lengths, length_mistakes + any_mask_mistakes);
        for (const std::size_t batch : {s.batch, std::size_t{1}})
            for (const std::size_t heads : {s.heads, std::size_t{1}}) {
                Mask allowed;
                allowed.allowed = draw_allowed({batch, heads, s.q_len, s.kv_len}, draw);
                write("allowed", name_of(s) + "_mask_" + shape_name({{"batch", batch}, {"heads", heads}}),
                      draw_inputs(s, draw), allowed, allowed_mistakes + any_mask_mistakes);
            }
        write("combined", name_of(s), draw_inputs(s, draw), draw_mask(s, draw),
              combined_mistakes + any_mask_mistakes + length_mistakes);
    }
}

WB_CASES(attention_dirty) {
    Draw draw(seed + 23);
    for (const Sizes& s : {Sizes{2, 2, 3, 8, 8, 8}, Sizes{3, 1, 5, 5, 4, 7}}) {
        Inputs x = draw_inputs(s, draw);
        Mask mask;
        mask.key_lengths = draw_lengths(s.batch, s.kv_len - 1, draw);
        dirty_the_padding(x, mask.key_lengths);
        write("dirty", "lengths_" + name_of(s), x, mask, {});
    }
    // Causal: the last key is seen by the last query alone; all earlier ones must not notice its NaN.
    Inputs x = draw_inputs({1, 1, 4, 4, 8, 8}, draw);
    x.v(0, 0, 3, 5) = std::numeric_limits<float>::quiet_NaN();
    Mask mask;
    mask.causal = true;
    mask.allowed = Tensor<4, bool>(std::array<std::size_t, 4>{1, 1, 4, 4}, true);
    (*mask.allowed)(0, 0, 3, 3) = false;
    write("dirty", "causal_4x4", x, mask, {});
}

WB_CASES(masked_softmax) {
    Draw draw(seed + 24);
    for (const Sizes& s : square_and_not) {
        const Tensor<4> scores = draw.uniform<4>({s.batch, s.heads, s.q_len, s.kv_len}, 5);
        write_softmax("softmax", name_of(s), scores, draw_mask(s, draw), any_mask_mistakes + combined_mistakes);
        write_softmax("softmax", name_of(s) + "_unmasked", scores, {}, {plain_mistakes[2]});
    }
    // +-1e4: exp overflows above 88. Whole numbers, so that the difference of two is exact in float.
    for (const float level : {10000.0F, -10000.0F}) {
        Tensor<4> scores = zeros<4>({2, 1, 3, 6});
        for (float& score : scores) score = level + static_cast<float>(draw.below(8));
        Mask mask;
        mask.key_lengths = {6, 4};
        write_softmax("large", level > 0 ? "plus_1e4" : "minus_1e4", scores, mask, {});
        for (std::size_t i = 0; i < 3; ++i) scores(0, 0, i, 0) = -scores(0, 0, i, 0);
        write_softmax("large", level > 0 ? "both_signs_a" : "both_signs_b", scores, mask, {});
        // The masked scores are the largest: the maximum must be taken over what is seen.
        for (std::size_t i = 0; i < 3; ++i) scores(1, 0, i, 5) = level + 20000.0F;
        write_softmax("large", level > 0 ? "masked_largest_a" : "masked_largest_b", scores, mask, {});
    }
}

WB_CASES(attention_rows_without_keys) {
    Draw draw(seed + 25);
    Mask causal;
    causal.causal = true;
    write("empty", "causal_5x2", draw_inputs({1, 2, 5, 2, 4, 4}, draw), causal, any_mask_mistakes + causal_mistakes);
    Mask lengths;
    lengths.key_lengths = {0, 3};
    write("empty", "length_0", draw_inputs({2, 2, 3, 3, 4, 4}, draw), lengths, any_mask_mistakes + length_mistakes);
    Mask allowed;
    allowed.allowed = Tensor<4, bool>(std::array<std::size_t, 4>{1, 1, 3, 4}, true);
    for (std::size_t j = 0; j < 4; ++j) (*allowed.allowed)(0, 0, 1, j) = false;
    write("empty", "row_1_of_allowed", draw_inputs({2, 2, 3, 4, 4, 5}, draw), allowed,
          any_mask_mistakes + allowed_mistakes);
}

}  // namespace wb
