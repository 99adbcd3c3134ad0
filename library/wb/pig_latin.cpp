#include "wb/pig_latin.hpp"

#include <algorithm>
#include <stdexcept>

#include "wb/errors.hpp"

namespace wb {
namespace {

std::string translated_part(std::string_view part) {
    if (part.empty()) return "";
    if (std::string_view("aeiou").find(part.front()) != std::string_view::npos) return std::string(part) + "way";
    std::size_t cluster = 0;
    for (; cluster < part.size(); ++cluster) {
        const bool u_of_qu = part[cluster] == 'u' && cluster > 0 && part[cluster - 1] == 'q';
        if (std::string_view("aeiouy").find(part[cluster]) != std::string_view::npos && !u_of_qu) break;
    }
    return std::string(part.substr(cluster)) + std::string(part.substr(0, cluster)) + "ay";
}

}  // namespace

std::string to_pig_latin(std::string_view word) {
    const std::string why = word.empty() ? "" : why_no_word(word);
    if (!why.empty()) throw std::invalid_argument("to_pig_latin: " + why);
    std::string result;
    for (;;) {
        const std::size_t hyphen = std::min(word.find('-'), word.size());
        result += translated_part(word.substr(0, hyphen));
        if (hyphen == word.size()) return result;
        result += '-';
        word.remove_prefix(hyphen + 1);
    }
}

std::vector<WordPair> pig_latin_pairs(const std::vector<std::string>& words) {
    std::vector<WordPair> pairs;
    for (const std::string& word : words) pairs.push_back({word, to_pig_latin(word)});
    return pairs;
}

namespace {

std::vector<WordPair> pairs_of_file(const std::filesystem::path& path) {
    const WordFile file = read_words(path);
    if (file.odd.count > 0)
        throw FileError(file.odd.reports[0] + ". This file is shipped without such lines: fetch it anew");
    return pig_latin_pairs(file.words);
}

}  // namespace

PigLatinSets read_pig_latin_sets(const std::filesystem::path& folder, std::uint64_t seed) {
    PigLatinSets sets;
    sets.small = split_by_word(pairs_of_file(folder / "small.txt"), seed);
    sets.large = split_by_word(pairs_of_file(folder / "large.txt"), sets.small, seed);
    return sets;
}

}  // namespace wb
