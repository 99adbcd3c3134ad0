/// @file
/// Writes the cases of exercise 2.7: gradients from the oracle's Jacobian, and from finite differences of its forward.
#include <array>
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

struct Question {
    Tensor<4, double> q, k, v, d_output;
    Mask mask = {};
};

Question draw_question(const Sizes& s, Draw& draw) {
    return {to_double(draw.uniform<4>({s.batch, s.heads, s.q_len, s.head_dim}, 2)),
            to_double(draw.uniform<4>({s.batch, s.heads, s.kv_len, s.head_dim}, 2)),
            to_double(draw.uniform<4>({s.batch, s.heads, s.kv_len, s.v_dim}, 2)),
            to_double(draw.uniform<4>({s.batch, s.heads, s.q_len, s.v_dim}, 2)), Mask{}};
}

void put(CaseWriter& writer, const Question& x) {
    writer.in("q", x.q).in("k", x.k).in("v", x.v).in("d_output", x.d_output);
    put_mask(writer, x.mask);
}

void write(const std::string& family, const std::string& name, const Question& x) {
    CaseWriter writer("2.7/" + family, name);
    put(writer, x);
    const auto answer = [&](const Flaws& flaws) {
        return oracle::attention_backward(x.q, x.k, x.v, x.d_output, x.mask, flaws);
    };
    const AttentionGradients right = answer({});
    writer.expected("dq", right.dq).expected("dk", right.dk).expected("dv", right.dv);
    const std::vector<std::pair<std::string, Flaws>> mistakes = {
        {"the gradient without its 1/sqrt(head_dim)", {.backward_no_scale = true}},
        {"the gradient with 1/sqrt(head_dim) twice", {.backward_scale_twice = true}},
        {"P * dP, without - P * (sum of P * dP over the row)", {.backward_no_row_term = true}},
        {"the subtracted sum taken over queries, not keys", {.backward_column_term = true}},
        {"the gradient of an attention without scale", {.no_scale = true}},
        {"the gradient under a causal mask aligned at the start", {.causal_at_start = true}},
        {"the gradient without any mask", {.no_mask = true}},
        {"the gradient without key_lengths and allowed", {.only_causal = true}},
    };
    for (const auto& [words, flaws] : mistakes) {
        const AttentionGradients wrong = answer(flaws);
        writer.mistake(words, "dq", wrong.dq).mistake(words, "dk", wrong.dk).mistake(words, "dv", wrong.dv);
    }
}

/// L = sum of d_output * output, whose gradient in the output is d_output.
double loss(const Question& x) {
    const Tensor<4, double> output = oracle::attention(x.q, x.k, x.v, x.mask).output;
    double total = 0.0;
    for (std::size_t n = 0; n < output.size(); ++n) total += output.data()[n] * x.d_output.data()[n];
    return total;
}

/// (L(x + h) - L(x - h)) / 2h in each element of one of the tensors. With h = 1e-5 the cut-off error is about h^2 = 1e-10
/// and the rounding error about 1e-16 / h = 1e-11, times L's third derivative or L itself, here up to about 100.
// NOLINTNEXTLINE(performance-unnecessary-value-param): x is written to, through the pointer to its member
Tensor<4, double> finite_difference(Question x, Tensor<4, double> Question::*member) {
    constexpr double h = 1e-5;
    Tensor<4, double> gradient((x.*member).shape());
    for (std::size_t n = 0; n < gradient.size(); ++n) {
        double& element = (x.*member).data()[n];
        const double before = element;
        element = before + h;
        const double above = loss(x);
        element = before - h;
        const double below = loss(x);
        element = before;
        gradient.data()[n] = (above - below) / (2 * h);
    }
    return gradient;
}

}  // namespace

WB_CASES(attention_backward) {
    Draw draw(seed + 27);
    for (const Sizes& s :
         {Sizes{1, 1, 1, 1, 1, 1}, Sizes{2, 2, 3, 5, 4, 6}, Sizes{1, 3, 7, 7, 8, 8}, Sizes{2, 1, 6, 2, 16, 3}}) {
        const std::string name = shape_name({{"batch", s.batch},
                                             {"heads", s.heads},
                                             {"q_len", s.q_len},
                                             {"kv_len", s.kv_len},
                                             {"head_dim", s.head_dim},
                                             {"v_dim", s.v_dim}});
        Question x = draw_question(s, draw);
        write("plain", name, x);
        x.mask = draw_mask(s, draw);
        write("masks", name, x);
        x.mask = {};
        x.mask.causal = true;
        write("masks", name + "_causal", x);
    }
    // What no query sees may hold NaN, in k and in v.
    Question x = draw_question({2, 1, 3, 5, 4, 4}, draw);
    x.mask.key_lengths = {5, 3};
    for (std::size_t d = 0; d < 4; ++d) x.k(1, 0, 3, d) = x.v(1, 0, 4, d) = std::numeric_limits<double>::quiet_NaN();
    write("dirty", "lengths_5_3", x);
    // A query that sees no key.
    Question lonely = draw_question({2, 1, 3, 4, 4, 4}, draw);
    lonely.mask.key_lengths = {0, 4};
    write("dirty", "length_0", lonely);
}

WB_CASES(attention_finite_differences) {
    Draw draw(seed + 277);
    for (const bool masked : {false, true}) {
        Question x = draw_question({2, 2, 4, 5, 3, 4}, draw);
        if (masked) x.mask = draw_mask({2, 2, 4, 5, 3, 4}, draw);
        CaseWriter writer("2.7/finite_differences", masked ? "masked" : "plain");
        put(writer, x);
        writer.expected("dq", finite_difference(x, &Question::q));
        writer.expected("dk", finite_difference(x, &Question::k));
        writer.expected("dv", finite_difference(x, &Question::v));
    }
}

}  // namespace wb
