/// @file
/// Judges exercise 5.7: beam search in models that are tables. A log-probability is a sum of at most a dozen terms of the size of
/// 10; a submission that takes each one's softmax in float is off by some 1e-6. Choices in random tables are 1e-3 apart.
#include <algorithm>
#include <cmath>
#include <limits>

#include "hypothesis_table.hpp"
#include "judge/draw.hpp"
#include "table_model.hpp"

namespace wb {
namespace {

using Tokens = std::vector<int>;

constexpr double rounding = 1e-5;
constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();

struct Word {
    Tokens tokens;
    double probability;
};

std::vector<Hypothesis> search(const TreeModel& model, const BeamOptions& beam, std::size_t max_tokens) {
    return probes::beam_search(model.table(), beam, four_tokens(max_tokens));
}

std::string list_of(const std::vector<Hypothesis>& found) {
    std::string text;
    for (const Hypothesis& one : found)
        text += (text.empty() ? "" : ", ") + words_of(one.tokens) + " (" +
                std::to_string(std::exp(one.log_probability)) + ")";
    return "found: " + (text.empty() ? "nothing" : text);
}

/// The words in this order, each with its log-probability and its score by the formula.
void expect_words(const std::vector<Hypothesis>& found, const std::vector<Word>& expected, double length_penalty,
                  const std::string& why) {
    SCOPED_TRACE(why + "; " + list_of(found));
    ASSERT_EQ(found.size(), expected.size()) << "hypotheses";
    for (std::size_t n = 0; n < expected.size(); ++n) {
        ASSERT_EQ(words_of(found[n].tokens), words_of(expected[n].tokens)) << "hypothesis " << n << ", the best is 0";
        const double log_probability = std::log(expected[n].probability);
        EXPECT_NEAR(found[n].log_probability, log_probability, rounding)
            << "log of " << words_of(found[n].tokens) << "'s probability, " << expected[n].probability;
        const double length = static_cast<double>(expected[n].tokens.size());
        EXPECT_NEAR(found[n].score, log_probability / std::pow((5 + length) / 6, length_penalty), rounding)
            << "score of " << words_of(found[n].tokens) << ", length_penalty " << length_penalty;
    }
}

DecodingLimits limits_of(const Case& c) {
    return {.start = static_cast<int>(c.number("start")),
            .end = static_cast<int>(c.number("end")),
            .max_tokens = static_cast<std::size_t>(c.number("max_tokens"))};
}

BeamOptions beam_of(const Case& c) {
    return {.width = static_cast<std::size_t>(c.number("width")), .length_penalty = c.number("length_penalty")};
}

/// What a submission found, as far as it can be compared.
Tensor<2, double> as_table(std::vector<Hypothesis> found, const Case& c) {
    const std::size_t width = beam_of(c).width, max_tokens = limits_of(c).max_tokens;
    if (found.size() > width) {
        ADD_FAILURE() << c.name() << ": a beam of width " << width << " found " << found.size()
                      << " hypotheses; of these, the first " << width << " are compared";
        found.resize(width);
    }
    for (const Hypothesis& one : found) {
        if (one.tokens.size() > max_tokens)
            stop_test(c.name() + ": a hypothesis of more than max_tokens = " + std::to_string(max_tokens) + " tokens");
    }
    return hypothesis_table(found, width, max_tokens);
}

void expect_cases(const std::string& family) {
    for (const Case& c : cases(family)) {
        SCOPED_TRACE(
            "rows: hypotheses, the best first; columns: log_probability, score, number of tokens, tokens (-1 behind "
            "the last)");
        expect_close(as_table(probes::beam_search(c.in<4>("table"), beam_of(c), limits_of(c)), c), c, "found",
                     {.absolute = rounding});
    }
}

/// a is the likelier beginning, b that of the likeliest word.
TreeModel garden_path() {
    return TreeModel(3)
        .after({}, 0.6, 0.35, 0.05, 2)
        .after({a_}, 0.3, 0.3, 0.4)
        .after({b_}, 0.05, 0.05, 0.9, -3)
        .after({a_, a_}, 0.1, 0.1, 0.8)
        .after({a_, b_}, 0.1, 0.1, 0.8);
}

TEST(BeamSearch, FindsTheWordThatBeginsWithTheSecondBestLetter) {
    expect_words(search(garden_path(), {.width = 2}, 5), {{{b_, end_}, 0.35 * 0.9}, {{a_, end_}, 0.6 * 0.4}}, 0,
                 "width 2: after one token a 0.6 and b 0.35, after two b end 0.315 and a end 0.24");
}

TEST(BeamSearch, WidthOneFindsWhatGreedyDecodingFinds) {
    expect_words(search(garden_path(), {.width = 1}, 5), {{{a_, end_}, 0.6 * 0.4}}, 0, "width 1 is greedy");
    for (const Case& c : cases("5.7/seeds")) {
        Draw draw(static_cast<std::uint64_t>(c.number("seed")));
        for (int n = 0; n < 10; ++n) {
            const Tensor<4> table = draw.uniform<4>({3, 29, 29, 29}, 5);
            const DecodingLimits limits{.max_tokens = 8};
            const std::vector<Hypothesis> found = probes::beam_search(table, {.width = 1}, limits);
            ASSERT_EQ(found.size(), 1U) << "a beam of width 1 finds one word";
            ASSERT_EQ(found[0].tokens, probes::greedy_decode(table, limits).tokens)
                << "width 1 and greedy decoding of one model";
        }
    }
}

TEST(BeamSearch, AWholeWordTakesItsPlaceInTheBeamWithIt) {
    // Two places. "a end" is whole after two tokens; one place is left, for b a. With two, b a b end would be found.
    const TreeModel model = TreeModel(4)
                                .after({}, 0.5, 0.3, 0.2)
                                .after({a_}, 0.3, 0.2, 0.5)
                                .after({b_}, 0.6, 0.1, 0.3)
                                .after({b_, a_}, 0.5, 0.4, 0.1)
                                .after({b_, a_, a_}, 0.3, 0.2, 0.5)
                                .after({b_, a_, b_}, 0.001, 0.001, 0.998);
    expect_words(search(model, {.width = 2}, 6), {{{a_, end_}, 0.25}, {{b_, a_, a_, end_}, 0.3 * 0.6 * 0.5 * 0.5}}, 0,
                 "width 2: once a end is whole, one beginning goes on, not two: b a, then b a a");
    // Here the empty word is whole after one token.
    const TreeModel short_words = TreeModel(2).after({}, 0.2, 0.1, 0.7).after({a_}, 0.1, 0.1, 0.8);
    expect_words(search(short_words, {.width = 2}, 6), {{{end_}, 0.7}, {{a_, end_}, 0.2 * 0.8}}, 0,
                 "width 2: the empty word is whole at once, and one place is left");
    expect_words(search(short_words, {.width = 1}, 6), {{{end_}, 0.7}}, 0, "width 1: over after one round");
}

TEST(BeamSearch, KeepsTheBestContinuationsOfAllBeginnings) {
    expect_cases("5.7/beam");
}

TEST(BeamSearch, WideEnoughItFindsEverything) {
    for (const Case& c : cases("5.7/everything")) {
        const std::vector<Hypothesis> found = probes::beam_search(c.in<4>("table"), beam_of(c), limits_of(c));
        double sum = 0;
        for (const Hypothesis& one : found) sum += std::exp(one.log_probability);
        EXPECT_NEAR(sum, 1, 1e-4) << c.name()
                                  << ": the probabilities of all words, and of all that max_tokens cut off, sum to 1";
        for (std::size_t n = 1; n < found.size(); ++n)
            ASSERT_GE(found[n - 1].score, found[n].score)
                << c.name() << ": hypothesis " << n << " has a higher score than the one before";
        std::vector<Hypothesis> sorted = found;
        std::sort(sorted.begin(), sorted.end(),
                  [](const Hypothesis& x, const Hypothesis& y) { return x.tokens < y.tokens; });
        SCOPED_TRACE(
            "rows: all hypotheses by their tokens; columns: log_probability, score, number of tokens, tokens (-1 "
            "behind the last)");
        expect_close(as_table(sorted, c), c, "found", {.absolute = rounding});
    }
}

TEST(BeamSearch, TheLengthPenaltyOrdersTheResult) {
    const TreeModel model = TreeModel(3)
                                .after({}, 0.5, 0.2, 0.3, 1)
                                .after({a_}, 0.3, 0.5, 0.2, -1)
                                .after({b_}, 0.4, 0.4, 0.2)
                                .after({a_, b_}, 0.01, 0.01, 0.98, 4)
                                .after({a_, a_}, 0.01, 0.01, 0.98);
    const Word empty{{end_}, 0.3}, middle{{a_, b_, end_}, 0.25 * 0.98}, other{{a_, a_, end_}, 0.15 * 0.98};
    expect_words(search(model, {.width = 3}, 5), {empty, middle, other}, 0, "length_penalty 0: the likeliest first");
    expect_words(search(model, {.width = 3, .length_penalty = 1}, 5), {middle, empty, other}, 1,
                 "length_penalty 1: log 0.245 / (8 / 6) = -1.05 is above log 0.3 / (6 / 6) = -1.20");
    expect_cases("5.7/penalty");
}

TEST(BeamSearch, EqualsKeepTheOrderOfBeginningsAndTokens) {
    TreeModel model(2);
    model.after({}, 0.4, 0.4, 0.2);
    for (const int letter : {a_, b_}) model.after({letter}, 0.4, 0.4, 0.2);
    expect_words(
        search(model, {.width = 3}, 2), {{{end_}, 0.2}, {{a_, a_}, 0.16}, {{a_, b_}, 0.16}}, 0,
        "a a, a b, b a and b b are equally likely, and two places are left: the earlier beginning's, a's, go on");
    expect_words(search(model, {.width = 2}, 1), {{{a_}, 0.4}, {{b_}, 0.4}}, 0, "a and b are equally likely: a first");
}

TEST(BeamSearch, LargeLogitsDoNotOverflowAndTheImpossibleIsNeverWritten) {
    const double sum = 1 + std::exp(-1.0) + std::exp(-2.0);
    const TreeModel large = TreeModel(1).logits({}, {1000, 999, 998, -infinity});
    expect_words(search(large, {.width = 3}, 1),
                 {{{a_}, 1 / sum}, {{b_}, std::exp(-1.0) / sum}, {{end_}, std::exp(-2.0) / sum}}, 0,
                 "logits 1000 999 998: exp(1000) is infinite, and the softmax is that of 0 -1 -2");
    const TreeModel small = TreeModel(1).logits({}, {-1000, -1001, -1002, -infinity});
    expect_words(search(small, {.width = 1}, 1), {{{a_}, 1 / sum}}, 0,
                 "logits -1000 -1001 -1002: exp(-1000) is 0, and so is the sum");
    const TreeModel odd = TreeModel(2).logits({}, {nan, 0, -infinity, infinity}).logits({b_}, {nan, -infinity, 0, 0});
    expect_words(search(odd, {.width = 4}, 2), {{{b_, end_}, 0.5}, {{b_, start_}, 0.5}}, 0,
                 "only b is possible, then the end or the start: tokens whose logit is not finite have probability 0, "
                 "and a beam may have empty places");
}

TEST(BeamSearch, LimitsAndErrors) {
    const TreeModel model = garden_path();
    expect_words(search(model, {.width = 3}, 0), {{{}, 1}}, 0,
                 "max_tokens 0: the beginning of no tokens is what is left");
    expect_words(search(model, {.width = 3}, 1), {{{a_}, 0.6}, {{b_}, 0.35}, {{end_}, 0.05}}, 0,
                 "max_tokens 1: a and b are left, and count as if they were whole");
    EXPECT_THAT(probes::beam_search.expect_error<std::invalid_argument>(model.table(), {.width = 0}, four_tokens(3)),
                testing::HasSubstr("width"));
    probes::beam_search.expect_error<Error>(TreeModel(1).logits({}, {nan, nan, -infinity, nan}).table(), {.width = 2},
                                            four_tokens(3));
}

}  // namespace
}  // namespace wb
