/// @file
/// Judges the vocabulary of exercise 5.1: 29 symbols, words as tokens and back.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "data_probes.hpp"
#include "word_draw.hpp"

namespace wb {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Tokens = std::vector<int>;

/// A word's tokens, the end not among them.
Tokens letters_of(const std::string& word) {
    Tokens tokens;
    for (const char letter : word) tokens.push_back(letter == '-' ? 26 : letter - 'a');
    return tokens;
}

Tokens joined(Tokens a, const Tokens& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// Compares the tokens of a word, and names what is mostly done wrong.
void expect_encoded(const std::string& word, const std::string& why = "") {
    const Tokens letters = letters_of(word), right = joined(letters, {28});
    Tokens one_too_many = right, backwards = joined({28}, letters);
    for (int& token : one_too_many) ++token;
    std::reverse(backwards.begin(), backwards.end());
    const Tokens got = probes::encode(word);
    EXPECT_EQ(got, right)
        << "encode(\"" << word << "\")" << (why.empty() ? "" : ": ") << why
        << known_mistake(
               got, right,
               {{"the letters alone: EOS, token 28, ends every word", letters},
                {"the word with SOS, 27, at its end: what ends it is EOS, 28", joined(letters, {27})},
                {"the word behind SOS, 27: the decoder's input has one, and no encoded word", joined({27}, right)},
                {"the word behind SOS, 27, and without its end, as the decoder reads it", joined({27}, letters)},
                {"the word with two ends", joined(right, {28})},
                {"numbers that are one too large: a is 0", one_too_many},
                {"the word backwards", backwards}});
}

TEST(Vocabulary, LettersAreTheirPlaceInTheAlphabetAndEosEndsAWord) {
    expect_encoded("team", "t e a m EOS");
    expect_encoded("az-za", "'-' is token 26, behind 'z'");
    expect_encoded("", "the empty word is EOS alone");
    for (const Case& c : cases("5.1/words")) {
        Draw draw = draw_of(c);
        for (std::size_t size = 1; size <= 20; ++size) {
            if (HasFailure()) return;
            expect_encoded(random_word(draw, size));
        }
    }
}

TEST(Vocabulary, DecodingGivesTheWordBack) {
    EXPECT_EQ(probes::decode({4, 0, 12, 19, 0, 24, 28}), "eamtay");
    EXPECT_EQ(probes::decode({0, 26, 25, 28}), "a-z");
    EXPECT_EQ(probes::decode({28}), "") << "EOS alone is the empty word";
    EXPECT_EQ(probes::decode({}), "");
    for (const Case& c : cases("5.1/words")) {
        Draw draw = draw_of(c);
        for (std::size_t size = 1; size <= 20; ++size) {
            const std::string word = random_word(draw, size);
            Tokens tokens = letters_of(word);
            EXPECT_EQ(probes::decode(tokens), word) << "without EOS the text goes to the end";
            tokens.insert(tokens.begin(), 27);
            tokens.push_back(28);
            ASSERT_EQ(probes::decode(tokens), word) << "the decoder's SOS is no part of the word";
        }
    }
}

TEST(Vocabulary, DecodingStopsAtTheFirstEos) {
    EXPECT_EQ(probes::decode({0, 28, 1, 2, 28}), "a") << "the model said that it has finished after 'a'";
    EXPECT_EQ(probes::decode({28, 0}), "");
    EXPECT_EQ(probes::decode({0, 28, 99, -1}), "a") << "what follows EOS is not looked at, be it no token at all";
}

TEST(Vocabulary, AMisplacedSosIsSeen) {
    EXPECT_EQ(probes::decode({27, 4, 27, 0, 28}), "e^a") << "left out, a model's mistake would read as the right 'ea'";
    EXPECT_EQ(probes::decode({27, 27, 0, 28}), "^a") << "only the SOS in the first place is the decoder's start";
    EXPECT_EQ(probes::decode({0, 27, 28}), "a^");
}

TEST(Vocabulary, NumbersThatAreNoTokenAreErrors) {
    EXPECT_THAT(probes::decode.expect_error<std::out_of_range>({0, 1, 29}), AllOf(HasSubstr("29"), HasSubstr("2")))
        << "the message has the number and its place";
    EXPECT_THAT(probes::decode.expect_error<std::out_of_range>({0, -7, 1, 28}), AllOf(HasSubstr("-7"), HasSubstr("1")));
}

TEST(Vocabulary, ForeignCharactersAreErrorsThatNameThem) {
    const auto message = [](const std::string& word) {
        return probes::encode.expect_error<std::invalid_argument>(word);
    };
    EXPECT_THAT(message("street4"), AllOf(HasSubstr("4"), HasSubstr("6"))) << "the character and its position";
    EXPECT_THAT(message("don't"), AllOf(HasSubstr("'"), HasSubstr("3")));
    EXPECT_THAT(message("Team"), AllOf(HasSubstr("T"), HasSubstr("0"))) << "a capital is another character";
    EXPECT_THAT(message("a b"), HasSubstr("1"));
    EXPECT_THAT(message("caf\xc3\xa9"), HasSubstr("3"))
        << "a byte of a letter outside a-z; as a char it may be negative";
    EXPECT_THAT(message(std::string("a\0", 2)), HasSubstr("1")) << "the byte 0 is a character like any other";
}

}  // namespace
}  // namespace wb
