/// @file
/// Training and validation parts of a set of pairs, drawn by a seed, disjoint *by word*: all pairs of one source word are in
/// one part, so nothing that a model is asked in validation has been an example in training. Four fifths of the words are
/// for training. (Forms of one word, "walk" and "walks", are two words.)
#pragma once

#include <cstdint>
#include <vector>

#include "wb/word_pairs.hpp"

namespace wb {

/// Two parts of a set.
struct PairSplit {
    std::vector<WordPair> train, validation;  ///< each in the order of the set
};

/// Draws a split. It depends on the seed and on which words there are, not on their order.
/// @param pairs  e.g. 3,198 pairs of as many words: 2,558 for training (the whole part of 4/5), 640 for validation
PairSplit split_by_word(const std::vector<WordPair>& pairs, std::uint64_t seed);

/// Draws a split of a larger set that keeps to the split of a smaller one: words of the smaller set's parts go to the same
/// parts here, and only the others are drawn, again four fifths for training. So both models of a small and a large set can
/// be compared on the small set's validation words, which neither has seen.
PairSplit split_by_word(const std::vector<WordPair>& pairs, const PairSplit& smaller, std::uint64_t seed);

}  // namespace wb
