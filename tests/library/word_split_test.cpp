#include "wb/word_split.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "wb/random.hpp"

namespace wb {
namespace {

using Pairs = std::vector<WordPair>;
using Words = std::set<std::string>;

/// Different words: count of them from number `first` on.
Pairs numbered(int first, int count) {
    Pairs pairs;
    for (int n = first; n < first + count; ++n)
        pairs.push_back({"w" + std::string(1, static_cast<char>('a' + n / 26)) + static_cast<char>('a' + n % 26), "t"});
    return pairs;
}

Words words_of(const Pairs& pairs) {
    Words words;
    for (const WordPair& pair : pairs) words.insert(pair.source);
    return words;
}

bool disjoint(const Pairs& a, const Pairs& b) {
    const Words words = words_of(a);
    return std::none_of(b.begin(), b.end(), [&](const WordPair& pair) { return words.contains(pair.source); });
}

TEST(WordSplit, FourFifthsRoundedDownAreForTrainingAndNothingIsLost) {
    for (const int count : {0, 1, 4, 5, 6, 9, 100, 319}) {
        const PairSplit split = split_by_word(numbered(0, count), 7);
        EXPECT_EQ(split.train.size(), static_cast<std::size_t>(count * 4 / 5));
        EXPECT_EQ(split.train.size() + split.validation.size(), static_cast<std::size_t>(count));
        EXPECT_TRUE(disjoint(split.train, split.validation));
    }
}

TEST(WordSplit, ValidationIsTheLastFifthOfASeededPermutationOfTheSortedWords) {  // the same on every platform
    const Pairs pairs = numbered(0, 10);
    const std::vector<std::size_t> order = Random(3).permutation(10);
    EXPECT_EQ(words_of(split_by_word(pairs, 3).validation), (Words{pairs[order[8]].source, pairs[order[9]].source}));
}

TEST(WordSplit, TheSeedDecides) {
    const Pairs pairs = numbered(0, 100);
    EXPECT_EQ(split_by_word(pairs, 1).validation, split_by_word(pairs, 1).validation);
    EXPECT_NE(split_by_word(pairs, 1).validation, split_by_word(pairs, 2).validation);
}

TEST(WordSplit, TheOrderOfTheSetDoesNot) {
    Pairs pairs = numbered(0, 100);
    const Words validation = words_of(split_by_word(pairs, 1).validation);
    std::reverse(pairs.begin(), pairs.end());
    const PairSplit split = split_by_word(pairs, 1);
    EXPECT_EQ(words_of(split.validation), validation);
    EXPECT_TRUE(std::is_sorted(split.train.rbegin(), split.train.rend(), [](const WordPair& a, const WordPair& b) {
        return a.source < b.source;
    })) << "a part keeps the set's order";
}

TEST(WordSplit, EveryWordIsInValidationForSomeSeed) {
    Words seen;
    for (std::uint64_t seed = 0; seed < 60; ++seed)
        seen.merge(words_of(split_by_word(numbered(0, 10), seed).validation));
    EXPECT_EQ(seen.size(), 10U)
        << "each has a chance of 0.2 a seed: all seeds miss one with probability 10 * 0.8^60 = 2e-5";
}

TEST(WordSplit, BothTranslationsOfAWordAreInOnePart) {
    Pairs pairs = numbered(0, 50);
    for (const WordPair& pair : numbered(0, 50)) pairs.push_back({pair.source, "other"});
    const PairSplit split = split_by_word(pairs, 1);
    EXPECT_TRUE(disjoint(split.train, split.validation));
    EXPECT_EQ(split.train.size(), 80U);
}

TEST(WordSplit, ALargerSetKeepsToTheSplitOfASmallerOne) {
    const PairSplit small = split_by_word(numbered(40, 50), 1), large = split_by_word(numbered(0, 200), small, 2);
    EXPECT_EQ(large.train.size(), 40U + 120U);
    EXPECT_EQ(large.validation.size(), 10U + 30U);
    EXPECT_TRUE(disjoint(large.train, large.validation));
    EXPECT_TRUE(disjoint(large.train, small.validation));
    EXPECT_TRUE(disjoint(large.validation, small.train));
}

TEST(WordSplit, WordsThatOnlyTheSmallerSetHasAreNotAdded) {
    const PairSplit small = split_by_word(numbered(0, 50), 1), large = split_by_word(numbered(40, 100), small, 2);
    EXPECT_EQ(large.train.size() + large.validation.size(), 100U);
}

}  // namespace
}  // namespace wb
