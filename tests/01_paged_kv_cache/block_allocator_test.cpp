/// @file
/// Judges exercise 1.1: the block allocator. Which block is handed out is the allocator's choice, so nothing expects a number.
#include <algorithm>
#include <set>

#include "block_probes.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

using probes::AllocatorOp;
using probes::Outcome;

TEST(BlockAllocator, HandsOutEveryBlockOnce) {
    const auto steps = probes::allocator_trace(4, std::vector<AllocatorOp>(5));
    ASSERT_EQ(steps.size(), 5U);
    std::set<BlockId> blocks;
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(steps[i].outcome, Outcome::done);
        EXPECT_TRUE(blocks.insert(steps[i].block).second) << "block " << steps[i].block << " was handed out twice";
    }
    EXPECT_EQ(steps[4].outcome, Outcome::out_of_blocks) << "a pool of 4 has no fifth block";
}

}  // namespace
}  // namespace wb
