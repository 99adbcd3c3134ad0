/// @file
/// Writes the cases of exercises 5.2, 5.4 and 5.5, by the trusted model. Families:
///
///     5.2/layer      5.4/layer, 5.4/encoder      5.5/layer, 5.5/decoder
///
/// (5.2/attention and 5.2/masked: make_tape_attention_cases.cpp.)
///
/// Gradients are checked by slopes: for each parameter a direction is drawn, and the case holds how fast sum(out * d_out) grows
/// along it, by central differences in float64. A ReLU has a corner, where a difference is no derivative: then D(h) and D(h / 2)
/// differ, and other numbers are drawn.
#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "attention_mistakes.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "model_case.hpp"
#include "translator_oracle.hpp"

namespace wb {
namespace {

using oracle::Nudge;
using oracle::PartQuestion;
using oracle::TranslatorFlaws;
using oracle::TranslatorMaps;

const Mistakes layer_mistakes = {
    {"a layer whose result replaces x; it is added to x", {.no_residual = true}},
    {"relu(x + x W^T + b); the ReLU belongs inside the sum", {.relu_outside = true}},
    {"a feed-forward without its ReLU", {.no_relu = true}},
    {"a feed-forward that reads the x from before the attention", {.feed_forward_on_old = true}},
};

const Mistakes stack_mistakes = {
    {"embeddings without positions", {.no_positions = true}},
    {"positions added before every layer; they come once", {.positions_every_layer = true}},
    {"embeddings times sqrt(hidden); this model does not scale them", {.scaled_embeddings = true}},
    {"the last layer alone, on the embeddings; each layer reads what the one before made", {.last_layer_only = true}},
};

const Mistakes cross_mistakes = {
    {"a cross-attention with a causal mask; the source is all there", {.causal_cross = true}},
    {"the cross-attention before the self-attention", {.cross_before_self = true}},
};

Mistakes operator+(Mistakes all, const Mistakes& more) {
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

ModelWeights draw_parameters(const ParameterShapes& shapes, Draw& draw) {
    ModelWeights weights;
    for (const auto& [name, shape] : shapes) {
        NamedWeights one{name, shape, {}};
        std::size_t size = 1;
        for (const std::size_t extent : shape) size *= extent;
        const Tensor<1> values = draw.uniform<1>({size}, name.ends_with("embedding.weight") ? 1.2 : 0.45);
        one.values.assign(values.begin(), values.end());
        weights.push_back(std::move(one));
    }
    return weights;
}

Tensor<2, int> draw_tokens(std::size_t batch, std::size_t length, Draw& draw) {
    Tensor<2, int> tokens(std::array<std::size_t, 2>{batch, length});
    for (int& token : tokens) token = static_cast<int>(draw.below(29));
    return tokens;
}

double sum_of_products(const Tensor<3, double>& out, const Tensor<3>& d_out) {
    double sum_of = 0;
    for (std::size_t n = 0; n < out.size(); ++n) sum_of += out.data()[n] * static_cast<double>(d_out.data()[n]);
    return sum_of;
}

/// The slope of `loss` along one direction; none at a corner.
std::optional<double> slope(const std::function<double(const Nudge&)>& loss, const NamedWeights& direction) {
    Nudge nudge{{direction}, 0};
    const auto difference = [&](double h) {
        nudge.step = h;
        const double up = loss(nudge);
        nudge.step = -h;
        return (up - loss(nudge)) / (2 * h);
    };
    const double wide = difference(1e-6), narrow = difference(5e-7);
    if (std::abs(wide - narrow) > 1e-6 * std::max(1.0, std::abs(wide))) return std::nullopt;
    return wide;
}

/// Directions and slopes of all parameters; none at a corner.
struct Slopes {
    ModelWeights directions;
    Tensor<1, double> values;
};

std::optional<Slopes> slopes_of(const ParameterShapes& shapes, const std::function<double(const Nudge&)>& loss,
                                Draw& draw) {
    Slopes slopes{draw_parameters(shapes, draw), zeros<1, double>({shapes.size()})};
    for (std::size_t n = 0; n < shapes.size(); ++n) {
        const std::optional<double> one = slope(loss, slopes.directions[n]);
        if (!one) return std::nullopt;
        slopes.values(n) = *one;
    }
    return slopes;
}

/// One question after another, until one is not at a corner.
void write_somewhere_smooth(const std::function<bool()>& write) {
    for (int tries = 0; tries < 50; ++tries) {
        if (write()) return;
    }
    throw std::runtime_error("make_model_cases: no question without a corner in 50");
}

void write_maps(CaseWriter& writer, const TranslatorMaps& maps, const std::vector<Tensor<3, double>>& self) {
    for (std::size_t n = 0; n < self.size(); ++n) writer.expected("self." + std::to_string(n), self[n]);
    for (std::size_t n = 0; n < maps.cross.size(); ++n) writer.expected("cross." + std::to_string(n), maps.cross[n]);
}

/// What one part of the model answers, by its oracle.
using Part =
    std::function<Tensor<3, double>(const PartQuestion&, const TranslatorFlaws&, TranslatorMaps*, const Nudge&)>;

struct LayerShape {
    std::size_t batch, length, source_len, hidden;  ///< source_len 0: no memory
    bool causal;
};

void write_layer(const std::string& family, const LayerShape& s, const ParameterShapes& shapes, const Part& part,
                 const Mistakes& mistakes, Draw& draw) {
    write_somewhere_smooth([&] {
        PartQuestion question{
            draw_parameters(shapes, draw), draw.uniform<3>({s.batch, s.length, s.hidden}, 1.5), {}, s.causal};
        if (s.source_len > 0) question.memory = draw.uniform<3>({s.batch, s.source_len, s.hidden}, 1.5);
        const Tensor<3> d_out = draw.uniform<3>({s.batch, s.length, s.hidden}, 1);
        const auto loss = [&](const Nudge& nudge) {
            return sum_of_products(part(question, {}, nullptr, nudge), d_out);
        };
        const std::optional<Slopes> slopes = slopes_of(shapes, loss, draw);
        if (!slopes) return false;

        CaseWriter writer(
            family,
            shape_name({{"batch", s.batch}, {"length", s.length}, {"source_len", s.source_len}, {"hidden", s.hidden}}) +
                (s.causal ? "_causal" : ""));
        writer.number("hidden", static_cast<double>(s.hidden)).number("causal", s.causal ? 1 : 0);
        writer.in("x", question.x).in("d_out", d_out);
        if (question.memory) writer.in("memory", *question.memory);
        write_parameters(writer, "parameter", question.weights);
        write_parameters(writer, "direction", slopes->directions);
        TranslatorMaps maps;
        writer.expected("out", part(question, {}, &maps, {})).expected("slopes", slopes->values);
        write_maps(writer, maps, maps.self);
        for (const auto& [words, flaws] : mistakes) writer.mistake(words, "out", part(question, flaws, nullptr, {}));
        if (question.memory && s.length == s.source_len) {
            if (family == "5.2/layer") {
                PartQuestion turned = question;
                std::swap(turned.x, *turned.memory);
                writer.mistake("memory that asks x; x asks", "out", part(turned, {}, nullptr, {}));
            } else {
                writer.mistake("annotations that ask y; y asks", "out",
                               part(question, {.annotations_ask = true}, nullptr, {}));
            }
        }
        question.causal = !s.causal;
        writer.mistake(s.causal ? "a self-attention without its causal mask" : "a causal mask where none was asked for",
                       "out", part(question, {}, nullptr, {}));
        return true;
    });
}

struct StackShape {
    std::size_t batch, length, source_len, hidden, layers;
    bool causal = true;
};

void write_head(CaseWriter& writer, const StackShape& s, const Tensor<2, int>& tokens, const Tensor<3>& d_out) {
    writer.number("hidden", static_cast<double>(s.hidden)).number("layers", static_cast<double>(s.layers));
    writer.number("causal", s.causal ? 1 : 0).in("tokens", tokens).in("d_out", d_out);
}

std::string stack_name(const StackShape& s) {
    return shape_name({{"batch", s.batch},
                       {"length", s.length},
                       {"source_len", s.source_len},
                       {"hidden", s.hidden},
                       {"layers", s.layers}}) +
           (s.causal ? "" : "_non_causal");
}

/// Directions of a part, named as the whole model names them.
Nudge in_whole(const Nudge& nudge, const std::string& prefix) {
    Nudge whole = nudge;
    for (NamedWeights& one : whole.direction) one.name = prefix + one.name;
    return whole;
}

void write_encoder(const StackShape& s, Draw& draw) {
    write_somewhere_smooth([&] {
        const ModelWeights weights = draw_parameters(translator_shapes(s.hidden, s.layers), draw);
        const TranslatorOptions options{s.hidden, s.layers, true};
        const Tensor<2, int> tokens = draw_tokens(s.batch, s.length, draw);
        const Tensor<3> d_out = draw.uniform<3>({s.batch, s.length, s.hidden}, 1);
        const auto loss = [&](const Nudge& nudge) {
            return sum_of_products(oracle::Translator(weights, options, {}, in_whole(nudge, "encoder.")).encode(tokens),
                                   d_out);
        };
        const std::optional<Slopes> slopes = slopes_of(stack_shapes("", s.hidden, s.layers, false), loss, draw);
        if (!slopes) return false;

        CaseWriter writer("5.4/encoder", stack_name(s));
        write_head(writer, s, tokens, d_out);
        write_parameters(writer, "parameter", part_of(weights, "encoder."));
        write_parameters(writer, "direction", slopes->directions);
        TranslatorMaps maps;
        writer.expected("out", oracle::Translator(weights, options).encode(tokens, &maps));
        writer.expected("slopes", slopes->values);
        write_maps(writer, maps, maps.encoder);
        for (const auto& [words, flaws] : attention_mistakes + layer_mistakes + stack_mistakes)
            writer.mistake(words, "out", oracle::Translator(weights, options, flaws).encode(tokens));
        return true;
    });
}

void write_decoder(const StackShape& s, Draw& draw) {
    write_somewhere_smooth([&] {
        const ModelWeights weights = draw_parameters(translator_shapes(s.hidden, s.layers), draw);
        const TranslatorOptions options{s.hidden, s.layers, s.causal}, other{s.hidden, s.layers, !s.causal};
        const Tensor<2, int> tokens = draw_tokens(s.batch, s.length, draw);
        const Tensor<3> annotations = draw.uniform<3>({s.batch, s.source_len, s.hidden}, 1.5);
        Tensor<3, double> wide(annotations.shape());
        std::copy(annotations.begin(), annotations.end(), wide.begin());
        const Tensor<3> d_out = draw.uniform<3>({s.batch, s.length, 29}, 1);
        const auto loss = [&](const Nudge& nudge) {
            const oracle::Translator model(weights, options, {}, in_whole(nudge, "decoder."));
            return sum_of_products(model.decode(tokens, wide), d_out);
        };
        const std::optional<Slopes> slopes = slopes_of(stack_shapes("", s.hidden, s.layers, true), loss, draw);
        if (!slopes) return false;

        CaseWriter writer("5.5/decoder", stack_name(s));
        write_head(writer, s, tokens, d_out);
        writer.in("annotations", annotations);
        write_parameters(writer, "parameter", part_of(weights, "decoder."));
        write_parameters(writer, "direction", slopes->directions);
        TranslatorMaps maps;
        writer.expected("out", oracle::Translator(weights, options).decode(tokens, wide, &maps));
        writer.expected("slopes", slopes->values);
        write_maps(writer, maps, maps.self);
        Mistakes mistakes = attention_mistakes + layer_mistakes + stack_mistakes + cross_mistakes;
        mistakes.push_back({"probabilities; logits have no softmax", {.softmaxed_logits = true}});
        if (s.length == s.source_len) mistakes.push_back({"annotations that ask y; y asks", {.annotations_ask = true}});
        for (const auto& [words, flaws] : mistakes)
            writer.mistake(words, "out", oracle::Translator(weights, options, flaws).decode(tokens, wide));
        writer.mistake(
            s.causal ? "a self-attention without its causal mask" : "a causal self-attention; `causal` is false here",
            "out", oracle::Translator(weights, other).decode(tokens, wide));
        return true;
    });
}

WB_CASES(model) {
    Draw draw(seed + 54);
    for (const LayerShape& s : {LayerShape{2, 4, 0, 8, false}, LayerShape{2, 5, 0, 6, true},
                                LayerShape{2, 3, 6, 8, false}, LayerShape{2, 4, 4, 8, false}}) {
        write_layer("5.2/layer", s, attention_shapes(s.hidden), &oracle::attention_layer, attention_mistakes, draw);
    }
    for (const LayerShape& s : {LayerShape{2, 5, 0, 8, false}, LayerShape{1, 7, 0, 16, false}}) {
        write_layer("5.4/layer", s, layer_shapes(s.hidden, false), &oracle::model_layer,
                    attention_mistakes + layer_mistakes, draw);
    }
    write_layer("5.4/causal_layer", {2, 5, 0, 8, true}, layer_shapes(8, false), &oracle::model_layer,
                attention_mistakes + layer_mistakes, draw);
    for (const LayerShape& s :
         {LayerShape{2, 5, 3, 8, true}, LayerShape{2, 4, 4, 8, true}, LayerShape{1, 3, 6, 16, false}}) {
        write_layer("5.5/layer", s, layer_shapes(s.hidden, true), &oracle::model_layer,
                    attention_mistakes + layer_mistakes + cross_mistakes, draw);
    }
    write_encoder({2, 5, 5, 8, 1}, draw);
    write_encoder({2, 6, 6, 8, 3}, draw);
    write_encoder({1, 1, 1, 16, 2}, draw);
    write_decoder({2, 5, 4, 8, 1}, draw);
    write_decoder({2, 6, 5, 8, 3}, draw);
    write_decoder({2, 5, 5, 8, 2}, draw);
    write_decoder({2, 5, 4, 8, 2, false}, draw);
}

}  // namespace
}  // namespace wb
