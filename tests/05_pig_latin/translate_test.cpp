/// @file
/// Judges exercise 5.7: a trained translator of 7,405 parameters (hidden 16, 2 layers) as a function of the prefix, and the words
/// that it writes. Logits are of the size of 20, through four layers of sums of 16 products in float: 2e-4 is ten times what that
/// rounds. Words are such that every letter is 1e-2 ahead of the next likely one.
#include <algorithm>

#include "decoding_probes.hpp"
#include "judge/judge.hpp"
#include "translator_case.hpp"

namespace wb {
namespace {

using Words = std::vector<std::string>;

constexpr Tolerance of_logits{.absolute = 2e-4};

Tensor<2> ask_logits(const Case& c, const std::vector<std::vector<int>>& prefixes) {
    const std::vector<std::vector<float>> rows = probes::next_letter(model_of(c), c.text("word"), prefixes);
    Tensor<2> logits = zeros<2>({prefixes.size(), vocabulary_size});
    if (rows.size() != prefixes.size()) stop_test("the driver answered with another number of rows");
    for (std::size_t n = 0; n < rows.size(); ++n) {
        if (rows[n].size() != vocabulary_size)
            stop_test("next_letter gives the logits of the last place, 29 numbers; got " +
                      std::to_string(rows[n].size()));
        std::copy(rows[n].begin(), rows[n].end(), &logits(n, 0));
    }
    return logits;
}

std::vector<std::vector<int>> prefixes_of(const Case& c) {
    const Tensor<2, int> rows = c.in<2, int>("prefixes");
    std::vector<std::vector<int>> prefixes(rows.shape(0));
    for (std::size_t n = 0; n < prefixes.size(); ++n) {
        for (std::size_t t = 0; t < rows.shape(1) && rows(n, t) >= 0; ++t) prefixes[n].push_back(rows(n, t));
    }
    return prefixes;
}

TEST(NextLetter, GivesTheLogitsOfTheLastPlace) {
    for (const Case& c : cases("5.7/next_letter")) {
        SCOPED_TRACE("rows: prefixes of \"" + c.text("word") +
                     "\"'s translation; columns: tokens. The word is encoded before "
                     "next_letter returns: later, the encoder's parameters are others");
        expect_close(ask_logits(c, prefixes_of(c)), c, "logits", of_logits);
    }
}

TEST(NextLetter, ForeignCharactersAreErrorsAtOnce) {
    const Case c = cases("5.7/next_letter").front();
    EXPECT_THAT(probes::next_letter.expect_error<std::invalid_argument>(model_of(c), "t4am", {}),
                testing::HasSubstr("4"));
    probes::translate.expect_error<std::invalid_argument>(model_of(c), {"team", "Team"});
    probes::translate_all.expect_error<std::invalid_argument>(model_of(c), {"team", "te am"});
}

void expect_translations(const Words& got, const Words& words, const Words& expected, const std::string& where) {
    ASSERT_EQ(got.size(), words.size()) << where << ": one translation for each word";
    for (std::size_t n = 0; n < words.size(); ++n)
        ASSERT_EQ(got[n], expected[n]) << where << ": what the model writes for \"" << words[n] << "\", word " << n
                                       << " of " << words.size();
}

TEST(Translate, WritesWhatTheModelSays) {
    for (const Case& c : cases("5.7/translate")) {
        Words words = split(c.text("words")), expected = split(c.text("translations"));
        words.resize(std::min<std::size_t>(words.size(), 30));
        expected.resize(words.size());
        expect_translations(probes::translate(model_of(c), words), words, expected, c.name());
    }
}

TEST(TranslateAll, TranslatesEachWordInItsPlace) {
    const Case c = grader::one_case("5.7/translate/trained");
    const Words words = split(c.text("words")), expected = split(c.text("translations"));
    expect_translations(probes::translate_all(model_of(c), words), words, expected, c.name());
    const Words backwards(words.rbegin(), words.rend()), expected_backwards(expected.rbegin(), expected.rend());
    expect_translations(probes::translate_all(model_of(c), backwards), backwards, expected_backwards,
                        "the same words backwards");
    EXPECT_TRUE(probes::translate_all(model_of(c), {}).empty()) << "no words, no translations";
}

TEST(TranslateAll, WordsThatNeverEndLeaveTheOthersAlone) {
    const Case c = grader::one_case("5.7/translate/talkative");
    const Words words = split(c.text("words"));
    SCOPED_TRACE("a model that is slow to end: a quarter of its translations are cut off at 30 letters");
    expect_translations(probes::translate_all(model_of(c), words), words, split(c.text("translations")), c.name());
}

}  // namespace
}  // namespace wb
