/// @file
/// Judges exercise 5.7: greedy decoding of models that are tables.
#include <algorithm>
#include <cmath>
#include <limits>

#include "judge/draw.hpp"
#include "table_model.hpp"

namespace wb {
namespace {

using probes::GreedyRun;
using Tokens = std::vector<int>;

constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();

GreedyRun greedy(const TreeModel& model, std::size_t max_tokens) {
    return probes::greedy_decode(model.table(), four_tokens(max_tokens));
}

TEST(GreedyDecoding, WritesTheLikeliestTokenUntilTheEnd) {
    // Probabilities are moved by another number in each row: the largest one stays where it is.
    const TreeModel model = TreeModel(4)
                                .after({}, 0.2, 0.5, 0.3, 3)
                                .after({b_}, 0.6, 0.1, 0.3, -8)
                                .after({b_, a_}, 0.5, 0.3, 0.2)
                                .after({b_, a_, a_}, 0.1, 0.2, 0.7, 1);
    const GreedyRun run = greedy(model, 10);
    EXPECT_EQ(run.tokens, (Tokens{b_, a_, a_, end_}))
        << "b 0.5, then a 0.6, a 0.5, end 0.7: without the start, with the end; got " << words_of(run.tokens);
    EXPECT_EQ(run.calls, 4U) << "four tokens, so the model is asked four times";
    for (const Case& c : cases("5.7/seeds")) {
        Draw draw(static_cast<std::uint64_t>(c.number("seed")));
        for (int n = 0; n < 20; ++n) {
            const std::size_t vocabulary = 3 + draw.below(27), end = draw.below(vocabulary),
                              start = draw.below(vocabulary);
            const Tensor<4> table = draw.uniform<4>({3, vocabulary, vocabulary, vocabulary}, 10);
            Tokens expected;
            std::size_t before = start, last = start;
            while (expected.size() < 12 && (expected.empty() || last != end)) {
                const float* row = &table(std::min<std::size_t>(expected.size(), 2), before, last, 0);
                const auto best = static_cast<std::size_t>(std::max_element(row, row + vocabulary) - row);
                expected.push_back(static_cast<int>(best));
                before = last;
                last = best;
            }
            const GreedyRun got = probes::greedy_decode(
                table, {.start = static_cast<int>(start), .end = static_cast<int>(end), .max_tokens = 12});
            ASSERT_EQ(got.tokens, expected) << "a random model of " << vocabulary << " tokens, start " << start
                                            << ", end " << end << ", max_tokens 12";
        }
    }
}

TEST(GreedyDecoding, StopsAtMaxTokens) {
    const TreeModel endless = TreeModel(1).after({}, 0.5, 0.3, 0.2);
    // The table of place 0 goes on for ever, but after `a` it says nothing: all equal, so the lowest token, a.
    const GreedyRun run = greedy(endless, 5);
    EXPECT_EQ(run.tokens, (Tokens(5, a_))) << "max_tokens 5, and the end never comes; got " << words_of(run.tokens);
    EXPECT_EQ(run.calls, 5U) << "five tokens, so the model is asked five times";
    EXPECT_EQ(greedy(endless, 0).tokens, Tokens{}) << "max_tokens 0 is no token at all";
    const TreeModel two = TreeModel(2).after({}, 0.6, 0.2, 0.2).after({a_}, 0.2, 0.2, 0.6);
    EXPECT_EQ(greedy(two, 2).tokens, (Tokens{a_, end_})) << "the end as the second of two tokens still comes in";
    EXPECT_EQ(greedy(two, 1).tokens, (Tokens{a_})) << "max_tokens counts the end: with 1 it does not come in";
    const TreeModel silent = TreeModel(1).after({}, 0.3, 0.3, 0.4);
    EXPECT_EQ(greedy(silent, 5).tokens, (Tokens{end_})) << "a model may end at once";
}

TEST(GreedyDecoding, OfEqualLogitsTheLowestTokenCountsAndNaNNever) {
    const auto first = [](const std::vector<float>& logits) {
        const GreedyRun run = greedy(TreeModel(1).logits({}, logits), 1);
        return run.tokens.size() == 1 ? run.tokens[0] : -1;
    };
    EXPECT_EQ(first({1, 2, 2, 2}), b_) << "logits 1 2 2 2: of equal ones the lowest token counts";
    EXPECT_EQ(first({nan, 1, 2, 0}), end_)
        << "logits NaN 1 2 0: no comparison with NaN is true, so a maximum that begins "
           "with one keeps it";
    EXPECT_EQ(first({1, nan, 2, nan}), end_) << "logits 1 NaN 2 NaN";
    EXPECT_EQ(first({-infinity, -5, nan, -7}), b_) << "logits -inf -5 NaN -7: all below 0";
    EXPECT_EQ(first({1, infinity, 0, nan}), a_) << "logits 1 +inf 0 NaN: +inf is a broken model's; it is never written";
    for (const std::vector<float>& broken :
         {std::vector<float>{nan, nan, nan, nan}, std::vector<float>{-infinity, nan, -infinity, -infinity}}) {
        probes::greedy_decode.expect_error<Error>(TreeModel(1).logits({}, broken).table(), four_tokens(3));
    }
}

}  // namespace
}  // namespace wb
