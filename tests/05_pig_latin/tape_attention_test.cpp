/// @file
/// Judges exercise 5.2: attention on the tape.
#include <cmath>

#include "model_questions.hpp"

namespace wb {
namespace {

probes::MaskNumbers mask_of(const Case& c) {
    probes::MaskNumbers mask{c.number("causal") != 0, {}, {}};
    if (c.has_in("key_lengths")) {
        const Tensor<1, std::int32_t> lengths = c.in<1, std::int32_t>("key_lengths");
        mask.key_lengths.assign(lengths.begin(), lengths.end());
    }
    if (c.has_in("allowed")) {
        const Tensor<2, std::int32_t> allowed = c.in<2, std::int32_t>("allowed");
        for (const std::int32_t one : allowed) mask.allowed.push_back(static_cast<std::uint8_t>(one));
    }
    return mask;
}

probes::ModelAnswer answer_to(const Case& c, bool want_weights = true) {
    return probes::scaled_dot_attention(c.in<3>("q"), c.in<3>("k"), c.in<3>("v"), mask_of(c), want_weights,
                                        c.in<3>("d_out"));
}

TEST(TapeAttention, MixesValuesByScaledProducts) {
    for (const Case& c : cases("5.2/attention")) expect_close(answer_to(c).out, c, "out", of_model);
}

TEST(TapeAttention, MaskedKeysGetNoWeight) {
    for (const Case& c : cases("5.2/masked")) {
        const probes::ModelAnswer answer = answer_to(c);
        expect_close(answer.out, c, "out", of_model);
        expect_close(answer.self.at(0), c, "weights", of_model);
    }
}

TEST(TapeAttention, ShowsItsWeightsOnlyWhenAsked) {
    for (const Case& c : cases("5.2/attention")) {
        const probes::ModelAnswer with = answer_to(c), without = answer_to(c, false);
        expect_close(with.self.at(0), c, "weights", of_model);
        expect_rows_sum_to_one(with.self, "the weights");
        expect_close(without.out, with.out, c.name() + ": out, whether weights are asked for or not", {});
    }
}

TEST(TapeAttention, GradientsReachQueryKeyAndValue) {
    for (const char* family : {"5.2/attention", "5.2/masked"}) {
        for (const Case& c : cases(family)) {
            const probes::ModelAnswer answer = answer_to(c);
            for (const char* name : {"q", "k", "v"}) {
                Tensor<3> gradient(c.in<3>(name).shape());
                const std::vector<float>& values = gradient_named(answer.gradients, name, gradient.size());
                std::copy(values.begin(), values.end(), gradient.begin());
                expect_close(gradient, c, std::string("d") + name, of_model);
            }
        }
    }
}

TEST(TapeAttention, ShapesThatDoNotFitAreErrors) {
    const Tensor<3> x = zeros<3>({2, 3, 4});
    probes::scaled_dot_attention.expect_error<ShapeError>(x, zeros<3>({2, 3, 5}), x, {}, true, std::nullopt);
    probes::scaled_dot_attention.expect_error<ShapeError>(x, x, zeros<3>({2, 4, 4}), {}, true, std::nullopt);
    probes::scaled_dot_attention.expect_error<ShapeError>(x, zeros<3>({1, 3, 4}), zeros<3>({1, 3, 4}), {}, true,
                                                          std::nullopt);
}

probes::ModelAnswer ask_layer(const Case& c) {
    return probes::attention_layer(layer_question(c, attention_shapes(c.in<3>("x").shape(2))));
}

TEST(AttentionLayer, XAsksAndMemoryAnswers) {
    for (const Case& c : cases("5.2/layer")) {
        const probes::ModelAnswer answer = ask_layer(c);
        expect_close(answer.out, c, "out", of_model);
        expect_maps(answer.self, c, "self", 1);
        expect_unchanged(answer.parameters, read_parameters(c, "parameter", attention_shapes(c.in<3>("x").shape(2))));
    }
}

TEST(AttentionLayer, IsBlindToTheOrderOfWhatItIsAsked) {  // which is why there are positions
    for (const Case& c : cases("5.2/layer")) {
        probes::LayerQuestion question = layer_question(c, attention_shapes(c.in<3>("x").shape(2)));
        if (question.causal) continue;
        question.d_out.reset();
        const Tensor<3> before = probes::attention_layer(question).out;
        const std::vector<std::size_t> order = backwards(question.x.shape(1));
        if (question.memory) {
            question.memory = reordered(*question.memory, backwards(question.memory->shape(1)));
            expect_close(probes::attention_layer(question).out, before,
                         c.name() + ": out, whatever the order of the memory", of_model);
        } else {
            question.x = reordered(question.x, order);
            expect_close(probes::attention_layer(question).out, reordered(before, order),
                         c.name() + ": out of x backwards, and out of x, backwards", of_model);
        }
    }
}

TEST(AttentionLayer, GradientsReachEveryParameter) {
    for (const Case& c : cases("5.2/layer"))
        expect_slopes(ask_layer(c).gradients, c,
                      read_parameters(c, "direction", attention_shapes(c.in<3>("x").shape(2))));
}

}  // namespace
}  // namespace wb
