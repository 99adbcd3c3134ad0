/// @file
/// Writes the cases of exercise 5.11, and seeds, from which its tests and those of 5.6 draw what they ask. Families:
///
///     5.11/words   of the large set, drawn anew for each seed of the grader: nobody can have trained on those that are asked in the end
///     5.11/writer  a random model, and what it writes
#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "translator_case.hpp"
#include "translator_draw.hpp"
#include "translator_oracle.hpp"
#include "wb/dataset.hpp"
#include "wb/errors.hpp"
#include "wb/pig_latin.hpp"
#include "wb/random.hpp"
#include "word_draw.hpp"

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

/// A random model, and words that it ends after 2 to 20 letters.
struct Writer {
    ModelWeights weights;
    std::vector<std::string> sources, written;
};
Writer random_writer(const TranslatorOptions& options, Draw& draw) {
    for (int tries = 0; tries < 400; ++tries) {
        Writer writer{draw_weights(options, draw, 0.8), {}, {}};
        NamedWeights& bias = writer.weights.back();
        if (bias.name != "decoder.out.bias")
            throw Error("the output's bias is not the last parameter of a drawn model");
        bias.values[eos_token] = static_cast<float>(draw.below(8));
        bias.values[sos_token] = -1000;
        const oracle::Translator model(writer.weights, options);
        for (int i = 0; i < 24; ++i) {
            const std::string word = random_word(draw, 1 + draw.below(9)), written = model.translate(word);
            if (written.size() < 2 || written.size() > 20) continue;
            writer.sources.push_back(word);
            writer.written.push_back(written);
        }
        if (writer.sources.size() >= 12) return writer;
    }
    throw Error("no random model ends its words");
}

void write_writer(Draw draw) {
    const TranslatorOptions options{.hidden = 8, .layers = 1};
    const Writer model = random_writer(options, draw);
    CaseWriter writer("5.11/writer", "random");
    put_model(writer, {options, model.weights});
    writer.text("sources", join(model.sources)).text("written", join(model.written));
}

WB_CASES(training) {
    Draw draw(seed);
    for (const char* name : {"first", "second"})
        CaseWriter("5.6/seeds", name).number("seed", static_cast<double>(draw.below(1U << 30U)));
    const std::size_t first = draw.below(1U << 30U);
    CaseWriter("5.11/seeds", "first").number("seed", static_cast<double>(first));
    write_writer(Draw(first));

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
