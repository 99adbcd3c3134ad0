#include "wb/word_pairs.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scratch.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

using Pairs = std::vector<WordPair>;
using Texts = std::vector<std::string>;

class WordFiles : public InScratchFolder {};

TEST(WordPairText, PairsAreReadInOrder) {
    const WordPairFile file = parse_word_pairs("team eamtay\nwell-bred ellway-edbray\n", "f");
    EXPECT_EQ(file.pairs, (Pairs{{"team", "eamtay"}, {"well-bred", "ellway-edbray"}}));
    EXPECT_EQ(file.odd.count, 0U);
}

TEST(WordPairText, LineEndsMayBeThoseOfWindowsAndTheLastMayLack) {
    EXPECT_EQ(parse_word_pairs("a away\r\ni iway", "f").pairs, (Pairs{{"a", "away"}, {"i", "iway"}}));
    EXPECT_EQ(parse_words("a\r\ni\r\n", "f").words, (Texts{"a", "i"}));
}

TEST(WordPairText, OddLinesAreReportedAndSkipped) {
    const std::string text =
        "team eamtay\n23 23\nimpress\n\ntwo  spaces\nthree words here\nMiss issmay\n don't onday'tay\ncry ycray\n";
    const WordPairFile file = parse_word_pairs(text, "f");
    EXPECT_EQ(file.pairs, (Pairs{{"team", "eamtay"}, {"cry", "ycray"}}));
    EXPECT_EQ(file.odd.count, 7U);
    const std::string no_letter = " is no letter: a word is of a-z and '-'",
                      expected = "expected a word, a space and its translation, got ";
    EXPECT_EQ(file.odd.reports,
              (Texts{"f:2: the word: \"2\" in \"23\"" + no_letter, "f:3: " + expected + "\"impress\"",
                     "f:4: " + expected + "\"\"", "f:5: the translation: \" \" in \" spaces\"" + no_letter,
                     "f:6: the translation: \" \" in \"words here\"" + no_letter,
                     "f:7: the word: \"M\" in \"Miss\"" + no_letter,
                     "f:8: the word: there is nothing where a word should be"}));
}

TEST(WordPairText, APairCountsOnceAndASecondTranslationIsAPairOfItsOwn) {  // the source's large file has 19 such words
    const WordPairFile file = parse_word_pairs("quit itquay\nquit uitqay\nquit itquay\n", "f");
    EXPECT_EQ(file.pairs, (Pairs{{"quit", "itquay"}, {"quit", "uitqay"}}));
    EXPECT_EQ(file.odd.reports, (Texts{"f:3: \"quit itquay\" stood in line 1 already"}));
}

TEST(WordPairText, OneHundredReportsAreKeptAndAllAreCounted) {
    std::string text = "a away\n";
    for (int line = 0; line < 1000; ++line) text += "?\n";
    const WordPairFile file = parse_word_pairs(text, "f");
    EXPECT_EQ(file.odd.count, 1000U);
    EXPECT_EQ(file.odd.reports.size(), 100U);
}

TEST(WordPairText, NotASingleGoodLineIsAnErrorThatShowsTheForm) {
    EXPECT_EQ(text_of<FileError>([] { parse_word_pairs("", "f"); }),
              "f: holds no pair. Each line should be a word, a space and its translation. It is empty.");
    EXPECT_EQ(
        text_of<FileError>([] {
            parse_word_pairs(
                "\x7f"
                "ELF\x02",
                "f");
        }),
        "f: holds no pair. Each line should be a word, a space and its translation. The first line that is not so: "
        "f:1: expected a word, a space and its translation, got \"\\x7fELF\\x02\"");
    EXPECT_EQ(text_of<FileError>([] { parse_words("\n", "f"); }),
              "f: holds no word. Each line should be one word of a-z and '-'. The first line that is not so: f:1: "
              "there is nothing where a word should be");
}

TEST(WordPairText, HugeLinesAreOddAndTheReportStaysShort) {
    const std::string huge(5'000'000, 'a');
    const WordPairFile file = parse_word_pairs(huge + "\n" + huge + " b\na away\na " + huge, "f");
    EXPECT_EQ(file.pairs, (Pairs{{"a", "away"}}));
    ASSERT_EQ(file.odd.reports.size(), 3U);
    EXPECT_EQ(file.odd.reports[1], "f:2: the word: 5000000 characters; a word has at most 64");
    for (const std::string& report : file.odd.reports) EXPECT_LT(report.size(), 200U);
    EXPECT_EQ(parse_words(std::string(64, 'z') + "\n" + std::string(65, 'z'), "f").words,
              (Texts{std::string(64, 'z')}));
}

TEST(WordPairText, BytesOfAnyKindAreReportedInPrintableForm) {
    const WordFile file = parse_words(std::string("good\n\0\n\xff\n", 9), "f");
    EXPECT_EQ(file.odd.count, 2U);
    EXPECT_EQ(file.odd.reports[0], "f:2: \"\\x00\" in \"\\x00\" is no letter: a word is of a-z and '-'");
}

TEST_F(WordFiles, AreReadAndNamedInReports) {
    write_text(file("words.txt"), "team\n3\n");
    const WordFile words = read_words(file("words.txt"));
    EXPECT_EQ(words.words, (Texts{"team"}));
    EXPECT_TRUE(words.odd.reports.at(0).starts_with(file("words.txt").string() + ":2: ")) << words.odd.reports[0];
    write_text(file("pairs.txt"), "team eamtay\n");
    EXPECT_EQ(read_word_pairs(file("pairs.txt")).pairs, (Pairs{{"team", "eamtay"}}));
}

TEST_F(WordFiles, ThatCannotBeReadAreErrors) {
    EXPECT_EQ(text_of<FileError>([&] { read_word_pairs(file("none")); }),
              file("none").string() + ": cannot be read: No such file or directory");
    EXPECT_EQ(text_of<FileError>([&] { read_words(file("")); }), file("").string() + ": is not a regular file");
    write_text(file("large"), "a\n");
    std::filesystem::resize_file(file("large"), (64U << 20U) + 1);  // sparse
    EXPECT_EQ(text_of<FileError>([&] { read_words(file("large")); }),
              file("large").string() +
                  ": has 67108865 bytes; lists of words of up to 67108864 are read. Is it the right file?");
}

}  // namespace
}  // namespace wb
