/// @file
/// Pig Latin by one exact rule, and chapter 5's two sets of words with their splits.
///
///     team -> eamtay    impress -> impressway    shopping -> oppingshay    well-bred -> ellway-edbray
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "wb/word_pairs.hpp"
#include "wb/word_split.hpp"

namespace wb {

/// Translates a word. Each part between hyphens by itself:
///   1. it begins with a, e, i, o or u: add "way" (impress -> impressway);
///   2. else all before its first a, e, i, o, u or y goes to the end, and "ay" follows (shopping -> oppingshay,
///      cry -> ycray). A u right after a q is no vowel here (question -> estionquay). A y that comes first is found at
///      once, so nothing moves (year -> yearay);
///   3. without such a letter it stays, and "ay" follows (hmm -> hmmay). An empty part stays empty (to- -> otay-).
/// @param word  up to 64 characters a-z and '-'; may be empty
/// @throws std::invalid_argument for any other, naming the character
std::string to_pig_latin(std::string_view word);

/// Words with their translations, in order.
std::vector<WordPair> pig_latin_pairs(const std::vector<std::string>& words);

/// The sets of datasets/pig_latin, split.
struct PigLatinSets {
    PairSplit small;  ///< 3,198 words: 2,558 for training, 640 for validation
    PairSplit large;  ///< 20,931 words, the small set's among them and in the same parts: 16,744 and 4,187
};

/// Reads and splits both sets.
/// @param folder  datasets/pig_latin
/// @throws FileError, also when one of the two has an odd line
PigLatinSets read_pig_latin_sets(const std::filesystem::path& folder, std::uint64_t seed);

}  // namespace wb
