/// @file
/// Judges exercise 5.8, the parts of the decoder-only model: its tensors, its logits and its loss. What it writes and learns is
/// in prompt_decoding_test.cpp and variant_training_test.cpp.
#include <algorithm>
#include <cmath>

#include "decoder_only_case.hpp"
#include "decoder_only_models.hpp"
#include "word_draw.hpp"

namespace wb {
namespace {

using Rows = std::vector<std::vector<int>>;

Pairs five_pairs(const Case& c) {
    Draw draw = draw_of(c);
    Pairs pairs;
    for (int row = 0; row < 5; ++row) pairs.add(random_word(draw, 4), random_word(draw, 7));
    return pairs;
}

TEST(PromptBatch, WordAndTranslationAreOneRow) {
    const Tensor<2, int> got =
        probes::make_prompt_batch({"cat", "our", "dog"}, {"atcay", "ourway", "ogday"}, {2, 0}).tokens;
    const Rows expected{{27, 3, 14, 6, 29, 14, 6, 3, 0, 24}, {27, 2, 0, 19, 29, 0, 19, 2, 0, 24}};
    if (got.shape(1) == 11 && got(0, 4) == 28)
        stop_test("tokens: the prompt ends with the word's EOS. A prompt is SOS, the letters, EOP");
    if (got.shape(1) == 11 && got(0, 10) == 28)
        stop_test("tokens: EOS is among the tokens read. It is asked for at the last letter, and nothing follows it");
    if (got.shape(1) == 9 && got(0, 0) == 3) stop_test("tokens: SOS is missing before the word");
    if (got.shape(1) == 9)
        stop_test("tokens: 9 in a row for dog -> ogday, where 1 + 3 + 1 + 5 = 10 belong. Is EOP missing?");
    if (got.size() > 4 && got(0, got.shape(1) - 6) == 27)
        stop_test("tokens: SOS stands between word and translation, where EOP belongs");
    expect_close(got, token_rows(expected), "tokens: SOS d o g EOP o g d a y / SOS c a t EOP a t c a y", {});
    for (const Case& c : cases("5.8/draw")) {
        const Pairs pairs = five_pairs(c);
        expect_close(probes::make_prompt_batch(pairs.sources, pairs.targets, {0, 1, 2, 3, 4}).tokens,
                     rows_of(pairs, &prompt_row), "tokens of 5 random pairs of lengths 4 and 7", {});
    }
}

TEST(PromptBatch, AsksForTheTranslationFromEopOn) {
    const Tensor<2, int> got =
        probes::make_prompt_batch({"cat", "our", "dog"}, {"atcay", "ourway", "ogday"}, {2, 0}).target;
    const Rows expected{{-1, -1, -1, -1, 14, 6, 3, 0, 24, 28}, {-1, -1, -1, -1, 0, 19, 2, 0, 24, 28}};
    if (got.shape(1) == 10) {
        if (got(0, 4) == -1 && got(0, 5) == 14)
            stop_test(
                "target: the letter asked for at a place is the letter that stands there. At EOP already, the first "
                "letter "
                "of the translation is asked for: target[t] = tokens[t + 1]");
        if (got(0, 0) == 3)
            stop_test("target: the word's letters are asked for. They are given: -1 at all places before EOP");
        if (got(0, 3) == 29) stop_test("target: EOP is asked for at the word's last letter. It is given: -1 there");
        if (got(0, 9) == -1)
            stop_test("target: nothing is asked for at the last letter, so no model would learn to end");
    }
    expect_close(got, token_rows(expected), "target: - - - - o g d a y EOS / - - - - a t c a y EOS", {});
    for (const Case& c : cases("5.8/draw")) {
        const Pairs pairs = five_pairs(c);
        expect_close(probes::make_prompt_batch(pairs.sources, pairs.targets, {0, 1, 2, 3, 4}).target,
                     rows_of(pairs, &asked_row), "target of 5 random pairs of lengths 4 and 7", {});
    }
}

TEST(PromptBatch, PairsThatShareNoBucketAreRefused) {
    const auto error = [](const std::vector<std::size_t>& numbers) {
        return probes::make_prompt_batch.expect_error<std::invalid_argument>(
            {"cat", "our", "a", "dog"}, {"atcay", "ourway", "away-", "ogday"}, numbers);
    };
    EXPECT_NE(error({0, 3, 1}), "") << "cat and our: equal sources, unequal targets";
    EXPECT_NE(error({0, 2}), "") << "unequal sources, equal targets";
    EXPECT_NE(error({}), "") << "a batch without pairs";
    probes::make_prompt_batch.expect_error<std::out_of_range>({"cat"}, {"atcay"}, {0, 1});
}

// Words and translations of several lengths; no row's prompt ends where another's does.
TEST(DecoderOnly, LogitsAreThoseOfTheTrustedModel) {
    for (const Case& c : cases("5.8/logits"))
        expect_close(probes::decoder_only(decoder_only_of(c), c.in<2, int>("tokens")), c, "logits", float_logits);
}

TEST(DecoderOnly, AgreesWithPyTorch) {
    const Case c = grader::one_case("5.8/pytorch/decoder_only");
    const probes::DecoderOnlyModel model{8, 2, read_parameters(c, "parameter", decoder_only_shapes(8, 2))};
    const PromptBatch batch{c.in<2, int>("tokens"), c.in<2, int>("target")};
    expect_close(probes::decoder_only(model, batch.tokens), c, "logits", float_logits);
    const probes::PromptLoss got = probes::prompt_loss(model, batch);
    EXPECT_NEAR(got.loss, c.expected<1>("loss")(0), 2e-5 * (1 + c.expected<1>("loss")(0)));
    for (const NamedWeights& one : got.gradients) {  // sums over 12 answers of products that cancel in part
        Tensor<1> values(std::array<std::size_t, 1>{one.values.size()});
        std::copy(one.values.begin(), one.values.end(), values.begin());
        Tensor<1, double> expected(values.shape());
        if (one.shape.size() == 1) {
            expected = c.expected<1>("gradient." + one.name);
        } else {
            const Tensor<2, double> table = c.expected<2>("gradient." + one.name);
            if (table.size() == expected.size()) std::copy(table.begin(), table.end(), expected.begin());
        }
        expect_close(values, expected, "gradient of " + one.name, {.absolute = 1e-6, .of_largest = 1e-4});
    }
}

TEST(DecoderOnly,
     NoPlaceSeesWhatFollows) {  // the word's letters neither: decoding would then see other numbers than training
    Draw draw = draw_of(cases("5.8/draw")[0]);
    const probes::DecoderOnlyModel model = random_model(draw, 8, 2);
    const Tensor<2, int> tokens = random_prompts(draw, 4, 5).tokens;
    const Tensor<3> before = probes::decoder_only(model, tokens);
    expect_shape(before, {2, 11, 30}, "logits");
    for (const std::size_t changed : {3, 5, 8, 10}) {
        Tensor<2, int> other = tokens;
        for (std::size_t b = 0; b < 2; ++b) other(b, changed) = (tokens(b, changed) + 1) % 26;
        const Tensor<3> after = probes::decoder_only(model, other);
        expect_shape(after, {2, 11, 30}, "logits");
        double largest = 0;
        for (std::size_t b = 0; b < 2; ++b) {
            for (std::size_t t = 0; t < changed; ++t) {
                for (std::size_t v = 0; v < 30; ++v) {
                    const double change = std::abs(static_cast<double>(after(b, t, v)) - before(b, t, v));
                    largest = change <= largest ? largest : change;  // NaN is taken
                }
            }
        }
        EXPECT_LE(largest, 1e-5)
            << "another token at place " << changed << " of 11 changed the logits of places before it: "
            << (changed < 5 ? "the word's letters see what follows them. The mask holds for the prompt, too"
                            : "they see the letters that they are asked for. Is the mask causal?");
    }
}

// Without layers a place's logits are those of its token and its position alone.
TEST(DecoderOnly, PositionsRunThroughTheWholeRow) {
    const Case c = grader::one_case("5.8/positions/no_layers");
    expect_close(probes::decoder_only(decoder_only_of(c), c.in<2, int>("tokens")), c, "logits", float_logits);
}

TEST(PromptLoss, IsTheMeanOverThePlacesThatCount) {
    for (const Case& c : cases("5.8/loss")) {
        const probes::DecoderOnlyModel model = decoder_only_of(c);
        const probes::PromptLoss got =
            probes::prompt_loss(model, {c.in<2, int>("tokens"), c.in<2, int>("target")});  // 4 of 10 places count
        ASSERT_EQ(got.numbers, 1U) << "a loss is a single number";
        Tensor<1, double> loss(std::array<std::size_t, 1>{1});
        loss(0) = got.loss;
        expect_close(loss, c, "loss", {.absolute = 2e-5, .relative = 2e-5});
        EXPECT_EQ(got.gradients.size(), model.weights.size()) << "parameters with a gradient";
    }
}

// Without layers the logits of a place depend on nothing but its token and position. So the word's letters reach the loss only
// if their own places are asked.
TEST(PromptLoss, AnswersInsideThePromptDoNotCount) {
    Draw draw = draw_of(cases("5.8/draw")[0]);
    const probes::DecoderOnlyModel model = random_model(draw, 8, 0);
    const auto loss_of = [&](const std::string& word) {
        const std::string target = "atcay";
        return probes::prompt_loss(model,
                                   {token_rows({prompt_row(word, target)}), token_rows({asked_row(word, target)})});
    };
    const probes::PromptLoss of_cat = loss_of("bdg"), of_dog = loss_of("xzx");
    EXPECT_NEAR(of_cat.loss, of_dog.loss, 1e-5)
        << "other logits at the word's letters changed the loss: targets of " << ignored_target << " are to be ignored";
    ASSERT_FALSE(of_cat.gradients.empty());
    ASSERT_EQ(of_cat.gradients[0].values.size(), 30U * 8) << "the embedding's gradient";
    for (const int token : {1, 3, 6, 27}) {
        for (std::size_t channel = 0; channel < 8; ++channel) {
            ASSERT_EQ(of_cat.gradients[0].values[static_cast<std::size_t>(token) * 8 + channel], 0)
                << "token " << token << " stands in the prompt only, and its own answer does not count";
        }
    }
}

}  // namespace
}  // namespace wb
