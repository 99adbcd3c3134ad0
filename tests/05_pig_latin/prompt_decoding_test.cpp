/// @file
/// Judges exercise 5.8: what a decoder-only model writes after a prompt.
#include <algorithm>
#include <cmath>

#include "decoder_only_models.hpp"
#include "word_draw.hpp"

namespace wb {
namespace {

using testing::HasSubstr;

std::vector<int> joined(const std::vector<int>& prompt, const std::vector<int>& prefix) {
    std::vector<int> row = prompt;
    row.insert(row.end(), prefix.begin(), prefix.end());
    return row;
}

double distance(const std::vector<float>& got, const Tensor<1, double>& other) {
    double largest = 0;
    for (std::size_t v = 0; v < got.size(); ++v) largest = std::max(largest, std::abs(got[v] - other(v)));
    return largest;
}

TEST(NextToken, PutsThePromptBeforeThePrefix) {
    for (const Case& c : cases("5.8/draw")) {
        Draw draw = draw_of(c);
        const probes::DecoderOnlyModel model = random_model(draw, 10, 2);
        const std::vector<std::vector<int>> prefixes{{29}, {29, 0, 19}, {29, 0, 19, 2, 0, 24}, {29, 27, 29, 5}};
        const std::vector<std::vector<float>> got = probes::next_token(model, "c-at", prefixes);
        ASSERT_EQ(got.size(), prefixes.size());
        for (std::size_t n = 0; n < prefixes.size(); ++n) {
            ASSERT_EQ(got[n].size(), 30U) << "logits of 30 tokens";
            const std::vector<int>& prefix = prefixes[n];
            const std::vector<int> after_eop(prefix.begin() + 1, prefix.end());
            const std::vector<std::pair<const char*, std::vector<int>>> mistakes{
                {"the prompt ends with the word's EOS", joined({27, 2, 26, 0, 19, 28}, prefix)},
                {"SOS is missing before the word", joined({2, 26, 0, 19}, prefix)},
                {"EOP comes twice: the prefix begins with it already", joined({27, 2, 26, 0, 19, 29}, prefix)},
                {"EOP is missing: it is the first token of the prefix", joined({27, 2, 26, 0, 19, 0}, after_eop)},
                {"the word's letters are missing: the prefix alone", prefix},
            };
            for (const auto& [words, row] : mistakes) {
                if (distance(got[n], trusted_last(model, row)) < 1e-4)
                    stop_test(std::string("next_token: the logits are those of another row: ") + words);
            }
            Tensor<1> logits(std::array<std::size_t, 1>{30});
            std::copy(got[n].begin(), got[n].end(), logits.begin());
            expect_close(logits, trusted_last(model, joined({27, 2, 26, 0, 19}, prefix)),
                         "logits after SOS c - a t and a prefix of " + std::to_string(prefix.size()) + " tokens",
                         float_logits);
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
    Draw draw = draw_of(cases("5.8/draw")[1]);
    const probes::DecoderOnlyModel random = random_model(draw, 10, 2);
    const std::vector<std::string> words{"cat", "well-bred", "", "a"}, got = probes::translate_prompts(random, words);
    ASSERT_EQ(got.size(), words.size());
    for (std::size_t n = 0; n < words.size(); ++n)
        EXPECT_EQ(got[n], trusted(random).translate(words[n])) << "an untrained model about \"" << words[n] << "\"";
}

}  // namespace
}  // namespace wb
