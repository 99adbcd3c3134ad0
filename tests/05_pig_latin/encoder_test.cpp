/// @file
/// Judges exercise 5.4: the encoder.
#include "model_questions.hpp"

namespace wb {
namespace {

TEST(WithPositions, AddsPlacesOnTheTape) {
    for (const Case& c : cases("5.3/add")) {
        if (c.number("first") != 0) continue;
        const Tensor<3> x = c.in<3>("x");
        Tensor<3> d_out = x;  // any numbers
        for (float& value : d_out) value = 1 - value;
        const probes::ModelAnswer answer = probes::with_positions(x, d_out);
        expect_close(answer.out, c, "y", {.absolute = 2.5e-7});  // two roundings of numbers up to 2
        const std::vector<float>& dx = gradient_named(answer.gradients, "x", x.size());
        EXPECT_TRUE(std::equal(dx.begin(), dx.end(), d_out.begin()))
            << "positions are added: the gradient of x is the gradient of the sum, number for number";
    }
}

ParameterShapes shapes_of(const Case& c) {
    return layer_shapes(static_cast<std::size_t>(c.number("hidden")), false);
}

void expect_layers(const std::string& family) {
    for (const Case& c : cases(family)) {
        const probes::ModelAnswer answer = probes::encoder_layer(layer_question(c, shapes_of(c)));
        expect_close(answer.out, c, "out", of_model);
        expect_maps(answer.self, c, "self", 1);
        expect_unchanged(answer.parameters, read_parameters(c, "parameter", shapes_of(c)));
    }
}

TEST(EncoderLayer, AddsItsAttentionAndThenItsFeedForward) {
    expect_layers("5.4/layer");
}

TEST(EncoderLayer, HandsItsMaskOn) {
    expect_layers("5.4/causal_layer");
}

TEST(EncoderLayer, GradientsReachEveryParameter) {
    for (const Case& c : cases("5.4/layer"))
        expect_slopes(probes::encoder_layer(layer_question(c, shapes_of(c))).gradients, c,
                      read_parameters(c, "direction", shapes_of(c)));
}

TEST(Encoder, AnnotatesEachLetter) {
    for (const Case& c : cases("5.4/encoder")) {
        const probes::StackQuestion question = stack_question(c);
        const probes::ModelAnswer answer = probes::encoder(question);
        expect_close(answer.out, c, "out", of_model);
        expect_unchanged(answer.parameters, question.weights);
    }
}

TEST(Encoder, ShowsTheWeightsOfEveryLayerWhenAsked) {
    for (const Case& c : cases("5.4/encoder")) {
        probes::StackQuestion question = stack_question(c);
        const probes::ModelAnswer with = probes::encoder(question);
        expect_maps(with.self, c, "self", question.options.layers);
        expect_rows_sum_to_one(with.self, "the weights");
        question.want_weights = false;
        expect_close(probes::encoder(question).out, with.out, c.name() + ": out, whether weights are asked for or not",
                     {});
    }
}

TEST(Encoder, WordsOfABatchDoNotMeet) {
    for (const Case& c : cases("5.4/encoder")) {
        probes::StackQuestion question = stack_question(c);
        question.d_out.reset();
        const Tensor<3> together = probes::encoder(question).out;
        const Tensor<2, int> tokens = question.tokens;
        for (std::size_t b = 0; b < tokens.shape(0); ++b) {
            question.tokens = only_row(tokens, b);
            expect_close(probes::encoder(question).out, only_row(together, b),
                         c.name() + ": word " + std::to_string(b) + " alone, and in its batch", of_model);
        }
    }
}

TEST(Encoder, TeamIsNotMeat) {
    for (const Case& c : cases("5.4/encoder")) {
        probes::StackQuestion question = stack_question(c);
        if (question.options.hidden != 8) continue;
        question.d_out.reset();
        question.tokens = Tensor<2, int>{{19, 4, 0, 12, 28}, {12, 4, 0, 19, 28}};  // t e a m EOS, m e a t EOS
        const Tensor<3> out = probes::encoder(question).out;
        expect_shape(out, {2, 5, 8}, "annotations");
        double largest = 0;
        for (std::size_t channel = 0; channel < 8; ++channel)
            largest = std::max(largest, std::abs(static_cast<double>(out(0, 0, channel) - out(1, 3, channel))));
        EXPECT_GT(largest, 1e-3)
            << "the t of \"team\" and the t of \"meat\" have one annotation: do letters know their places?";
    }
}

TEST(Encoder, GradientsReachEveryParameter) {
    for (const Case& c : cases("5.4/encoder"))
        expect_slopes(probes::encoder(stack_question(c)).gradients, c,
                      read_parameters(c, "direction", stack_shapes_of(c)));
}

TEST(Encoder, NumbersThatAreNoTokenAreErrors) {
    probes::StackQuestion question = stack_question(cases("5.4/encoder").front());
    question.d_out.reset();
    for (const int token : {29, -1}) {
        question.tokens = Tensor<2, int>{{0, token}};
        probes::encoder.expect_error<std::out_of_range>(question);
    }
}

}  // namespace
}  // namespace wb
