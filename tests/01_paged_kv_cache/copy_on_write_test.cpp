/// @file
/// Judges exercise 1.3: forks and copy-on-write.
#include "judge/judge.hpp"
#include "table_trace.hpp"

namespace wb {
namespace {

using probes::Outcome;

std::vector<TableSnapshot> run(int num_blocks, int block_size, const std::vector<TableOp>& trace) {
    return wb::run(probes::sharing_trace, num_blocks, block_size, trace);
}

int ref_count(const TableSnapshot& step, BlockId block) {
    const bool known = block >= 0 && static_cast<std::size_t>(block) < step.pool.ref_counts.size();
    return known ? step.pool.ref_counts[static_cast<std::size_t>(block)] : -1;
}

TEST(Fork, SharesEveryBlockAndCopiesNone) {
    const std::vector<TableOp> trace{ops::create(), ops::append(0, 9), ops::fork(0), ops::fork(1),
                                     ops::free(0),  ops::free(1),      ops::free(2)};
    const auto steps = run(8, 4, trace);
    for (std::size_t n = 0; n < trace.size(); ++n) expect_done(steps[n], trace[n]);
    ASSERT_EQ(steps[1].blocks.size(), 3U);
    const int expected_counts[] = {0, 1, 2, 3, 2, 1, 0};
    for (std::size_t n = 1; n < trace.size(); ++n) {
        for (const BlockId block : steps[1].blocks) {
            EXPECT_EQ(ref_count(steps[n], block), expected_counts[n])
                << "after " << words(trace[n]) << ": block " << block << " is held by " << expected_counts[n]
                << " tables";
        }
        EXPECT_EQ(steps[n].pool.num_free, n + 1 < trace.size() ? 5 : 8)
            << "after " << words(trace[n]) << ": a fork takes no block; the blocks are free when the last table is";
    }
    EXPECT_EQ(steps[3].blocks, steps[1].blocks) << "a fork's table names the same blocks";
    EXPECT_EQ(steps[3].num_tokens, 9) << "a fork holds the same tokens";
}

TEST(CopyOnWrite, WriteToASharedLastBlockTakesABlockAndReportsTheCopy) {
    const std::vector<TableOp> trace{ops::create(), ops::append(0, 6), ops::fork(0), ops::append_copy_on_write(1, 1)};
    const auto steps = run(8, 4, trace);
    for (std::size_t n = 0; n < trace.size(); ++n) expect_done(steps[n], trace[n]);
    const TableSnapshot &before = steps[2], &after = steps[3];
    ASSERT_EQ(before.blocks.size(), 2U);
    ASSERT_EQ(after.blocks.size(), 2U) << "the seventh token has room in the second block of 4";
    EXPECT_EQ(after.blocks[0], before.blocks[0]) << "the first block is full: nobody writes to it, so it stays shared";
    EXPECT_EQ(ref_count(after, before.blocks[0]), 2);
    ASSERT_NE(after.blocks[1], before.blocks[1])
        << "the last block is shared: a token written there would be seen by the other table";
    EXPECT_EQ(ref_count(after, before.blocks[1]), 1) << "the shared block loses this table's reference";
    EXPECT_EQ(ref_count(after, after.blocks[1]), 1) << "the block that takes its place is this table's own";
    ASSERT_TRUE(after.copy.has_value()) << "someone has to copy the two tokens that the shared block holds";
    EXPECT_EQ(after.copy->source, before.blocks[1]) << "copied is the shared block";
    EXPECT_EQ(after.copy->destination, after.blocks[1]) << "to the block that takes its place";
    EXPECT_EQ(new_slots(after), std::vector<Slot>{Slot{after.blocks[1]} * 4 + 2})
        << "the seventh token goes to offset 2 of the table's own block, not of the shared one";
}

TEST(CopyOnWrite, ThreeSharersMakeTwoCopies) {
    const std::vector<TableOp> trace{ops::create(),
                                     ops::append(0, 5),
                                     ops::fork(0),
                                     ops::fork(0),
                                     ops::append_copy_on_write(2, 1),
                                     ops::append_copy_on_write(0, 1),
                                     ops::append_copy_on_write(1, 1)};
    const auto steps = run(8, 4, trace);
    for (std::size_t n = 0; n < trace.size(); ++n) expect_done(steps[n], trace[n]);
    EXPECT_TRUE(steps[4].copy.has_value()) << "three tables share the block: the first to write copies";
    EXPECT_TRUE(steps[5].copy.has_value()) << "two tables share the block: the second to write copies";
    EXPECT_FALSE(steps[6].copy.has_value()) << "nobody shares the block any more: the third writes in place";
    EXPECT_EQ(steps[6].blocks, steps[1].blocks) << "the third keeps the block that all three shared";
    EXPECT_EQ(steps[6].pool.num_free, 8 - 4) << "one full block of all three, and a last block for each";
}

TEST(CopyOnWrite, FullSharedBlockIsNotCopied) {
    const std::vector<TableOp> trace{ops::create(), ops::append(0, 8), ops::fork(0), ops::append_copy_on_write(1, 3)};
    const auto steps = run(8, 4, trace);
    for (std::size_t n = 0; n < trace.size(); ++n) expect_done(steps[n], trace[n]);
    EXPECT_FALSE(steps[3].copy.has_value()) << "8 tokens fill two blocks of 4: the ninth goes to a new block";
    EXPECT_EQ(steps[3].pool.num_free, 5) << "two shared blocks and a new one of 8 are held";
    for (const BlockId block : steps[1].blocks)
        EXPECT_EQ(ref_count(steps[3], block), 2) << "full block " << block << " stays shared";
}

TEST(CopyOnWrite, AppendingNothingCopiesNothing) {
    const std::vector<TableOp> trace{ops::create(), ops::append(0, 6), ops::fork(0),
                                     ops::blocks_needed_copy_on_write(1, 0), ops::append_copy_on_write(1, 0)};
    const auto steps = run(8, 4, trace);
    for (std::size_t n = 0; n < trace.size(); ++n) expect_done(steps[n], trace[n]);
    EXPECT_EQ(steps[3].result, 0) << "no token, no block";
    expect_unchanged(steps[2], steps[4], "append_copy_on_write(0) on a shared block with room");
}

TEST(CopyOnWrite, BlocksNeededCountsTheCopy) {
    // The table's length when it was forked, the tokens to append, the blocks due with block_size 4.
    const int expected[][3] = {{6, 1, 1}, {6, 2, 1}, {6, 3, 2}, {6, 7, 3}, {8, 1, 1}, {8, 4, 1}, {8, 5, 2}, {0, 1, 1}};
    for (const auto& [length, count, needed] : expected) {
        const std::vector<TableOp> trace{ops::create(),
                                         ops::append(0, length),
                                         ops::fork(0),
                                         ops::blocks_needed_copy_on_write(0, count),
                                         ops::append_copy_on_write(0, count),
                                         ops::blocks_needed_copy_on_write(1, 1)};
        const auto steps = run(16, 4, trace);
        for (std::size_t n = 0; n < trace.size(); ++n) expect_done(steps[n], trace[n]);
        const std::string what =
            std::to_string(count) + " tokens after " + std::to_string(length) + " in a forked table, block_size 4";
        EXPECT_EQ(steps[3].result, needed) << "blocks_needed_copy_on_write: " << what;
        EXPECT_EQ(steps[2].pool.num_free - steps[4].pool.num_free, needed) << "blocks taken: " << what;
        EXPECT_EQ(steps[5].result, length % 4 == 0 ? 1 : 0)
            << "after the first table's append the last block is the second's alone: " << what;
    }
}

TEST(CopyOnWrite, CopyIsAllOrNothing) {
    const std::vector<TableOp> trace{ops::create(),
                                     ops::append(0, 6),
                                     ops::fork(0),
                                     ops::append_copy_on_write(1, 3),  // a copy and a block: one too many
                                     ops::append_copy_on_write(1, -1),
                                     ops::append_copy_on_write(1, 2),
                                     ops::fork(1),
                                     ops::append_copy_on_write(1, 1)};
    const auto steps = run(3, 4, trace);
    EXPECT_EQ(steps[3].outcome, Outcome::out_of_blocks)
        << "3 tokens need a copy of the last block and a new block, and one block is free: expected OutOfBlocks, got "
        << probes::outcome_name(steps[3].outcome);
    expect_unchanged(steps[2], steps[3], "a copy on write that found too few blocks");
    EXPECT_EQ(steps[4].outcome, Outcome::invalid_argument) << "-1 tokens";
    expect_unchanged(steps[2], steps[4], "append_copy_on_write(-1)");
    expect_done(steps[5], trace[5]);
    EXPECT_EQ(steps[7].outcome, Outcome::out_of_blocks) << "a full block and an empty pool: a new block is due";
}

TEST(CopyOnWrite, TenThousandOperationsAgreeWithTheModel) {
    constexpr int num_blocks = 48, block_size = 4;  // large enough for some hundred copies, too small for all
    for (const Case& c : cases("1.3/random")) {
        Draw draw(static_cast<std::uint64_t>(c.number("seed")));
        const std::vector<TableOp> trace = random_table_trace(true, draw);
        expect_model_agrees(num_blocks, block_size, trace, run(num_blocks, block_size, trace));
    }
}

}  // namespace
}  // namespace wb
