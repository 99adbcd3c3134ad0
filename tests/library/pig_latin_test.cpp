/// @file
/// The rule by hand-chosen words, and the shipped sets. (By the same rule come all 3,198 pairs of the source course's
/// small file, which is not shipped.)
#include "wb/pig_latin.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

#include "scratch.hpp"
#include "wb/dataset.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

const std::filesystem::path folder = dataset("pig_latin/small.txt").parent_path();

void expect_pairs(const std::vector<WordPair>& pairs) {
    for (const WordPair& pair : pairs) EXPECT_EQ(to_pig_latin(pair.source), pair.target) << pair.source;
}

TEST(PigLatin, ConsonantsBeforeTheFirstVowelMoveToTheEndAsABlock) {
    expect_pairs({{"team", "eamtay"}, {"shopping", "oppingshay"}, {"street", "eetstray"}, {"brought", "oughtbray"}});
}

TEST(PigLatin, AWordThatBeginsWithAVowelGetsWay) {
    expect_pairs({{"impress", "impressway"}, {"a", "away"}, {"i", "iway"}, {"our", "ourway"}});
}

TEST(PigLatin, YEndsTheBlockButIsNoVowelAtTheStart) {  // "year" gets "ay", not "way"
    expect_pairs({{"cry", "ycray"}, {"my", "ymay"}, {"year", "yearay"}, {"rhythm", "ythmrhay"}});
}

TEST(PigLatin, UAfterQGoesWithIt) {
    expect_pairs(
        {{"question", "estionquay"}, {"square", "aresquay"}, {"queue", "euequay"}, {"buy", "uybay"}, {"qu", "quay"}});
}

TEST(PigLatin, PartsBetweenHyphensAreTranslatedOneByOne) {
    expect_pairs({{"well-bred", "ellway-edbray"},
                  {"chimney-board", "imneychay-oardbay"},
                  {"good-for-nothing", "oodgay-orfay-othingnay"}});
}

TEST(PigLatin, EmptyPartsStayEmpty) {
    expect_pairs({{"", ""}, {"-", "-"}, {"--", "--"}, {"to-", "otay-"}, {"-and", "-andway"}});
}

TEST(PigLatin, WordWithoutAVowelStaysAndGetsAy) {
    expect_pairs({{"hmm", "hmmay"}, {"mr", "mray"}, {"q", "qay"}});
}

TEST(PigLatin, OtherCharactersAreRefusedByName) {
    EXPECT_EQ(text_of<std::invalid_argument>([] { to_pig_latin("Team"); }),
              "to_pig_latin: \"T\" in \"Team\" is no letter: a word is of a-z and '-'");
    EXPECT_THROW(to_pig_latin("the air"), std::invalid_argument);
    EXPECT_THROW(to_pig_latin(std::string(1, '\0')), std::invalid_argument);
}

// What chapter 5 builds on: 29 symbols, and lengths that bound every tensor and every decoding loop.
void expect_shipped(const std::string& name, std::size_t count) {
    const WordFile file = read_words(folder / name);
    EXPECT_EQ(file.odd.count, 0U) << file.odd.reports.front();
    EXPECT_EQ(file.words.size(), count);
    for (const WordPair& pair : pig_latin_pairs(file.words)) {
        EXPECT_LE(pair.source.size(), 18U) << pair.source;
        EXPECT_LE(pair.target.size(), 22U) << pair.target;
        EXPECT_NE(pair.source.front(), '-') << pair.source;
        EXPECT_NE(pair.source.back(), '-') << pair.source;
        EXPECT_EQ(pair.source.find("--"), std::string::npos) << pair.source;
    }
}

TEST(PigLatinSets, SmallHas3198WordsOfAtMost18Letters) {
    expect_shipped("small.txt", 3198);
}

TEST(PigLatinSets, LargeHas20931WordsOfAtMost18Letters) {
    expect_shipped("large.txt", 20931);
}

TEST(PigLatinSets, LargeHoldsSmall) {
    const WordFile large = read_words(folder / "large.txt");
    const std::set<std::string> words(large.words.begin(), large.words.end());
    for (const std::string& word : read_words(folder / "small.txt").words) EXPECT_TRUE(words.contains(word)) << word;
}

TEST(PigLatinSets, FourFifthsAreForTrainingAndNoWordIsInTwoParts) {
    const PigLatinSets sets = read_pig_latin_sets(folder, 1);
    EXPECT_EQ(sets.small.train.size(), 2558U);
    EXPECT_EQ(sets.small.validation.size(), 640U);
    EXPECT_EQ(sets.large.train.size(), 16744U);
    EXPECT_EQ(sets.large.validation.size(), 4187U);
    std::set<std::string> train;
    for (const WordPair& pair : sets.large.train) train.insert(pair.source);
    EXPECT_EQ(train.size(), 16744U);
    for (const WordPair& pair : sets.small.train) EXPECT_TRUE(train.contains(pair.source)) << pair.source;
    for (const WordPair& pair : sets.small.validation) EXPECT_FALSE(train.contains(pair.source)) << pair.source;
    for (const WordPair& pair : sets.large.validation) EXPECT_FALSE(train.contains(pair.source)) << pair.source;
}

class PigLatinFolder : public InScratchFolder {};

TEST_F(PigLatinFolder, AnIncompleteOrDamagedFolderIsRefused) {
    write_text(file("small.txt"), "team\nimpress\n");
    EXPECT_NE(text_of<FileError>([&] { (void)read_pig_latin_sets(file(""), 1); }).find("large.txt: cannot be read"),
              std::string::npos);
    write_text(file("large.txt"), "team\nimpress\n23\n");
    EXPECT_NE(text_of<FileError>([&] { (void)read_pig_latin_sets(file(""), 1); }).find("large.txt:3: "),
              std::string::npos);
}

}  // namespace
}  // namespace wb
