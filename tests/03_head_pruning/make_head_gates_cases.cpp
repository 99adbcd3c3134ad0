/// @file
/// Writes the cases of exercise 3.1. Families:
///
///     3.1/gates   heads_out times gates, with the gradients of sum(out * d_out)      gates [heads]
///     3.1/own     the same                                                            gates [batch, heads]
///     3.1/module  attention with gates                                                3.1/plain  without
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gated_attention_oracle.hpp"
#include "judge/case_maker.hpp"
#include "module_draw.hpp"

namespace wb {
namespace {

using oracle::GatedAttention;
using oracle::GateFlaws;

const std::string closed_gates_want_none =
    "0 where the gate is 0: what opening a closed gate would do is asked as well, so it gets the whole sum";

/// out[b, t, c] = x[b, t, c] * gate(b, head(c))
template <class Gate, class Head>
Tensor<3, double> gated(const Tensor<3>& x, const Gate& gate, const Head& head) {
    Tensor<3, double> out(x.shape());
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t t = 0; t < x.shape(1); ++t) {
            for (std::size_t c = 0; c < x.shape(2); ++c)
                out(b, t, c) = static_cast<double>(x(b, t, c)) * gate(b, head(c));
        }
    }
    return out;
}

void write_gates(Draw& draw, std::size_t batch, std::size_t tokens, std::size_t heads, std::size_t v_dim, bool own) {
    const Tensor<3> x = draw.uniform<3>({batch, tokens, heads * v_dim}, 2);
    const Tensor<3> d_out = draw.uniform<3>({batch, tokens, heads * v_dim}, 1);
    Tensor<2> gates = draw.uniform<2>({own ? batch : 1, heads}, 1.5);
    if (gates.size() > 2) gates.data()[1] = 0;
    const auto gate = [&](std::size_t b, std::size_t h) { return static_cast<double>(gates(own ? b : 0, h)); };
    const auto head = [&](std::size_t c) { return c / v_dim; };

    CaseWriter writer(own ? "3.1/own" : "3.1/gates",
                      shape_name({{"batch", batch}, {"tokens", tokens}, {"heads", heads}, {"v_dim", v_dim}}));
    writer.in("heads_out", x).in("gates", gates).in("d_out", d_out);
    writer.expected("out", gated(x, gate, head));
    writer.mistake("heads_out without gates", "out",
                   gated(
                       x, [](auto, auto) { return 1.0; }, head));
    writer.mistake("gates on columns h, h + heads, ..: head h has the columns h * v_dim and on", "out",
                   gated(x, gate, [&](std::size_t c) { return c % heads; }));
    writer.mistake("the gates in reverse", "out", gated(x, gate, [&](std::size_t c) { return heads - 1 - c / v_dim; }));
    writer.mistake("each gate applied twice", "out",
                   gated(
                       x, [&](std::size_t b, std::size_t h) { return gate(b, h) * gate(b, h); }, head));
    if (own && batch > 1)
        writer.mistake("the first entry's gates for the whole batch", "out",
                       gated(
                           x, [&](std::size_t, std::size_t h) { return gate(0, h); }, head));

    // The driver adds sum(heads_out) + sum(gates), whose gradient is 1 everywhere.
    Tensor<3, double> dx = gated(d_out, gate, head), ungated(dx.shape());
    for (double& one : dx) one += 1;
    for (std::size_t n = 0; n < ungated.size(); ++n) ungated.data()[n] = static_cast<double>(d_out.data()[n]) + 1;
    Tensor<2, double> dg(gates.shape());
    dg.fill(1);
    Tensor<2, double> first_token = dg, mean = dg;
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t t = 0; t < tokens; ++t) {
            for (std::size_t c = 0; c < heads * v_dim; ++c) {
                const double term = static_cast<double>(d_out(b, t, c)) * static_cast<double>(x(b, t, c));
                dg(own ? b : 0, c / v_dim) += term;
                mean(own ? b : 0, c / v_dim) += term / static_cast<double>(tokens * v_dim * (own ? 1 : batch));
                if (t == 0) first_token(own ? b : 0, c / v_dim) += term;
            }
        }
    }
    writer.expected("d_heads_out", dx).expected("d_gates", dg);
    Tensor<3, double> alone = dx;
    for (double& one : alone) one -= 1;
    writer.mistake("the gradient of the last use alone: add to what is there, unless the slot is fresh", "d_heads_out",
                   alone);
    writer.mistake("d out as it is, without the gate", "d_heads_out", ungated);
    writer.mistake("means: each gate's gradient is a sum over tokens and columns", "d_gates", mean);
    if (tokens > 1) writer.mistake("the first token's part only", "d_gates", first_token);
    if (gates.size() < 3) return;
    Tensor<2, double> closed_want_none = dg;
    for (std::size_t n = 0; n < gates.size(); ++n) {
        if (gates.data()[n] == 0) closed_want_none.data()[n] = 1;
    }
    writer.mistake(closed_gates_want_none, "d_gates", closed_want_none);
}

void write_module_case(Draw& draw, const std::string& family, GatedAttention g, std::size_t d_model, bool cross) {
    const std::size_t batch = g.x.shape(0), columns = g.heads * g.head_dim;
    g.parameters = draw_module(draw, d_model, columns);
    const auto numbers = [&](const std::array<std::size_t, 3>& shape) { return draw.uniform<3>(shape, 1); };
    const Tensor<3> x = numbers({batch, g.x.shape(1), d_model});
    g.x = Tensor<3, double>(x);
    Tensor<3> memory = x;
    if (cross) memory = numbers({batch, g.memory.shape(1), d_model});
    g.memory = Tensor<3, double>(memory);
    std::string name = shape_name({{"batch", batch},
                                   {"q_len", x.shape(1)},
                                   {"kv_len", memory.shape(1)},
                                   {"heads", g.heads},
                                   {"head_dim", g.head_dim}});
    if (g.causal) name += "_causal";
    CaseWriter writer(family, name);
    writer.in("x", x).number("cross", cross ? 1 : 0).number("heads", static_cast<double>(g.heads));
    writer.number("head_dim", static_cast<double>(g.head_dim)).number("causal", g.causal ? 1 : 0);
    if (cross) writer.in("memory", memory);
    if (!g.key_lengths.empty()) {
        Tensor<1, std::int32_t> lengths(std::array<std::size_t, 1>{batch});
        std::copy(g.key_lengths.begin(), g.key_lengths.end(), lengths.begin());
        writer.in("key_lengths", lengths);
    }
    write_module(writer, g.parameters);
    if (!g.gates.empty()) {
        Tensor<2> gates(std::array<std::size_t, 2>{g.gates.size() / g.heads, g.heads});
        std::copy(g.gates.begin(), g.gates.end(), gates.begin());
        writer.in("gates", gates);
    }
    const oracle::GatedAttentionAnswer right = oracle::gated_attention(g);
    writer.expected("out", right.out).expected("weights", right.weights);
    const auto mistake = [&](const char* words, const GateFlaws& flaws) {
        writer.mistake(words, "out", oracle::gated_attention(g, flaws).out);
    };
    if (g.gates.empty()) {
        if (columns == d_model) mistake("the heads' outputs side by side, without output", {.no_output = true});
        mistake("heads of columns h, h + heads, ..: head h has the columns h * head_dim and on", {.interleaved = true});
        return;
    }
    mistake("the result without gates", {.ignored = true});
    mistake("the result with gates on the scores, before the softmax", {.on_weights = true});
    mistake("the result with gates behind output, where the heads are mixed", {.on_output = true});
    mistake("the result with the gates in reverse", {.reversed = true});
    mistake("the result with each gate applied twice", {.squared = true});
    if (g.gates.size() > g.heads) mistake("the first entry's gates for the whole batch", {.first_entry = true});

    const Tensor<3> d_out = numbers({batch, x.shape(1), d_model});
    writer.in("d_out", d_out);
    const auto slope = [&](double h, const auto& change) {  // exact for any h where what is changed enters linearly
        double total = 0;
        for (const double sign : {1.0, -1.0}) {
            GatedAttention moved = g;
            change(moved, sign * h);
            const Tensor<3, double> out = oracle::gated_attention(moved).out;
            for (std::size_t n = 0; n < out.size(); ++n)
                total += sign * out.data()[n] * static_cast<double>(d_out.data()[n]);
        }
        return total / (2 * h);
    };
    Tensor<2, double> d_gates(std::array<std::size_t, 2>{g.gates.size() / g.heads, g.heads});
    for (std::size_t n = 0; n < g.gates.size(); ++n)
        d_gates.data()[n] = slope(0.5, [n](GatedAttention& moved, double by) { moved.gates[n] += by; });
    writer.expected("d_gates", d_gates);
    Tensor<2, double> closed_want_none = d_gates;
    for (std::size_t n = 0; n < g.gates.size(); ++n) {
        if (g.gates[n] == 0) closed_want_none.data()[n] = 0;
    }
    writer.mistake(closed_gates_want_none, "d_gates", closed_want_none);
    // x is in the softmax, too: central differences, whose error is some 1e-5^2 of what is sought.
    const auto by_input = [&](const Tensor<3>& input, bool of_x, bool of_memory) {
        Tensor<3, double> gradient(input.shape());
        for (std::size_t n = 0; n < gradient.size(); ++n)
            gradient.data()[n] = slope(1e-5, [&](GatedAttention& moved, double by) {
                if (of_x) moved.x.data()[n] += by;
                if (of_memory) moved.memory.data()[n] += by;
            });
        return gradient;
    };
    writer.expected("d_x", by_input(x, true, !cross));
    if (cross) {
        writer.expected("d_memory", by_input(memory, false, true));
    } else {
        writer.mistake("the gradient of x as it asks: it is asked as well", "d_x", by_input(x, true, false));
    }
    for (const std::size_t p : {4, 6}) {  // value.weight and output.weight
        Tensor<1, double> gradient(std::array<std::size_t, 1>{g.parameters[p].values.size()});
        for (std::size_t n = 0; n < gradient.size(); ++n)
            gradient(n) = slope(0.5, [&](GatedAttention& moved, double by) {
                moved.parameters[p].values[n] += static_cast<float>(by);
            });
        writer.expected("d_" + g.parameters[p].name, gradient);
    }
}

GatedAttention module_of(std::size_t batch, std::size_t q_len, std::size_t kv_len, std::size_t heads,
                         std::size_t head_dim) {
    GatedAttention g;
    g.heads = heads;
    g.head_dim = head_dim;
    g.x = zeros<3, double>({batch, q_len, 1});
    g.memory = zeros<3, double>({batch, kv_len, 1});
    return g;
}

WB_CASES(head_gates) {
    Draw draw(seed + 31);
    write_gates(draw, 2, 3, 2, 2, false);
    write_gates(draw, 1, 4, 3, 5, false);
    write_gates(draw, 3, 1, 4, 1, false);
    write_gates(draw, 2, 3, 1, 4, false);
    write_gates(draw, 2, 3, 2, 2, true);
    write_gates(draw, 3, 2, 4, 3, true);
    write_gates(draw, 3, 3, 3, 3, true);

    GatedAttention g = module_of(2, 3, 3, 2, 3);
    write_module_case(draw, "3.1/plain", g, 6, false);
    g.gates = {0, 0.75};
    write_module_case(draw, "3.1/module", g, 6, false);
    g = module_of(3, 2, 5, 3, 2);
    g.key_lengths = {5, 2, 3};
    write_module_case(draw, "3.1/plain", g, 7, true);
    g.gates = {1, 0, 0.5, 0.25, 2, 1, -1, 0.5, 0};
    write_module_case(draw, "3.1/module", g, 7, true);
    g = module_of(1, 4, 4, 2, 4);
    g.causal = true;
    g.gates = {0.5, 1};
    write_module_case(draw, "3.1/module", g, 5, false);
}

}  // namespace
}  // namespace wb
