/// @file
/// Judges the cache of exercise 1.5, by traces. Every trace is also played through a model (cache_model.hpp), which knows what
/// is found, what is counted and what is evicted; the tests here say what they are about, where the model says what is wrong.
#include "cache_model.hpp"
#include "judge/judge.hpp"
#include "pool_model.hpp"

namespace wb {
namespace {

using cache_ops::append;
using cache_ops::insert;
using cache_ops::make_room;
using cache_ops::match;
using cache_ops::start;
using probes::Outcome;

/// Asks for a trace, in a pool of 16 blocks of 4 tokens unless told otherwise; ends the test where the submission's answers
/// part from the model.
std::vector<CacheSnapshot> run(const std::vector<CacheOp>& trace, int num_blocks = 16) {
    std::vector<CacheSnapshot> steps = probes::cache_trace(num_blocks, 4, trace);
    if (const std::string wrong = check_trace(num_blocks, 4, trace, steps); !wrong.empty()) stop_test(wrong);
    return steps;
}

/// 0 0 0 0 1 1 1 1 2 2 2 2 .. : the first `count` tokens of a prompt of blocks that can be told apart by eye.
Tokens prompt(const std::vector<int>& blocks, int rest = 0) {
    Tokens tokens;
    for (const int token : blocks) tokens.insert(tokens.end(), 4, token);
    tokens.insert(tokens.end(), static_cast<std::size_t>(rest), 99);
    return tokens;
}

TEST(PrefixCache, FindsTheBlocksOfAnEarlierRequest) {
    const auto steps =
        run({start(prompt({7, 8, 9}, 2)), insert(0, prompt({7, 8, 9}, 2)), match(prompt({7, 8, 9}, 1)),  // three blocks
             match(prompt({7, 8, 5}, 1)),    // two, and then it is another question
             match(prompt({7, 8}, 3)),       // two
             match(prompt({5, 7, 8}, 1))});  // none
    const std::vector<BlockId>& first = steps[0].blocks;
    ASSERT_EQ(first.size(), 4U);
    EXPECT_EQ(steps[2].blocks, std::vector<BlockId>(first.begin(), first.begin() + 3));
    EXPECT_EQ(steps[3].blocks, std::vector<BlockId>(first.begin(), first.begin() + 2));
    EXPECT_EQ(steps[4].result, 8) << "num_tokens of a match of two blocks of 4";
    EXPECT_EQ(steps[5].result, 0);
}

TEST(PrefixCache, OnlyFullBlocksAreKnown) {
    const auto steps = run({start(prompt({7}, 3)), insert(0, prompt({7}, 3)),  // 7 tokens: one block is full
                            match(prompt({7}, 4)), append(0, 1), insert(0, prompt({7}, 4)), match(prompt({7}, 5))});
    EXPECT_EQ(steps[1].num_cached, 1) << "7 tokens fill one block of 4; the second has a slot that nobody has written";
    EXPECT_EQ(steps[2].result, 4);
    EXPECT_EQ(steps[4].num_cached, 2) << "the eighth token fills the second block";
    EXPECT_EQ(steps[5].result, 8);
}

TEST(PrefixCache, WholePromptLeavesItsLastTokenToCompute) {
    const Tokens all = prompt({7, 8, 9});
    const auto steps = run({start(all), insert(0, all), match(all), match({all.begin(), all.begin() + 9}),
                            match({all.begin(), all.begin() + 4}), match({1}), match({}), start(all), start({})});
    EXPECT_EQ(steps[2].result, 8) << "12 tokens, all known: the last must be computed for its logits, and so its block";
    EXPECT_EQ(steps[3].result, 8) << "9 tokens: the ninth is left";
    EXPECT_EQ(steps[4].result, 0) << "4 tokens: the fourth is left, and half a block is no hit";
    EXPECT_EQ(steps[6].result, 0) << "an empty prompt matches nothing";
    EXPECT_EQ(steps[7].slot_mapping.size(), 1U + 4U) << "a known prompt of 12 tokens: 4 slots are computed again";
}

TEST(PrefixCache, SameTokensBehindAnotherPrefixAreNoHit) {
    const auto steps = run({start(prompt({7, 8}, 1)), insert(0, prompt({7, 8}, 1)), match(prompt({9, 8}, 1)),
                            match(prompt({8}, 1)), match(prompt({8, 7}, 1)), match(prompt({7, 7}, 1))});
    for (int i : {2, 3, 4})
        EXPECT_EQ(steps[static_cast<std::size_t>(i)].result, 0) << "the keys of {8, 8, 8, 8} depend on what is before";
    EXPECT_EQ(steps[5].result, 4);
}

TEST(PrefixCache, CountsOneReferenceForItselfAndOneForEachHolder) {
    const Tokens tokens = prompt({7, 8}, 1);
    const auto steps = run({start(tokens), insert(0, tokens), insert(0, tokens), match(tokens), match(tokens),
                            cache_ops::free(0), cache_ops::free(1), cache_ops::free(2)});
    const auto refs = [&](std::size_t step) {
        return steps[step].pool.ref_counts.at(static_cast<std::size_t>(steps[0].blocks.at(0)));
    };
    EXPECT_EQ(refs(1), 2) << "the table and the cache";
    EXPECT_EQ(refs(2), 2) << "what is known is not taken again when it is inserted again";
    EXPECT_EQ(refs(4), 4) << "and two that matched";
    EXPECT_EQ(refs(7), 1) << "the cache alone";
    EXPECT_EQ(steps[7].num_evictable, 2);
    EXPECT_EQ(steps[7].num_cached, 2) << "blocks stay known when their last table is freed";
}

TEST(PrefixCache, DuplicatesAreLeftOutAndTheirChildrenFound) {
    // Two requests of one batch computed the same two blocks, each its own; the second goes on for a third.
    const auto steps = run({start(prompt({7, 8}, 1)), start(prompt({7, 8, 9}, 1)), insert(0, prompt({7, 8}, 1)),
                            insert(1, prompt({7, 8, 9}, 1)), match(prompt({7, 8, 9}, 1)), cache_ops::free(1)});
    EXPECT_EQ(steps[3].num_cached, 3);
    ASSERT_EQ(steps[4].blocks.size(), 3U);
    EXPECT_EQ(steps[4].blocks[0], steps[0].blocks[0]) << "the block that was known first stays";
    EXPECT_EQ(steps[4].blocks[1], steps[0].blocks[1]) << "the block that was known first stays";
    EXPECT_EQ(steps[4].blocks[2], steps[1].blocks[2]) << "the third is found behind the other request's first two";
    EXPECT_EQ(steps[5].pool.num_free - steps[4].pool.num_free, 3)
        << "the second request's copies of the first two blocks were never known, and its tail has no hash: all are "
           "free";
}

TEST(PrefixCache, EvictsTheLeastRecentlyUsedFirst) {
    std::vector<CacheOp> trace;
    for (int i = 0; i < 4; ++i) {
        trace.push_back(start(prompt({i}, 1)));
        trace.push_back(insert(i, prompt({i}, 1)));
        trace.push_back(cache_ops::free(i));
    }
    trace.push_back(match(prompt({0}, 1)));  // used again: now 1 is the oldest
    trace.push_back(cache_ops::free(4));
    trace.push_back(insert(2, {}));  // nothing
    trace.push_back(make_room(6));   // of 8 blocks 4 are known, 4 free: two must go
    for (int i = 0; i < 4; ++i) trace.push_back(match(prompt({i}, 1)));
    const auto steps = run(trace, 8);
    EXPECT_EQ(steps[15].result, 2);
    EXPECT_EQ(steps[16].result, 4) << "prompt 0 was matched again, so it was used last";
    EXPECT_EQ(steps[17].result, 0) << "prompt 1 was the least recently used";
    EXPECT_EQ(steps[18].result, 0) << "prompt 2 came next";
    EXPECT_EQ(steps[19].result, 4);
}

TEST(PrefixCache, InsertingAgainCountsAsUse) {
    const auto steps = run({start(prompt({1}, 1)), insert(0, prompt({1}, 1)), start(prompt({2}, 1)),
                            insert(1, prompt({2}, 1)), insert(0, prompt({1}, 1)), cache_ops::free(0),
                            cache_ops::free(1), make_room(7), match(prompt({1}, 1)), match(prompt({2}, 1))},
                           8);
    EXPECT_EQ(steps[7].result, 1);
    EXPECT_EQ(steps[8].result, 4) << "prompt 1 was inserted again, after prompt 2";
    EXPECT_EQ(steps[9].result, 0);
}

TEST(PrefixCache, EvictsTheDeepestOfAChainFirst) {
    std::vector<CacheOp> trace{start(prompt({7, 8, 9}, 1)), insert(0, prompt({7, 8, 9}, 1)), cache_ops::free(0)};
    for (int free = 6; free <= 8; ++free) {  // of 8 blocks, 5 are free
        trace.push_back(make_room(free));
        trace.push_back(match(prompt({7, 8, 9}, 1)));
        trace.push_back(cache_ops::free(free - 5));
    }
    const auto steps = run(trace, 8);
    EXPECT_EQ(steps[4].result, 8)
        << "one block evicted: the third. Without its parent a child is never found, so a chain "
           "that loses its root first is lost as a whole";
    EXPECT_EQ(steps[7].result, 4) << "two evicted";
    EXPECT_EQ(steps[10].result, 0) << "all evicted";
}

TEST(PrefixCache, NeverEvictsWhatATableHolds) {
    const auto steps =
        run({start(prompt({7, 8}, 1)), insert(0, prompt({7, 8}, 1)), make_room(8), match(prompt({7, 8}, 1)),
             cache_ops::free(0), make_room(8), cache_ops::free(1), make_room(8)},
            8);
    EXPECT_EQ(steps[2].result, 0) << "both are held by the table that computed them";
    EXPECT_EQ(steps[5].result, 0) << "both are held by the table that matched them";
    EXPECT_EQ(steps[7].result, 2);
    EXPECT_EQ(steps[7].pool.num_free, 8);
}

TEST(PrefixCache, ReusedBlockForgetsItsOldHash) {
    // A pool of two: the second prompt gets the first one's block.
    const auto steps =
        run({start(prompt({7})), insert(0, prompt({7})), cache_ops::free(0), make_room(2), start(prompt({8, 9})),
             match(prompt({7}, 1)), insert(1, prompt({8, 9})), match(prompt({7}, 1)), match(prompt({8}, 1))},
            2);
    EXPECT_EQ(steps[5].result, 0) << "the block holds another prompt's keys now";
    EXPECT_EQ(steps[7].result, 0) << "the block holds another prompt's keys now";
    EXPECT_EQ(steps[8].result, 4);
}

TEST(PrefixCache, TooFewBlocksAreAnErrorThatChangesNothing) {
    const auto steps = run({start(prompt({7}, 1)), insert(0, prompt({7, 8, 9}))});  // two blocks, three full
    EXPECT_EQ(steps[1].outcome, Outcome::invalid_argument);
    EXPECT_EQ(steps[1].num_cached, 0) << "nothing has changed, not even for the blocks that are there";
    EXPECT_TRUE(probes::make_cache(1));
    for (const int block_size : {0, -1}) (void)probes::make_cache.expect_error<std::invalid_argument>(block_size);
}

TEST(StartSequence, ComputesOnlyWhatIsNotFound) {
    const auto steps = run({start(prompt({7, 8}, 2)), insert(0, prompt({7, 8}, 2)), start(prompt({7, 8}, 3))});
    ASSERT_EQ(steps[2].slot_mapping.size(), 1U + 3U) << "8 of 11 tokens are found";
    EXPECT_EQ(steps[2].slot_mapping[1], Slot{steps[2].blocks.at(2)} * 4);
}

TEST(StartSequence, RequestsOfOneBatchDoNotFindEachOther) {
    // All three start before the model has run once: there is nothing yet in the first one's blocks.
    const auto steps = run({start(prompt({7, 8}, 1)), start(prompt({7, 8}, 1)), start(prompt({7, 8}, 2))});
    EXPECT_EQ(steps[1].slot_mapping.size(), 1U + 9U) << "the first request's blocks are allocated, but not computed";
    EXPECT_EQ(steps[2].num_cached, 0) << "a block becomes known by insert(), when it has been computed";
}

TEST(StartSequence, EvictsAsMuchAsItNeedsButNotItsMatch) {
    // A pool of 6: {7, 8} is the least recently used and is just what the new prompt begins with.
    const auto steps = run({start(prompt({7, 8})), insert(0, prompt({7, 8})), cache_ops::free(0), start(prompt({1, 2})),
                            insert(1, prompt({1, 2})), cache_ops::free(1), start(prompt({7, 8, 3, 4}, 1))},
                           6);
    ASSERT_EQ(steps[6].outcome, Outcome::done) << steps[6].message;
    EXPECT_EQ(steps[6].slot_mapping.size(), 1U + 9U);
    EXPECT_EQ(steps[6].num_cached, 3) << "3 blocks are needed and 2 free: one block of {1, 2} goes, and nothing else";
}

TEST(StartSequence, GivesItsMatchBackWhenThePoolIsDry) {
    std::vector<CacheOp> trace{start(prompt({7, 8}, 1)), insert(0, prompt({7, 8}, 1)), cache_ops::free(0),
                               start(prompt({1, 2}))};  // of 6 blocks: 2 known, 2 held
    for (int attempt = 0; attempt < 3; ++attempt) trace.push_back(start(prompt({7, 8, 3, 4}, 1)));  // needs 3 more
    trace.push_back(make_room(4));
    const auto steps = run(trace, 6);
    for (std::size_t attempt = 4; attempt < 7; ++attempt) {
        EXPECT_EQ(steps[attempt].outcome, Outcome::out_of_blocks) << "2 are free, its match is its own, and it needs 3";
        EXPECT_EQ(steps[attempt].num_evictable, 2)
            << "the match's references must be given back: a request that is tried again would pin its prefix for ever";
    }
    EXPECT_EQ(steps[7].result, 2);
}

TEST(StartSequence, PreemptedSequenceFindsWhatItComputed) {
    // Computes 9 tokens, is preempted, comes back twice; counts must not drift.
    Tokens tokens = prompt({7, 8}, 1);
    std::vector<CacheOp> trace{start(tokens), insert(0, tokens), append(0, 3)};
    tokens.insert(tokens.end(), {5, 5, 5});
    trace.push_back(insert(0, tokens));
    for (int back = 1; back <= 2; ++back) {
        trace.push_back(cache_ops::free(back - 1));
        trace.push_back(start(tokens));
        trace.push_back(insert(back, tokens));
    }
    trace.push_back(cache_ops::free(2));
    trace.push_back(make_room(16));
    const auto steps = run(trace);
    EXPECT_EQ(steps[5].slot_mapping.size(), 1U + 4U)
        << "12 tokens, three known blocks: the last block is computed again";
    EXPECT_EQ(steps[8].slot_mapping.size(), 1U + 4U);
    EXPECT_EQ(steps.back().result, 3) << "in the end only the cache holds them, and gives up all three";
    EXPECT_EQ(steps.back().pool.num_free, 16);
}

TEST(PrefixCache, TenThousandOperationsAgreeWithTheModel) {
    for (const Case& c : cases("1.5/random")) {
        Draw draw(static_cast<std::uint64_t>(c.number("seed")));
        const auto steps = run(random_cache_trace(draw, 4), 24);
        EXPECT_EQ(steps.back().pool.num_free, 24) << "all sequences are freed and all is evicted: no block may be left";
    }
}

}  // namespace
}  // namespace wb
