/// @file
/// Judges exercise 5.8 by what the variants learn. A driver trains; the parameters come back, and their loss is taken, and their
/// translations of words that were not in training (trained_words.hpp). How targets were found: see chapter.toml.
#include <algorithm>

#include "judge/judge.hpp"
#include "trained_words.hpp"
#include "wb/dataset.hpp"
#include "wb/pig_latin.hpp"
#include "word_draw.hpp"

namespace wb {
namespace {

/// Words of at most eight letters: training words, and some that are not among them.
struct ShortWords {
    Pairs train;
    probes::WordLists unseen;
};

ShortWords short_words(std::uint64_t seed, std::size_t num_unseen) {
    const PairSplit split = read_pig_latin_sets(dataset("pig_latin/large.txt").parent_path(), seed).large;
    const auto is_short = [](const WordPair& pair) { return pair.source.size() <= 8; };
    ShortWords words;
    for (const WordPair& pair : split.train) {
        if (is_short(pair)) words.train.add(pair.source, pair.target);
    }
    std::vector<WordPair> unseen;
    std::copy_if(split.validation.begin(), split.validation.end(), std::back_inserter(unseen), is_short);
    for (std::size_t n = 0; n < num_unseen; ++n) {
        const WordPair& pair = unseen.at(n * unseen.size() / num_unseen);
        words.unseen.sources.push_back(pair.source);
        words.unseen.targets.push_back(pair.target);
    }
    return words;
}

TEST(DecoderOnly, LearnsPigLatin) {
    const Case c = cases("5.8/draw")[0];
    const auto seed = static_cast<std::uint64_t>(c.number("seed"));
    const ShortWords words = short_words(seed, 500);
    const probes::VariantRun run{.hidden = 64, .layers = 2, .steps = 1500, .seed = seed + 1};
    const probes::DecoderOnlyModel model{run.hidden, run.layers,
                                         probes::train_decoder_only(run, words.train.sources, words.train.targets)};
    const std::vector<std::string> written = trained::translations(model, words.unseen.sources);
    const double exact = trained::exact_share(written, words.unseen.targets);
    metric("exact match, decoder-only", exact);
    EXPECT_GE(exact, 0.6)
        << "share of 500 unseen words, at most 8 letters long, that the trained model translates to the letter. "
        << "\"" << words.unseen.sources[0] << "\" became \"" << written[0] << "\"";
}

// The two models have the same shape, seed, batches and steps. Place t of the non-causal one finds its answer at place t + 1; a word
// that is being written has no place t + 1. At a loss of 0.2 a token, a model that wrote as it was trained would have one word of
// nine tokens in six right, e^-1.8.
TEST(Variants, TheNonCausalDecoderIsExcellentInTrainingAndUselessInWriting) {
    static_cast<void>(
        probes::make_prompt_batch({"pig"}, {"igpay"}, {0}));  // exercise 5.8 is begun: these are its points
    const auto seed = static_cast<std::uint64_t>(cases("5.8/draw")[1].number("seed"));
    const ShortWords words = short_words(seed, 300);
    const auto train = [&](bool causal) {
        const probes::VariantRun run{.hidden = 32, .layers = 2, .causal = causal, .steps = 2000, .seed = seed + 1};
        return probes::TranslatorWeights{
            {.hidden = run.hidden, .layers = run.layers, .causal = causal},
            probes::train_translator_variant(run, words.train.sources, words.train.targets)};
    };
    const probes::TranslatorWeights causal = train(true), open = train(false);
    const double causal_loss = trained::token_loss(causal, words.unseen),
                 open_loss = trained::token_loss(open, words.unseen);
    const double causal_exact = trained::exact_match(causal, words.unseen),
                 open_exact = trained::exact_match(open, words.unseen);
    metric("loss, causal", causal_loss);
    metric("loss, non-causal", open_loss);
    metric("exact match, causal", causal_exact);
    metric("exact match, non-causal", open_exact);
    EXPECT_LE(open_loss, 0.2)
        << "the non-causal decoder's loss on unseen words; the causal one's is " << causal_loss
        << ". It reads the letter that it is asked for. Does Decoder hand `causal` on to its mask?";
    EXPECT_LE(open_exact, 0.05)
        << "share of unseen words that the non-causal decoder translates: what it read in training is not "
           "there when it writes, so this one is causal. Does Decoder hand `causal` on to its mask?";
    EXPECT_GE(causal_exact, 0.5) << "share of unseen words that the causal decoder translates";
}

}  // namespace
}  // namespace wb
