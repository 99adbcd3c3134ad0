/// @file
/// Writes the cases of exercises 5.6 and 5.11. Of 5.6, seeds: its tests draw their models and batches from them, and compute what
/// should come of these with the trusted model. Of 5.11, words of the large set, drawn anew for each seed of the grader, so that
/// nobody can have trained on those that are asked in the end.
#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "wb/dataset.hpp"
#include "wb/pig_latin.hpp"
#include "wb/random.hpp"

namespace wb {
namespace {

constexpr std::size_t train = 14000, validation = 400, unseen = 600;

/// Writes a draw of words and their translations, each list as one text.
/// @param alphabet  what each letter is written as
void write_words(const std::string& name, const std::vector<WordPair>& all, const std::array<char, 26>& alphabet,
                 Random& random) {
    const auto rewritten = [&](std::string word) {
        for (char& c : word) {
            if (c != '-') c = alphabet.at(static_cast<std::size_t>(c - 'a'));
        }
        return word;
    };
    const std::vector<std::size_t> order = random.permutation(all.size());
    CaseWriter writer("5.11/words", name);
    std::size_t next = 0;
    for (const auto& [part, count] : {std::pair{"train", train}, {"validation", validation}, {"unseen", unseen}}) {
        std::string sources, targets;
        for (const std::size_t end = next + count; next < end; ++next) {
            sources += rewritten(all[order[next]].source) + " ";
            targets += rewritten(all[order[next]].target) + " ";
        }
        writer.text(std::string(part) + ".sources", sources).text(std::string(part) + ".targets", targets);
    }
}

WB_CASES(training) {
    Draw draw(seed);
    for (const char* name : {"first", "second"})
        CaseWriter("5.6/seeds", name).number("seed", static_cast<double>(draw.below(1U << 30U)));
    CaseWriter("5.11/seeds", "first").number("seed", static_cast<double>(draw.below(1U << 30U)));

    const PairSplit large = read_pig_latin_sets(dataset("pig_latin/small.txt").parent_path(), seed).large;
    std::vector<WordPair> all = large.train;
    all.insert(all.end(), large.validation.begin(), large.validation.end());
    Random random(seed);
    std::array<char, 26> alphabet{};
    std::iota(alphabet.begin(), alphabet.end(), 'a');
    write_words("pig_latin", all, alphabet, random);
    const std::vector<std::size_t> order = random.permutation(alphabet.size());
    for (std::size_t i = 0; i < alphabet.size(); ++i) alphabet.at(i) = static_cast<char>('a' + order[i]);
    write_words("rewritten", all, alphabet, random);
}

}  // namespace
}  // namespace wb
