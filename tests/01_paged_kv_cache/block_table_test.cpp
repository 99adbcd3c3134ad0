/// @file
/// Judges exercise 1.2: the block table. The allocator beneath is the submission's own, so nothing expects a block's number.
#include "judge/judge.hpp"
#include "table_trace.hpp"

namespace wb {
namespace {

using probes::Outcome;
using testing::ElementsAre;

std::vector<TableSnapshot> run(int num_blocks, int block_size, const std::vector<TableOp>& trace) {
    return wb::run(probes::table_trace, num_blocks, block_size, trace);
}

TEST(BlockTable, SlotIsBlockTimesSizePlusOffset) {
    // Two tables take turns, so that logical and physical numbers differ.
    std::vector<TableOp> trace{ops::create(),     ops::create(),     ops::append(1, 1),
                               ops::append(0, 4), ops::append(1, 4), ops::append(0, 2)};
    const std::size_t first = trace.size();
    for (int position = 0; position < 6; ++position) trace.push_back(ops::slot(0, position));
    const auto steps = run(8, 4, trace);
    for (std::size_t n = 0; n < trace.size(); ++n) expect_done(steps[n], trace[n]);
    const std::vector<BlockId> blocks = steps[5].blocks;
    ASSERT_EQ(blocks.size(), 2U) << "6 tokens lie in two blocks of 4";
    std::vector<Slot> expected;
    for (int position = 0; position < 6; ++position) {
        const BlockId block = blocks[static_cast<std::size_t>(position / 4)];
        expected.push_back(Slot{block} * 4 + position % 4);
        EXPECT_EQ(steps[first + static_cast<std::size_t>(position)].result, expected.back())
            << "token " << position << " is number " << position % 4 << " in logical block " << position / 4
            << ", physical block " << block << " of size 4";
    }
    EXPECT_EQ(new_slots(steps[5]), std::vector<Slot>(expected.begin() + 4, expected.end()))
        << "append adds the slots of tokens 4 and 5 to slot_mapping, in order";
}

TEST(BlockTable, SlotsHave64Bits) {
    constexpr int huge = 1 << 30;
    std::vector<TableOp> trace;
    for (int table = 0; table < 4; ++table) {
        trace.push_back(ops::create());
        trace.push_back(ops::append(table, 1));
        trace.push_back(ops::slot(table, 0));
    }
    const auto steps = run(4, huge, trace);
    for (std::size_t table = 0; table < 4; ++table) {
        const TableSnapshot &appended = steps[3 * table + 1], &asked = steps[3 * table + 2];
        ASSERT_EQ(appended.blocks.size(), 1U);
        const Slot expected = static_cast<Slot>(appended.blocks[0]) * huge;
        EXPECT_THAT(new_slots(appended), ElementsAre(expected)) << "block " << appended.blocks[0] << " of 2^30 tokens";
        EXPECT_EQ(asked.result, expected) << "block " << appended.blocks[0] << " of 2^30 tokens";
    }
}

TEST(BlockTable, FourthTokenFillsTheBlockAndTheFifthTakesANewOne) {  // the off-by-one at length % block_size == 1
    const std::vector<TableOp> trace{ops::create(), ops::append(0, 3), ops::append(0, 1), ops::append(0, 1)};
    const auto steps = run(2, 4, trace);
    for (std::size_t n = 0; n < 4; ++n) expect_done(steps[n], trace[n]);
    EXPECT_EQ(steps[0].blocks.size(), 0U) << "a table without tokens holds no block";
    EXPECT_EQ(steps[1].blocks.size(), 1U) << "3 tokens lie in one block of 4";
    EXPECT_EQ(steps[2].blocks.size(), 1U) << "4 tokens fill one block of 4; the second is due with token 5";
    ASSERT_EQ(steps[3].blocks.size(), 2U) << "5 tokens need a second block of 4";
    EXPECT_EQ(steps[3].pool.num_free, 0);
    EXPECT_THAT(new_slots(steps[3]), ElementsAre(steps[3].blocks[1] * 4)) << "token 5 goes to slot 0 of the new block";
}

TEST(BlockTable, BlocksNeededIsWhatAppendTakes) {
    std::vector<TableOp> trace{ops::create()};
    std::vector<int> counts;
    for (const int count : {0, 1, 4, 5, 2, 3, 1, 9, 0, 7, 8, 12}) {  // from lengths 0 0 1 5 10 12 15 16 25 25 32 40
        trace.push_back(ops::blocks_needed(0, count));
        trace.push_back(ops::append(0, count));
        counts.push_back(count);
    }
    const auto steps = run(16, 4, trace);
    int tokens = 0;
    for (std::size_t n = 0; n < counts.size(); ++n) {
        const TableSnapshot &before = steps[2 * n], &asked = steps[2 * n + 1], &after = steps[2 * n + 2];
        expect_done(after, trace[2 * n + 2]);
        const int due = (tokens + counts[n] + 3) / 4 - (tokens + 3) / 4;
        tokens += counts[n];
        EXPECT_EQ(asked.result, due) << "blocks_needed(" << counts[n] << ") with " << tokens - counts[n]
                                     << " tokens and block_size 4";
        EXPECT_EQ(before.pool.num_free - after.pool.num_free, due)
            << "append(" << counts[n] << ") with " << tokens - counts[n] << " tokens and block_size 4 takes " << due;
        EXPECT_EQ(after.num_tokens, tokens);
        EXPECT_LT(static_cast<int>(after.blocks.size()) * 4 - tokens, 4) << "a whole block is wasted";
        EXPECT_EQ(new_slots(after).size(), static_cast<std::size_t>(counts[n])) << "one slot for each token";
    }
}

TEST(BlockTable, AppendIsAllOrNothing) {
    const std::vector<TableOp> trace{ops::create(),     ops::append(0, 3), ops::create(),     ops::append(1, 4),
                                     ops::append(0, 6), ops::append(0, 5), ops::append(0, 1), ops::append(0, 1 << 30)};
    const auto steps = run(3, 4, trace);
    expect_done(steps[3], trace[3]);
    EXPECT_EQ(steps[4].outcome, Outcome::out_of_blocks)
        << "3 + 6 tokens need 3 blocks of 4; the table has 1, and 1 is free: expected OutOfBlocks, got "
        << probes::outcome_name(steps[4].outcome);
    EXPECT_EQ(steps[4].blocks, steps[1].blocks) << "append failed: the table must stay";
    EXPECT_EQ(steps[4].num_tokens, 3) << "append failed: not even the one token that would have had room is added";
    EXPECT_EQ(steps[4].pool.num_free, 1) << "append failed: the block that was free is free again";
    EXPECT_EQ(steps[4].pool.ref_counts, steps[3].pool.ref_counts);
    EXPECT_TRUE(new_slots(steps[4]).empty()) << "append failed: slot_mapping must stay";
    expect_done(steps[5], trace[5]);
    EXPECT_EQ(steps[6].outcome, Outcome::out_of_blocks) << "8 tokens fill two blocks, and none is free";
    expect_unchanged(steps[5], steps[6], "append from an empty pool");
    expect_unchanged(steps[5], steps[7], "append of 2^30 tokens");
}

TEST(BlockTable, FreeGivesEveryBlockBackAndTheTableServesAgain) {
    const std::vector<TableOp> trace{ops::create(), ops::append(0, 9), ops::free(0), ops::free(0), ops::append(0, 5)};
    const auto steps = run(3, 4, trace);
    for (std::size_t n = 0; n < trace.size(); ++n) expect_done(steps[n], trace[n]);
    EXPECT_EQ(steps[1].pool.num_free, 0);
    EXPECT_EQ(steps[2].pool.num_free, 3) << "all three blocks are free again";
    EXPECT_TRUE(steps[2].blocks.empty()) << "a freed table names no block: it might soon be another's";
    EXPECT_EQ(steps[2].num_tokens, 0);
    EXPECT_EQ(steps[3].pool.num_free, 3) << "an empty table has nothing to free";
    EXPECT_EQ(new_slots(steps[4]).size(), 5U);
}

TEST(BlockTable, RefusesWhatBreaksItsInvariant) {
    struct {
        TableOp op;
        Outcome expected;
    } const attempts[] = {
        {ops::append(0, -1), Outcome::invalid_argument},   {ops::blocks_needed(0, -1), Outcome::invalid_argument},
        {ops::slot(0, -1), Outcome::out_of_range},         {ops::slot(0, 6), Outcome::out_of_range},
        {ops::slot(0, 8), Outcome::out_of_range},          {ops::take_over(1, 5), Outcome::invalid_argument},
        {ops::take_over(2, 4), Outcome::invalid_argument}, {ops::take_over(0, 1), Outcome::invalid_argument},
        {ops::take_over(1, 0), Outcome::invalid_argument}, {ops::take_over(0, -1), Outcome::invalid_argument},
    };
    std::vector<TableOp> trace{ops::create(), ops::append(0, 6)};
    for (const auto& attempt : attempts) trace.push_back(attempt.op);
    trace.push_back(ops::take_over(2, 5));
    const auto steps = run(6, 4, trace);
    expect_done(steps[1], trace[1]);
    for (std::size_t n = 0; n < std::size(attempts); ++n) {
        const TableSnapshot& step = steps[n + 2];
        EXPECT_EQ(step.outcome, attempts[n].expected)
            << words(attempts[n].op) << " (table 0: 6 tokens, block_size 4) must throw "
            << probes::outcome_name(attempts[n].expected) << ", got " << probes::outcome_name(step.outcome);
        EXPECT_EQ(step.pool.ref_counts, steps[1].pool.ref_counts) << words(attempts[n].op) << " must change nothing";
    }
    expect_done(steps.back(), trace.back());
    EXPECT_EQ(steps.back().blocks.size(), 2U) << "two blocks for 5 tokens are taken over as they are";
    for (const BlockId block : steps.back().blocks) {
        EXPECT_EQ(steps.back().pool.ref_counts.at(static_cast<std::size_t>(block)), 1)
            << "block " << block << ": its maker's reference is taken over, none is added";
    }
    EXPECT_EQ(run(4, 0, {ops::create()})[0].outcome, Outcome::invalid_argument) << "blocks of 0 tokens hold nothing";
}

TEST(BlockTable, TenThousandOperationsAgreeWithTheModel) {
    constexpr int num_blocks = 24, block_size = 4;  // too small for every fifth append
    for (const Case& c : cases("1.2/random")) {
        Draw draw(static_cast<std::uint64_t>(c.number("seed")));
        const std::vector<TableOp> trace = random_table_trace(false, draw);
        expect_model_agrees(num_blocks, block_size, trace, run(num_blocks, block_size, trace));
    }
}

}  // namespace
}  // namespace wb
