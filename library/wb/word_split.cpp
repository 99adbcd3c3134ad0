#include "wb/word_split.hpp"

#include <set>
#include <string_view>

#include "wb/random.hpp"

namespace wb {
namespace {

using Words = std::set<std::string_view>;

Words words_of(const std::vector<WordPair>& pairs) {
    Words words;
    for (const WordPair& pair : pairs) words.insert(pair.source);
    return words;
}

}  // namespace

PairSplit split_by_word(const std::vector<WordPair>& pairs, const PairSplit& smaller, std::uint64_t seed) {
    Words validation = words_of(smaller.validation);
    const Words train = words_of(smaller.train);
    std::vector<std::string_view> open;  // in alphabetical order
    for (const std::string_view word : words_of(pairs)) {
        if (!validation.contains(word) && !train.contains(word)) open.push_back(word);
    }
    const std::vector<std::size_t> order = Random(seed).permutation(open.size());
    for (std::size_t i = open.size() * 4 / 5; i < open.size(); ++i) validation.insert(open[order[i]]);
    PairSplit split;
    for (const WordPair& pair : pairs) {
        (validation.contains(pair.source) ? split.validation : split.train).push_back(pair);
    }
    return split;
}

PairSplit split_by_word(const std::vector<WordPair>& pairs, std::uint64_t seed) {
    return split_by_word(pairs, {}, seed);
}

}  // namespace wb
