/// @file
/// Writes the cases of exercise 5.10, attention for short sequences. Families of the forward pass, all named attention_..:
///
///     words      a few letters                        no_key   queries that see no key, and questions without numbers
///     causal     also q_len != kv_len                 huge     scores of +-10,000
///     head_dims  1 to 128                             small    for the race build
///     profiled   one question that fills whole warps and blocks
///
/// and of the backward pass, backward_..: words, causal, edges, small, profiled.
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "training_kernel_oracle.hpp"

namespace wb {
namespace {

using oracle::ShortAttentionFlaws;
using Flaws = std::vector<std::pair<std::string, ShortAttentionFlaws>>;

const Flaws forward_mistakes = {
    {"the result without the 1/sqrt(head_dim) scale", {.no_scale = true}},
    {"the result with 1/head_dim in place of 1/sqrt(head_dim)", {.scale_by_head_dim = true}},
    {"the result without the division by the sum of exp(score - maximum)", {.not_divided = true}},
    {"the result with the causal mask aligned at the first key", {.causal_at_start = true}},
    {"the result when a query does not see its own key (j < where j <= is meant)", {.causal_strict = true}},
    {"the result without the causal mask", {.no_mask = true}},
};

const Flaws backward_mistakes = {
    {"the gradients when dq lacks the 1/sqrt(head_dim) scale", {.dq_without_scale = true}},
    {"the gradients when dk lacks the 1/sqrt(head_dim) scale", {.dk_without_scale = true}},
    {"the gradients when softmax is taken back without the row's dot product, ds = w dw", {.no_row_term = true}},
    {"the gradients when that dot product is taken over queries in place of keys", {.column_term = true}},
    {"the gradients when the row's sum is that of dw, not of w dw", {.row_term_unweighted = true}},
    {"the gradients when dv is summed with dw in place of the weights", {.dv_by_d_weights = true}},
};

struct Sizes {
    std::size_t batch = 1, heads = 1, q_len = 1, kv_len = 1, head_dim = 1;

    [[nodiscard]] std::string name() const {
        return shape_name(
            {{"batch", batch}, {"heads", heads}, {"q_len", q_len}, {"kv_len", kv_len}, {"head_dim", head_dim}});
    }
};

struct Question {
    Tensor<4> q, k, v;
};

Question draw_question(const Sizes& x, Draw& draw) {
    return {draw.uniform<4>({x.batch, x.heads, x.q_len, x.head_dim}, 2),
            draw.uniform<4>({x.batch, x.heads, x.kv_len, x.head_dim}, 2),
            draw.uniform<4>({x.batch, x.heads, x.kv_len, x.head_dim}, 2)};
}

void write_forward(const std::string& family, const std::string& name, const Question& x, bool causal) {
    CaseWriter writer("5.10/attention_" + family, name);
    writer.in("q", x.q).in("k", x.k).in("v", x.v).number("causal", causal ? 1 : 0);
    const auto right = oracle::short_attention(x.q, x.k, x.v, causal);
    writer.expected("out", right.out).expected("weights", right.weights);
    for (const auto& [words, flaw] : forward_mistakes) {
        const auto wrong = oracle::short_attention(x.q, x.k, x.v, causal, flaw);
        writer.mistake(words, "out", wrong.out).mistake(words, "weights", wrong.weights);
    }
}

void write_backward(const std::string& family, const Sizes& sizes, bool causal, Draw& draw) {
    const Question x = draw_question(sizes, draw);
    const Tensor<4> d_out = draw.uniform<4>({sizes.batch, sizes.heads, sizes.q_len, sizes.head_dim}, 1);
    const Tensor<4, double> exact = oracle::short_attention(x.q, x.k, x.v, causal).weights;
    Tensor<4> weights(exact.shape());  // what the kernel is given, and so what the oracle goes back from
    Tensor<4, double> given(exact.shape());
    for (std::size_t n = 0; n < exact.size(); ++n) {
        weights.data()[n] = static_cast<float>(exact.data()[n]);
        given.data()[n] = static_cast<double>(weights.data()[n]);
    }
    CaseWriter writer("5.10/backward_" + family, sizes.name());
    writer.in("q", x.q).in("k", x.k).in("v", x.v).in("weights", weights).in("d_out", d_out);
    const auto right = oracle::short_attention_backward(x.q, x.k, x.v, given, d_out);
    writer.expected("dq", right.dq).expected("dk", right.dk).expected("dv", right.dv);
    for (const auto& [words, flaw] : backward_mistakes) {
        const auto wrong = oracle::short_attention_backward(x.q, x.k, x.v, given, d_out, flaw);
        writer.mistake(words, "dq", wrong.dq).mistake(words, "dk", wrong.dk).mistake(words, "dv", wrong.dv);
    }
}

/// Whole numbers of up to 50, so that with head_dim 16 the scores, up to 10,000, are exact in float.
Question huge_scores(Draw& draw) {
    Question x = draw_question({.batch = 2, .heads = 2, .q_len = 7, .kv_len = 9, .head_dim = 16}, draw);
    for (Tensor<4>* tensor : {&x.q, &x.k}) {
        for (float& value : *tensor) value = static_cast<float>(draw.below(101)) - 50.0F;
    }
    return x;
}

void write_forward_drawn(const std::string& family, const Sizes& sizes, bool causal, Draw& draw) {
    write_forward(family, sizes.name(), draw_question(sizes, draw), causal);
}

}  // namespace

WB_CASES(short_attention_kernel) {
    Draw draw(seed + 5101);
    const std::vector<Sizes> words = {{3, 2, 12, 9, 32}, {2, 3, 1, 32, 16}, {1, 1, 32, 1, 8}, {2, 1, 19, 23, 64}};
    for (const Sizes& sizes : words) {
        write_forward_drawn("words", sizes, false, draw);
        write_backward("words", sizes, false, draw);
    }
    const std::vector<Sizes> causal = {{2, 2, 12, 12, 32}, {2, 1, 5, 12, 16}, {3, 1, 1, 9, 8}, {1, 2, 31, 32, 32}};
    for (const Sizes& sizes : causal) {
        write_forward_drawn("causal", sizes, true, draw);
        write_backward("causal", sizes, true, draw);
    }
    for (const std::size_t head_dim : {1, 3, 31, 33, 100}) {
        const Sizes sizes{1, 2, 6, 8, head_dim};
        write_forward_drawn("head_dims", sizes, false, draw);
        write_backward("head_dims", sizes, false, draw);
    }
    write_forward_drawn("head_dims", {1, 2, 32, 32, 128}, false, draw);  // more than 48 KiB of shared memory
    write_backward("head_dims", {1, 2, 32, 32, 128}, false, draw);
    for (int n = 0; n < 2; ++n)
        write_forward("huge", std::string("draw") + std::to_string(n), huge_scores(draw), false);

    // The first five of nine queries come before every key of four.
    write_forward_drawn("no_key", {2, 2, 9, 4, 32}, true, draw);
    write_backward("edges", {2, 2, 9, 4, 32}, true, draw);
    const std::vector<Sizes> nothing = {
        {2, 1, 3, 0, 8}, {2, 1, 0, 3, 8}, {0, 2, 3, 3, 8}, {2, 0, 3, 3, 8}, {1, 1, 0, 0, 8}};
    for (const Sizes& sizes : nothing) {
        write_forward_drawn("no_key", sizes, false, draw);
        write_backward("edges", sizes, false, draw);
    }
    write_forward_drawn("small", {2, 1, 12, 9, 33}, true, draw);
    write_forward_drawn("small", {1, 2, 5, 7, 16}, false, draw);
    write_backward("small", {2, 1, 12, 9, 33}, true, draw);
    write_backward("small", {1, 2, 5, 7, 16}, false, draw);
    const Sizes profiled{2, 2, 32, 32, 32};
    write_forward_drawn("profiled", profiled, false, draw);
    write_backward("profiled", profiled, false, draw);
}

}  // namespace wb
