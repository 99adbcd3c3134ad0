/// @file
/// Judges exercise 5.5: the decoder, and the whole translator's gradients.
#include "model_questions.hpp"

namespace wb {
namespace {

ParameterShapes shapes_of(const Case& c) {
    return layer_shapes(static_cast<std::size_t>(c.number("hidden")), true);
}

TEST(DecoderLayer, AsksItselfThenTheAnnotations) {
    for (const Case& c : cases("5.5/layer")) {
        const probes::ModelAnswer answer = probes::decoder_layer(layer_question(c, shapes_of(c)));
        expect_close(answer.out, c, "out", of_model);
        expect_unchanged(answer.parameters, read_parameters(c, "parameter", shapes_of(c)));
    }
}

TEST(DecoderLayer, AddsOneEntryToEachListOfWeights) {
    for (const Case& c : cases("5.5/layer")) {
        probes::LayerQuestion question = layer_question(c, shapes_of(c));
        const probes::ModelAnswer with = probes::decoder_layer(question);
        ASSERT_EQ(with.self.size(), 2U) << "the list of self-attention weights had one entry; a layer adds one";
        ASSERT_EQ(with.cross.size(), 2U) << "the list of cross-attention weights had one entry; a layer adds one";
        expect_close(with.self[1], c, "self.0", of_model);
        expect_close(with.cross[1], c, "cross.0", of_model);
        question.want_weights = false;
        expect_close(probes::decoder_layer(question).out, with.out,
                     c.name() + ": out, whether weights are asked for or not", {});
    }
}

TEST(DecoderLayer, GradientsReachEveryParameter) {
    for (const Case& c : cases("5.5/layer"))
        expect_slopes(probes::decoder_layer(layer_question(c, shapes_of(c))).gradients, c,
                      read_parameters(c, "direction", shapes_of(c)));
}

TEST(Decoder, SaysOfEveryPlaceHowLikelyEachNextLetterIs) {
    for (const Case& c : cases("5.5/decoder")) {
        const probes::StackQuestion question = stack_question(c);
        if (!question.options.causal) continue;
        const probes::ModelAnswer answer = probes::decoder(question);
        expect_close(answer.out, c, "out", of_model);
        expect_unchanged(answer.parameters, question.weights);
    }
}

TEST(Decoder, NonCausalSeesEveryPlace) {
    for (const Case& c : cases("5.5/decoder")) {
        const probes::StackQuestion question = stack_question(c);
        if (!question.options.causal) expect_close(probes::decoder(question).out, c, "out", of_model);
    }
}

TEST(Decoder, LaterLettersChangeNothingBefore) {
    for (const Case& c : cases("5.5/decoder")) {
        probes::StackQuestion question = stack_question(c);
        if (!question.options.causal) continue;
        question.d_out.reset();
        const Tensor<3> before = probes::decoder(question).out;
        const std::size_t length = question.tokens.shape(1);
        for (std::size_t t = 1; t < length; ++t) {
            probes::StackQuestion changed = question;
            for (std::size_t b = 0; b < changed.tokens.shape(0); ++b) {
                for (std::size_t later = t; later < length; ++later)
                    changed.tokens(b, later) = (changed.tokens(b, later) + 7) % 29;
            }
            const Tensor<3> after = probes::decoder(changed).out;
            expect_shape(after, {before.shape(0), length, 29}, c.name() + ": logits");
            double largest = 0;
            for (std::size_t b = 0; b < before.shape(0); ++b) {
                for (std::size_t place = 0; place < t; ++place) {
                    for (std::size_t token = 0; token < 29; ++token) {
                        largest = std::max(largest, std::abs(static_cast<double>(after(b, place, token)) -
                                                             static_cast<double>(before(b, place, token))));
                    }
                }
            }
            // The same sums over the same numbers: rounding could differ only if a product were cut up otherwise.
            ASSERT_LE(largest, 1e-4) << c.name() << ": letters from place " << t
                                     << " on were changed, and logits of places before it moved. A model that sees the "
                                        "letters it is asked for learns to copy them";
        }
    }
}

TEST(Decoder, ShowsTheWeightsOfEveryLayerWhenAsked) {
    for (const Case& c : cases("5.5/decoder")) {
        probes::StackQuestion question = stack_question(c);
        const probes::ModelAnswer with = probes::decoder(question);
        expect_maps(with.self, c, "self", question.options.layers);
        expect_maps(with.cross, c, "cross", question.options.layers);
        expect_rows_sum_to_one(with.self, "the self-attention's weights");
        expect_rows_sum_to_one(with.cross, "the cross-attention's weights");
        question.want_weights = false;
        expect_close(probes::decoder(question).out, with.out, c.name() + ": out, whether weights are asked for or not",
                     {});
    }
}

TEST(Decoder, RowsOfABatchDoNotMeet) {
    for (const Case& c : cases("5.5/decoder")) {
        probes::StackQuestion question = stack_question(c);
        question.d_out.reset();
        const Tensor<3> together = probes::decoder(question).out, annotations = *question.annotations;
        const Tensor<2, int> tokens = question.tokens;
        for (std::size_t b = 0; b < tokens.shape(0); ++b) {
            question.tokens = only_row(tokens, b);
            question.annotations = only_row(annotations, b);
            expect_close(probes::decoder(question).out, only_row(together, b),
                         c.name() + ": row " + std::to_string(b) + " alone, and in its batch", of_model);
        }
    }
}

TEST(Decoder, GradientsReachEveryParameter) {
    for (const Case& c : cases("5.5/decoder"))
        expect_slopes(probes::decoder(stack_question(c)).gradients, c,
                      read_parameters(c, "direction", stack_shapes_of(c)));
}

TEST(Decoder, NumbersThatAreNoTokenAreErrors) {
    probes::StackQuestion question = stack_question(cases("5.5/decoder").front());
    question.d_out.reset();
    question.annotations = only_row(*question.annotations, 0);
    for (const int token : {29, -1}) {
        question.tokens = Tensor<2, int>{{27, token}};
        probes::decoder.expect_error<std::out_of_range>(question);
    }
}

probes::ModelAnswer ask_golden(const Case& c) {
    const TranslatorOptions options = options_of(c);
    return probes::translator(read_parameters(c, "parameter", translator_shapes(options.hidden, options.layers)),
                              options, {c.in<2, int>("source"), c.in<2, int>("decoder_input"), c.in<2, int>("target")});
}

TEST(Translator, LogitsAgreeWithPyTorch) {
    for (const Case& c : cases("5.5/pytorch")) expect_close(ask_golden(c).out, c, "logits", of_model);
}

TEST(Translator, GradientsOfTheLossAgreeWithPyTorch) {
    for (const Case& c : cases("5.5/pytorch")) {
        const probes::ModelAnswer answer = ask_golden(c);
        for (const auto& [name, shape] : translator_shapes(options_of(c).hidden, options_of(c).layers)) {
            if (shape.size() == 1) {
                Tensor<1> gradient(std::array<std::size_t, 1>{shape[0]});
                const std::vector<float>& values = gradient_named(answer.gradients, name, gradient.size());
                std::copy(values.begin(), values.end(), gradient.begin());
                expect_close(gradient, c, "gradient." + name, of_model);
            } else {
                Tensor<2> gradient(std::array<std::size_t, 2>{shape[0], shape[1]});
                const std::vector<float>& values = gradient_named(answer.gradients, name, gradient.size());
                std::copy(values.begin(), values.end(), gradient.begin());
                expect_close(gradient, c, "gradient." + name, of_model);
            }
        }
    }
}

}  // namespace
}  // namespace wb
