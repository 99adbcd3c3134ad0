/// @file
/// The solution of exercise 1.5 for 10,000 random operations, checked by the judge's model; in the end every block is free.
/// Built by the asan preset too.
#include <gtest/gtest.h>

#include "cache_driver.hpp"
#include "cache_model.hpp"

namespace wb::solutions {
namespace {

class CacheTrace : public testing::TestWithParam<int> {};

TEST_P(CacheTrace, NoBlockLeaksInTenThousandRandomOperations) {
    constexpr int num_blocks = 24, block_size = 4;
    Draw draw(static_cast<std::uint64_t>(GetParam()));
    const std::vector<CacheOp> trace = random_cache_trace(draw, block_size);
    const std::vector<CacheSnapshot> steps = drivers::run_cache_trace(num_blocks, block_size, trace);
    ASSERT_EQ(check_trace(num_blocks, block_size, trace, steps), "");
    int failed = 0, hits = 0;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        failed += steps[i].outcome == probes::Outcome::out_of_blocks ? 1 : 0;
        hits += trace[i].kind == CacheOp::Kind::match && steps[i].result > 0 ? 1 : 0;
    }
    // A run in which the pool was always, or never, large enough, or nothing was found, would show little.
    EXPECT_GT(failed, 100);
    EXPECT_LT(failed, 5000);
    EXPECT_GT(hits, 100);
    EXPECT_EQ(steps.back().num_cached, 0);
    EXPECT_EQ(steps.back().pool.num_free, num_blocks);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CacheTrace, testing::Range(1, 6));

}  // namespace
}  // namespace wb::solutions
