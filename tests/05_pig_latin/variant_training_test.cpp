/// @file
/// Judges exercise 5.8 by what the variants learn. A driver trains; the parameters come back, and the trusted model takes their
/// loss and their translations of words that were not in training. How targets were found: see chapter.toml.
#include <algorithm>

#include "decoder_only_models.hpp"
#include "wb/dataset.hpp"
#include "wb/pig_latin.hpp"
#include "word_draw.hpp"

namespace wb {
namespace {

/// Words of at most eight letters: training words, and some that are not among them.
struct ShortWords {
    Pairs train;
    std::vector<WordPair> unseen;
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
    for (std::size_t n = 0; n < num_unseen; ++n) words.unseen.push_back(unseen.at(n * unseen.size() / num_unseen));
    return words;
}

/// The judge's model with a submission's parameters, as a share of words translated to the letter.
template <class Model>
double exact_share(const Model& model, const std::vector<WordPair>& pairs) {
    const auto right = std::count_if(pairs.begin(), pairs.end(),
                                     [&](const WordPair& pair) { return model.translate(pair.source) == pair.target; });
    return static_cast<double>(right) / static_cast<double>(pairs.size());
}

/// The mean loss of the words' tokens.
double token_loss_of(const oracle::Translator& model, const std::vector<WordPair>& pairs) {
    double total = 0, count = 0;
    for (const WordPair& pair : pairs) {
        const auto row = [](int first, const std::string& word, int last) {
            std::vector<int> tokens;
            if (first >= 0) tokens.push_back(first);
            for (const char letter : word) tokens.push_back(letter == '-' ? hyphen_token : letter - 'a');
            if (last >= 0) tokens.push_back(last);
            return token_rows({tokens});
        };
        const Batch batch{row(-1, pair.source, eos_token), row(sos_token, pair.target, -1),
                          row(-1, pair.target, eos_token)};
        const auto tokens = static_cast<double>(batch.target.size());
        total += model.loss(batch) * tokens;
        count += tokens;
    }
    return total / count;
}

template <class Model, class... Options>
Model model_of(const ModelWeights& weights, const Options&... options) {
    try {
        return Model(weights, options...);
    } catch (const std::invalid_argument& error) {
        stop_test(std::string("the parameters that came back are no model: ") + error.what());
    }
}

TEST(DecoderOnly, LearnsPigLatin) {
    const Case c = cases("5.8/draw")[0];
    const auto seed = static_cast<std::uint64_t>(c.number("seed"));
    const ShortWords words = short_words(seed, 500);
    const probes::VariantRun run{.hidden = 64, .layers = 2, .steps = 1500, .seed = seed + 1};
    const auto model = model_of<oracle::DecoderOnly>(
        probes::train_decoder_only(run, words.train.sources, words.train.targets), run.hidden, run.layers);
    const double exact = exact_share(model, words.unseen);
    metric("exact match, decoder-only", exact);
    EXPECT_GE(exact, 0.6)
        << "share of 500 unseen words, at most 8 letters long, that the trained model translates to the letter. "
        << "\"" << words.unseen[0].source << "\" became \"" << model.translate(words.unseen[0].source) << "\"";
}

// The two models have the same shape, seed, batches and steps. Place t of the non-causal one finds its answer at place t + 1; a word
// that is being written has no place t + 1. At a loss of 0.2 a token, a model that wrote as it was trained would have one word of
// nine tokens in six right, e^-1.8.
TEST(Variants, TheNonCausalDecoderIsExcellentInTrainingAndUselessInWriting) {
    const auto seed = static_cast<std::uint64_t>(cases("5.8/draw")[1].number("seed"));
    const ShortWords words = short_words(seed, 300);
    const auto train = [&](bool causal) {
        const probes::VariantRun run{.hidden = 32, .layers = 2, .causal = causal, .steps = 2000, .seed = seed + 1};
        return model_of<oracle::Translator>(
            probes::train_translator_variant(run, words.train.sources, words.train.targets),
            TranslatorOptions{.hidden = run.hidden, .layers = run.layers, .causal = causal});
    };
    const oracle::Translator causal = train(true), open = train(false);
    const double causal_loss = token_loss_of(causal, words.unseen), open_loss = token_loss_of(open, words.unseen);
    const double causal_exact = exact_share(causal, words.unseen), open_exact = exact_share(open, words.unseen);
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
