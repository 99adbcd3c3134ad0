/// @file
/// Writes the cases of exercise 4.3, by the trusted model: values, attention, slopes. Families:
///
///     layer         one layer                     model         pictures to logits
///     gated_layer   its heads weighed             gated_model   the heads of all layers weighed
///     quiet_layer   rows that hardly differ
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "vit_case.hpp"
#include "vit_draw.hpp"
#include "vit_oracle.hpp"
#include "vit_slopes.hpp"

namespace wb {
namespace {

using oracle::Vit;
using oracle::VitFlaws;
using Mistakes = std::vector<std::pair<std::string, VitFlaws>>;

const Mistakes layer_mistakes = {
    {"a post-norm layer, norm(x + attention(x)); this one is pre-norm", {.post_norm = true}},
    {"attention(x); it reads norm(x)", {.no_norm_before = true}},
    {"an MLP that reads x itself; it reads norm(x)", {.no_norm_after = true}},
    {"layernorm_before in both places", {.first_norm_twice = true}},
    {"queries from x itself; they read norm(x), as keys and values do", {.query_not_normed = true}},
    {"keys and values swapped", {.swaps_key_and_value = true}},
    {"scores without 1/sqrt(head_dim)", {.unscaled = true}},
    {"scores times 1/sqrt(hidden); each head has head_dim numbers", {.scaled_by_hidden = true}},
    {"heads that have every heads-th column; head h has columns h * head_dim and on", {.heads_interleaved = true}},
    {"a layer without attention.output.dense", {.no_attention_output = true}},
    {"an attention that replaces x; it is added to x", {.attention_replaces = true}},
    {"an MLP that replaces x; it is added to x", {.mlp_replaces = true}},
    {"norm(x) + attention(norm(x)); what is added to is x itself", {.residual_of_normed = true}},
    {"an MLP that reads the x from before the attention", {.mlp_on_old = true}},
    {"GELU's tanh form; this one is exact", {.tanh_gelu = true}},
    {"a ReLU in place of GELU", {.relu = true}},
    {"an MLP without GELU", {.no_gelu = true}},
};

const Mistakes gate_mistakes = {
    {"gates ignored", {.gates_ignored = true}},
    {"gates behind attention_output, where the heads are mixed", {.gates_on_output = true}},
};

const Mistakes model_mistakes = {
    {"the class token last", {.cls_last = true}},
    {"tokens without positions", {.no_positions = true}},
    {"the last layer alone, on the embeddings; each layer reads what the one before made", {.last_layer_only = true}},
    {"the first layer, again and again", {.first_layer_repeated = true}},
    {"a model without its last norm", {.no_final_norm = true}},
    {"the mean over all tokens; the answer is read from the class token", {.mean_of_tokens = true}},
    {"the mean over the patches; the answer is read from the class token", {.mean_of_patches = true}},
    {"the last patch; the answer is read from the class token", {.last_token = true}},
    {"probabilities; logits have no softmax", {.softmaxed_logits = true}},
};

Mistakes operator+(Mistakes all, const Mistakes& more) {
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

/// Gates of all kinds: 1, 0, a half, a negative one; drawn, but the first is 0.
Tensor<2> draw_gates(std::size_t layers, std::size_t heads, Draw& draw) {
    Tensor<2> gates = draw.uniform<2>({layers, heads}, 1.5);
    for (std::size_t n = 0; n < layers; ++n) gates(n, n % heads) = n % 2 == 0 ? 0 : 1;
    return gates;
}

Tensor<3, double> moved(const Tensor<3>& x, const Tensor<3>& direction, double step) {
    Tensor<3, double> result(x.shape());
    for (std::size_t n = 0; n < x.size(); ++n)
        result.data()[n] = static_cast<double>(x.data()[n]) + step * static_cast<double>(direction.data()[n]);
    return result;
}

struct LayerShape {
    std::size_t batch, tokens, hidden, heads, mlp;
    bool gated = false;
    double range = 1.5;  ///< of x
};

void write_layer(const std::string& family, const LayerShape& s, Draw& draw) {
    const VitOptions o{4, 1, 2, s.hidden, 1, s.heads, s.mlp, 2, 1e-12};
    const VitShapes shapes = vit_shapes(o);
    const ModelWeights weights = draw_parameters(shapes, draw);
    ModelWeights directions;
    for (const NamedWeights& one : draw_parameters(shapes, draw)) {
        if (one.name.starts_with(layer_prefix)) directions.push_back(one);
    }
    const Tensor<3> x = draw.uniform<3>({s.batch, s.tokens, s.hidden}, s.range);
    const Tensor<3> along = draw.uniform<3>({s.batch, s.tokens, s.hidden}, s.range);
    const Tensor<3> d_out = draw.uniform<3>({s.batch, s.tokens, s.hidden}, 1);
    std::vector<float> gates;
    if (s.gated) {
        const Tensor<2> drawn = draw_gates(1, s.heads, draw);
        gates.assign(drawn.begin(), drawn.end());
    }
    const auto out = [&](const VitFlaws& flaws) { return Vit(weights, o, flaws).layer(0, moved(x, x, 0), gates); };

    CaseWriter writer(
        "4.3/" + family,
        shape_name(
            {{"batch", s.batch}, {"tokens", s.tokens}, {"hidden", s.hidden}, {"heads", s.heads}, {"mlp", s.mlp}}));
    write_options(writer, o);
    writer.in("x", x).in("x_direction", along).in("d_out", d_out);
    if (s.gated) {
        Tensor<1> row(std::array<std::size_t, 1>{gates.size()});
        std::copy(gates.begin(), gates.end(), row.begin());
        writer.in("gates", row);
    }
    write_parameters(writer, "parameter", part_of(weights, layer_prefix));
    write_parameters(writer, "direction", part_of(directions, layer_prefix));
    Tensor<4, double> attention;
    writer.expected("out", Vit(weights, o).layer(0, moved(x, x, 0), gates, &attention));
    writer.expected("attention.0", attention);
    const Tensor<1, double> of_parameters = slopes_of(directions, [&](const oracle::Nudge& nudge) {
        return sum_of_products(Vit(weights, o, {}, nudge).layer(0, moved(x, x, 0), gates), d_out);
    });
    Tensor<1, double> slopes(std::array<std::size_t, 1>{directions.size() + 1});
    std::copy(of_parameters.begin(), of_parameters.end(), slopes.begin());
    slopes(directions.size()) = slope(
        [&](double step) { return sum_of_products(Vit(weights, o).layer(0, moved(x, along, step), gates), d_out); });
    writer.expected("slopes", slopes);
    for (const auto& [words, flaws] : s.gated ? gate_mistakes + layer_mistakes : layer_mistakes)
        writer.mistake(words, "out", out(flaws));
    if (s.range < 1) writer.mistake("norms with an epsilon of 1e-5", "out", out({.large_epsilon = true}));
    if (s.gated) {
        Tensor<4, double> weighed;
        (void)Vit(weights, o, {.gates_on_weights = true}).layer(0, moved(x, x, 0), gates, &weighed);
        writer.mistake("the weights times the gates; what is shown is the softmax's result", "attention.0", weighed);
    }
}

void write_model(const std::string& family, const VitOptions& o, std::size_t batch, bool gated, Draw& draw) {
    const VitShapes shapes = vit_shapes(o);
    const ModelWeights weights = draw_parameters(shapes, draw), directions = draw_parameters(shapes, draw);
    const Tensor<4> pixels = draw.uniform<4>({batch, o.channels, o.image_size, o.image_size}, 1);
    const Tensor<2> d_out = draw.uniform<2>({batch, o.classes}, 1), drawn = draw_gates(o.layers, o.heads, draw);
    const Tensor<2>* gates = gated ? &drawn : nullptr;

    CaseWriter writer("4.3/" + family, shape_name({{"batch", batch},
                                                   {"size", o.image_size},
                                                   {"patch", o.patch_size},
                                                   {"hidden", o.hidden},
                                                   {"layers", o.layers},
                                                   {"heads", o.heads}}));
    write_options(writer, o);
    writer.in("pixels", pixels).in("d_out", d_out);
    if (gated) writer.in("gates", drawn);
    write_parameters(writer, "parameter", weights);
    write_parameters(writer, "direction", directions);
    std::vector<Tensor<4, double>> attention;
    writer.expected("out", Vit(weights, o).logits(pixels, gates, &attention));
    for (std::size_t n = 0; n < o.layers; ++n) writer.expected("attention." + std::to_string(n), attention[n]);
    writer.expected("slopes", slopes_of(directions, [&](const oracle::Nudge& nudge) {
                        return sum_of_products(Vit(weights, o, {}, nudge).logits(pixels, gates), d_out);
                    }));
    const Mistakes all = model_mistakes + layer_mistakes;
    for (const auto& [words, flaws] : gated ? gate_mistakes + all : all)
        writer.mistake(words, "out", Vit(weights, o, flaws).logits(pixels, gates));
    if (gated) {
        Tensor<2> reversed = drawn;
        for (std::size_t n = 0; n < o.layers; ++n) {
            for (std::size_t h = 0; h < o.heads; ++h) reversed(n, h) = drawn(0, h);
        }
        writer.mistake("the first layer's gates in every layer", "out", Vit(weights, o).logits(pixels, &reversed));
    }
}

WB_CASES(vit) {
    Draw draw(seed + 43);
    write_layer("layer", {2, 5, 8, 2, 12}, draw);
    write_layer("layer", {1, 7, 12, 3, 24}, draw);
    write_layer("layer", {1, 1, 4, 1, 4}, draw);
    write_layer("gated_layer", {2, 5, 8, 2, 12, true}, draw);
    write_layer("gated_layer", {1, 4, 12, 4, 8, true}, draw);
    // deviations of 1e-5: their square is a hundred times the epsilon of 1e-12, and a hundred thousandth of 1e-5
    write_layer("quiet_layer", {2, 4, 8, 2, 12, false, 2e-5}, draw);
    write_model("model", {8, 3, 4, 8, 1, 2, 12, 5, 1e-12}, 2, false, draw);
    write_model("model", {9, 1, 3, 12, 3, 3, 16, 4, 1e-12}, 2, false, draw);
    write_model("model", {6, 2, 2, 8, 2, 1, 12, 3, 1e-5}, 1, false, draw);
    write_model("gated_model", {8, 3, 4, 8, 3, 2, 12, 5, 1e-12}, 2, true, draw);
}

}  // namespace
}  // namespace wb
