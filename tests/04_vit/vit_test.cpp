/// @file
/// Judges exercise 4.3: a layer, and the whole model.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "hashed_weights.hpp"
#include "module_answer.hpp"
#include "vit_probes.hpp"

namespace wb {
namespace {

VitShapes layer_shapes(const Case& c) {
    return part_of(vit_shapes(options_of(c)), layer_prefix);
}

probes::VitLayerQuestion layer_question(const Case& c) {
    probes::VitLayerQuestion question{
        options_of(c), read_parameters(c, "parameter", layer_shapes(c)), c.in<3>("x"), {}, true, c.in<3>("d_out")};
    if (c.has_in("gates")) {
        const Tensor<1> gates = c.in<1>("gates");
        question.gates.assign(gates.begin(), gates.end());
    }
    return question;
}

void expect_layers(const std::string& family) {
    for (const Case& c : cases(family)) {
        const probes::VitLayerQuestion question = layer_question(c);
        const probes::VitAnswer<3> answer = probes::vit_layer(question);
        expect_close(answer.out, c, "out", of_model);
        expect_unchanged(answer.parameters, question.weights);
    }
}

void expect_layer_slopes(const std::string& family) {
    for (const Case& c : cases(family)) {
        ModelWeights directions = read_parameters(c, "direction", layer_shapes(c));
        const Tensor<3> x = c.in<3>("x_direction");
        directions.push_back({"x", {}, {x.begin(), x.end()}});
        expect_slopes(probes::vit_layer(layer_question(c)).gradients, c, directions);
    }
}

TEST(VitLayer, AddsItsAttentionAndThenItsMlp) {
    expect_layers("4.3/layer");
}

TEST(VitLayer, RowsThatHardlyDifferAreNormalisedToo) {
    expect_layers("4.3/quiet_layer");
}

TEST(VitLayer, GatesWeighEachHeadBeforeHeadsAreMixed) {
    expect_layers("4.3/gated_layer");
    for (const Case& c : cases("4.3/layer")) {
        probes::VitLayerQuestion question = layer_question(c);
        question.d_out.reset();
        question.gates.assign(question.options.heads, 1);
        expect_close(probes::vit_layer(question).out, c, "out", of_model);
    }
}

TEST(VitLayer, ShowsItsWeightsWhenAsked) {
    for (const char* family : {"4.3/layer", "4.3/gated_layer"}) {
        for (const Case& c : cases(family)) {
            probes::VitLayerQuestion question = layer_question(c);
            const probes::VitAnswer<3> with = probes::vit_layer(question);
            expect_attention(with.attention, c, 1);
            question.want_attention = false;
            expect_close(probes::vit_layer(question).out, with.out,
                         c.name() + ": out, whether weights are asked for or not", {});
        }
    }
}

TEST(VitLayer, GradientsReachEveryParameterAndX) {
    expect_layer_slopes("4.3/layer");
    expect_layer_slopes("4.3/gated_layer");
}

TEST(VitLayer, GatesOfAnotherNumberAreErrors) {
    probes::VitLayerQuestion question = layer_question(cases("4.3/gated_layer").front());
    question.d_out.reset();
    question.gates.push_back(1);
    probes::vit_layer.expect_error<ShapeError>(question);
    question.gates.resize(1);
    probes::vit_layer.expect_error<ShapeError>(question);
}

probes::VitQuestion model_question(const Case& c) {
    const VitOptions options = options_of(c);
    probes::VitQuestion question{
        options, read_parameters(c, "parameter", vit_shapes(options)), c.in<4>("pixels"), {}, true, c.in<2>("d_out")};
    if (c.has_in("gates")) question.gates = c.in<2>("gates");
    return question;
}

void expect_models(const std::string& family) {
    for (const Case& c : cases(family)) {
        const probes::VitQuestion question = model_question(c);
        const probes::VitAnswer<2> answer = probes::vision_transformer(question);
        expect_close(answer.out, c, "out", of_model);
        expect_unchanged(answer.parameters, question.weights);
    }
}

TEST(VisionTransformer, ReadsItsLogitsFromTheClassToken) {
    expect_models("4.3/model");
}

TEST(VisionTransformer, GatesReachTheirLayer) {
    expect_models("4.3/gated_model");
}

TEST(VisionTransformer, ShowsTheAttentionOfEveryLayer) {
    for (const char* family : {"4.3/model", "4.3/gated_model"}) {
        for (const Case& c : cases(family)) {
            probes::VitQuestion question = model_question(c);
            question.d_out.reset();  // nothing is written down for a backward pass; the attention is shown all the same
            const probes::VitAnswer<2> with = probes::vision_transformer(question);
            expect_attention(with.attention, c, question.options.layers);
            question.want_attention = false;
            expect_close(probes::vision_transformer(question).out, with.out,
                         c.name() + ": logits, whether attention is asked for or not", {});
        }
    }
}

TEST(VisionTransformer, GradientsReachEveryParameter) {
    for (const char* family : {"4.3/model", "4.3/gated_model"}) {
        for (const Case& c : cases(family))
            expect_slopes(probes::vision_transformer(model_question(c)).gradients, c,
                          read_parameters(c, "direction", vit_shapes(options_of(c))));
    }
}

TEST(VisionTransformer, PicturesOfABatchDoNotMeet) {
    for (const Case& c : cases("4.3/model")) {
        probes::VitQuestion question = model_question(c);
        question.d_out.reset();
        const Tensor<4> pixels = question.pixels;
        const Tensor<2> together = probes::vision_transformer(question).out;
        expect_shape(together, {pixels.shape(0), question.options.classes}, "logits");
        for (std::size_t b = 0; b < pixels.shape(0); ++b) {
            question.pixels = only_row(pixels, b);
            expect_close(probes::vision_transformer(question).out, only_row(together, b),
                         c.name() + ": picture " + std::to_string(b) + " alone, and in its batch", of_model);
        }
    }
}

TEST(VisionTransformer, AgreesWithPyTorch) {
    for (const Case& c : cases("4.3/pytorch")) {
        const probes::VitQuestion question = model_question(c);
        const probes::VitAnswer<2> answer = probes::vision_transformer(question);
        expect_close(answer.out, c, "out", of_model);
        expect_attention(answer.attention, c, question.options.layers);
        for (const auto& [name, shape] : vit_shapes(question.options)) {
            const Tensor<1, double> expected = c.expected<1>("gradient." + name);
            const std::vector<float>& values = gradient_named(answer.gradients, name, expected.size());
            Tensor<1> got(expected.shape());
            std::copy(values.begin(), values.end(), got.begin());
            expect_close(got, c, "gradient." + name, {.absolute = 1e-6, .of_largest = 2e-5});
        }
    }
}

TEST(VisionTransformer, OfBaseSizeAgreesWithPyTorch) {
    const Case c = grader::one_case("4.3base/pytorch/hashed");
    const VitOptions options = options_of(c);
    const probes::VitAnswer<2> answer = probes::hashed_transformer(options);
    // Twelve layers of sums of 768 and 3,072 terms in float: PyTorch's own float32 is 4e-6 off its float64, with logits up to 3.6.
    expect_close(answer.out, c, "logits", {.absolute = 1e-4});
    ASSERT_EQ(answer.attention.size(), options.layers) << "one entry a layer is due in the list of attention";
    const std::size_t heads = options.heads, tokens = options.tokens();
    Tensor<3> cls(std::array<std::size_t, 3>{options.layers, heads, tokens});
    Tensor<3, double> with_signs = zeros<3, double>({options.layers, heads, tokens});
    for (std::size_t n = 0; n < options.layers; ++n) {
        const Tensor<4>& weights = answer.attention[n];
        expect_shape(weights, {1, heads, tokens, tokens}, "attention of layer " + std::to_string(n));
        for (std::size_t h = 0; h < heads; ++h) {
            for (std::size_t i = 0; i < tokens; ++i) {
                cls(n, h, i) = weights(0, h, 0, i);
                for (std::size_t j = 0; j < tokens; ++j) {
                    const bool minus = hashed_bits(1001, static_cast<std::uint32_t>(j)) % 2 == 1;
                    with_signs(n, h, i) += static_cast<double>(weights(0, h, i, j)) * (minus ? -1 : 1);
                }
            }
        }
    }
    expect_close(cls, c, "cls", {.absolute = 1e-5});
    // every row of every head, its weights summed with signs: PyTorch's float32 is 3e-6 off in single weights
    expect_close(with_signs, c, "signed", {.absolute = 1e-5});
}

TEST(VisionTransformer, WhatDoesNotFitIsAnError) {
    probes::VitQuestion question = model_question(cases("4.3/gated_model").front());
    question.d_out.reset();
    const VitOptions& o = question.options;
    for (const auto& [layers, heads] : {std::pair(o.layers + 1, o.heads), std::pair(o.layers, o.heads + 1),
                                        std::pair(o.layers - 1, o.heads), std::pair(o.heads, o.layers)}) {
        question.gates = full<2>({layers, heads}, 1);
        probes::vision_transformer.expect_error<ShapeError>(question);
    }
    question.gates.reset();
    question.pixels = zeros<4>({1, o.channels + 1, o.image_size, o.image_size});
    probes::vision_transformer.expect_error<ShapeError>(question);
}

}  // namespace
}  // namespace wb
