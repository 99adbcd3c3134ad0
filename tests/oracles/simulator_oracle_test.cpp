/// @file
/// The oracles of exercises 1.7 and 1.8 against counts by hand and against each other.
#include "simulator_oracle.hpp"

#include <gtest/gtest.h>

#include "rivals_oracle.hpp"
#include "workload_oracle.hpp"

namespace wb {
namespace {

TEST(RivalsOracle, PoolOf24ByHand) {
    oracle::BuddyPool pool(24);
    EXPECT_EQ(pool.free_chunks().size(), 2U) << "16 and 8";
    EXPECT_EQ(pool.allocate(3)->start, 16) << "the lower half of the 8";
    EXPECT_EQ(pool.allocate(5)->start, 0) << "the lower half of the 16";
    EXPECT_EQ(pool.num_free(), 12);
    EXPECT_EQ(pool.largest_free(), 8);
    pool.free(16);
    pool.free(0);
    EXPECT_EQ(pool.free_chunks().size(), 2U) << "merged";
    EXPECT_FALSE(pool.allocate(17));
}

TEST(SimulatorOracle, OneRequestByHand) {
    const SimulationResult result = oracle::simulate({KvSystem::paged, 32, 32, 4, 0}, {{0.5, 3, 3}});
    EXPECT_EQ(result.requests.at(0), (RequestSteps{1, 3}));
    EXPECT_EQ(result.busy, (StepTotals{3, 3, {15, 1, 4, 76}}));
}

TEST(SimulatorOracle, AloneARequestIsWhatTheSharesCount) {  // two oracles that share no line
    for (const int block_size : {1, 4, 7}) {
        const TraceRequest request{0, 11, 23};
        const StepTotals busy = oracle::simulate({KvSystem::paged, 64, 64, block_size, 0}, {request}).busy;
        const std::int64_t slots = busy.slots.total() - busy.slots.external;
        EXPECT_EQ(slots, block_size * oracle::block_steps(11, 23, block_size));
        EXPECT_DOUBLE_EQ(oracle::token_share({request}, block_size),
                         static_cast<double>(busy.slots.tokens) / static_cast<double>(slots));
    }
}

TEST(WorkloadOracle, TwoTablesOfTwoBlocksShareOne) {
    EXPECT_DOUBLE_EQ(oracle::sampling_saving({{0, 20, 5}}, 2, 16), 0.25);
}

}  // namespace
}  // namespace wb
