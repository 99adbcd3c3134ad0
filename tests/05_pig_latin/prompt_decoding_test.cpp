/// @file
/// Judges exercise 5.8: what a decoder-only model writes after a prompt.
#include <algorithm>

#include "decoder_only_case.hpp"
#include "decoder_only_models.hpp"
#include "translator_case.hpp"

namespace wb {
namespace {

using testing::HasSubstr;

TEST(NextToken, PutsThePromptBeforeThePrefix) {
    for (const Case& c : cases("5.8/next_token")) {
        std::vector<std::vector<int>> prefixes;
        while (c.has_in("prefix." + std::to_string(prefixes.size()))) {
            const Tensor<1, int> prefix = c.in<1, int>("prefix." + std::to_string(prefixes.size()));
            prefixes.emplace_back(prefix.begin(), prefix.end());
        }
        const std::vector<std::vector<float>> got = probes::next_token(decoder_only_of(c), c.text("word"), prefixes);
        ASSERT_EQ(got.size(), prefixes.size());
        for (std::size_t n = 0; n < prefixes.size(); ++n) {
            ASSERT_EQ(got[n].size(), 30U) << "logits of 30 tokens";
            Tensor<1> logits(std::array<std::size_t, 1>{30});
            std::copy(got[n].begin(), got[n].end(), logits.begin());
            expect_close(logits, c, "logits." + std::to_string(n), float_logits);
        }
    }
}

TEST(NextToken, ForeignCharactersAreErrorsAtOnce) {
    Draw draw = draw_of(cases("5.8/draw")[0]);
    const probes::DecoderOnlyModel model = random_model(draw, 4, 1);
    EXPECT_THAT(probes::next_token.expect_error<std::invalid_argument>(model, "r4t", {}), HasSubstr("4"))
        << "the word is checked when next_token is called, not when its function is";
}

TEST(TranslatePrompt, WritesTheLikeliestTokenUntilEos) {
    const probes::DecoderOnlyModel model = table_model({{29, 19}, {19, 4}, {4, 0}, {0, 12}, {12, 28}});
    EXPECT_EQ(probes::translate_prompts(model, {"cat", ""}), (std::vector<std::string>{"team", "team"}))
        << "a model that writes t after EOP, e after t, a after e, m after a and EOS after m, whatever the word";
    const probes::DecoderOnlyModel endless = table_model({{29, 0}, {0, 1}, {1, 0}});
    std::string thirty;
    while (thirty.size() < 30) thirty += "ab";
    EXPECT_EQ(probes::translate_prompts(endless, {"cat"}), std::vector<std::string>{thirty})
        << "a model that never writes EOS is stopped after 30 tokens";
}

TEST(TranslatePrompt, TokensOfThePromptAreSeen) {
    const probes::DecoderOnlyModel starts = table_model({{29, 27}, {27, 0}, {0, 28}});
    EXPECT_EQ(probes::translate_prompts(starts, {"cat"}), std::vector<std::string>{"^a"})
        << "a model that writes SOS, a, EOS: an SOS is a mistake in the first place, too, and shown as ^";
    const probes::DecoderOnlyModel prompts = table_model({{29, 2}, {2, 27}, {27, 28}});
    EXPECT_EQ(probes::translate_prompts(prompts, {"cat"}), std::vector<std::string>{"c^"})
        << "a model that writes c, SOS, EOS";
    const probes::DecoderOnlyModel again = table_model({{29, 0}, {0, 29}});
    std::string fifteen_each;
    while (fifteen_each.size() < 30) fifteen_each += "a^";
    EXPECT_EQ(probes::translate_prompts(again, {"cat"}), std::vector<std::string>{fifteen_each})
        << "a model that writes a and EOP in turns";
    const Case c = grader::one_case("5.8/translate/untrained");
    const std::vector<std::string> words = split(c.text("words")), written = split(c.text("written"));
    const std::vector<std::string> got = probes::translate_prompts(decoder_only_of(c), words);
    ASSERT_EQ(got.size(), words.size());
    for (std::size_t n = 0; n < words.size(); ++n)
        EXPECT_EQ(got[n], written[n]) << "an untrained model about \"" << words[n] << "\"";
}

}  // namespace
}  // namespace wb
