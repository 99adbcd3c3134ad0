/// @file
/// What exercise 5.11 asks of a trained model cannot be had for less: simple answers, simple rules and untrained weights all miss
/// its target.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "../05_pig_latin/target_accuracy.hpp"
#include "translator_oracle.hpp"
#include "wb/dataset.hpp"
#include "wb/pig_latin.hpp"
#include "wb/random.hpp"

namespace wb {
namespace {

const std::vector<WordPair>& words() {
    static const std::vector<WordPair> all =
        read_pig_latin_sets(dataset("pig_latin/small.txt").parent_path(), 1).large.validation;
    return all;
}

double share_right(const std::function<std::string(const std::string&)>& answer) {
    double right = 0;
    for (const WordPair& pair : words()) right += answer(pair.source) == pair.target ? 1 : 0;
    return right / static_cast<double>(words().size());
}

bool is_vowel(char c) {
    return std::string("aeiou").find(c) != std::string::npos;
}

TEST(PigLatinBaselines, SimpleAnswersMissTheTarget) {
    EXPECT_EQ(share_right([](const std::string& word) { return to_pig_latin(word); }), 1) << "the rule itself";
    EXPECT_EQ(share_right([](const std::string& word) { return word; }), 0) << "copies the word";
    EXPECT_LT(share_right([](const std::string&) { return "away"; }), 0.01) << "a constant";
    EXPECT_LT(share_right([](const std::string& word) { return word + "way"; }), target::exact_match)
        << "every word as if it began with a vowel";
    EXPECT_LT(share_right([](const std::string& word) { return word + "ay"; }), target::exact_match)
        << "every word as if it had no vowel";
}

TEST(PigLatinBaselines, RulesThatAreOffByOneMissTheTarget) {
    const auto moved = [](const std::string& word, std::size_t letters) {
        return word.substr(letters) + word.substr(0, letters) + "ay";
    };
    const double one_letter =
        share_right([&](const std::string& word) { return is_vowel(word[0]) ? word + "way" : moved(word, 1); });
    EXPECT_GT(one_letter, 0.5) << "moving one letter, always, is the best of the simple rules";
    EXPECT_LT(one_letter, target::exact_match - 0.05);
    const auto off_by = [&](int more) {
        return share_right([&](const std::string& word) {
            std::size_t cluster = 0;
            while (cluster < word.size() && !is_vowel(word[cluster])) ++cluster;
            if (cluster == 0) return word + "way";
            const auto letters = static_cast<std::size_t>(std::max(0, static_cast<int>(cluster) + more));
            return moved(word, std::min(letters, word.size()));
        });
    };
    EXPECT_LT(off_by(-1), target::exact_match - 0.3) << "one letter of the cluster left behind";
    EXPECT_LT(off_by(+1), target::exact_match - 0.3) << "one letter too many moved";
}

TEST(PigLatinBaselines, UntrainedWeightsMissBothTargets) {
    const TranslatorOptions options = target::options().model;
    Random random(1);
    const oracle::Translator model(copy_weights(ParameterList<float>(Translator(options, random))), options);
    double right = 0, loss = 0;
    for (std::size_t i = 0; i < 200; ++i) {
        const WordPair& pair = words()[i];
        right += model.translate(pair.source) == pair.target ? 1 : 0;
        Batch batch{zeros<2, int>({1, pair.source.size() + 1}), zeros<2, int>({1, pair.target.size() + 1}),
                    zeros<2, int>({1, pair.target.size() + 1})};
        const auto token = [](char c) { return c == '-' ? hyphen_token : c - 'a'; };
        for (std::size_t t = 0; t < pair.source.size(); ++t) batch.source(0, t) = token(pair.source[t]);
        for (std::size_t t = 0; t < pair.target.size(); ++t)
            batch.target(0, t) = batch.decoder_input(0, t + 1) = token(pair.target[t]);
        batch.source(0, pair.source.size()) = batch.target(0, pair.target.size()) = eos_token;
        batch.decoder_input(0, 0) = sos_token;
        loss += model.loss(batch) / 200;
    }
    EXPECT_EQ(right, 0);
    EXPECT_GT(loss, 3 * target::short_validation_loss);
}

}  // namespace
}  // namespace wb
