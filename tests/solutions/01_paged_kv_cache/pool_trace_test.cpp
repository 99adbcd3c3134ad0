/// @file
/// The solutions of chapter 1 share one pool for 10,000 random operations; after each, the pool must look as the model says,
/// and when all is given up, every block must be free. Built by the asan preset too.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "actor.hpp"

namespace wb::solutions {
namespace {

std::vector<std::unique_ptr<Actor>> all_actors() {
    std::vector<std::unique_ptr<Actor>> actors;
    actors.push_back(make_references_actor());
    actors.push_back(make_tables_actor());
    actors.push_back(make_beams_actor());
    actors.push_back(make_beams_actor());
    return actors;
}

class PoolTrace : public testing::TestWithParam<int> {};

TEST_P(PoolTrace, NoBlockLeaksInTenThousandRandomOperations) {
    World world{.draw = Draw(static_cast<std::uint64_t>(GetParam()))};
    const auto actors = all_actors();
    for (int n = 0; n < 10000; ++n) {
        const std::size_t turn = world.draw.below(actors.size());
        std::string wrong = actors[turn]->act(world);
        if (wrong.empty()) wrong = world.model.check(probes::snapshot_of(world.allocator, num_blocks));
        ASSERT_EQ(wrong, "") << "operation " << n << ", by actor " << turn;
    }
    // A run in which the pool was always, or never, large enough would show little.
    EXPECT_GT(world.out_of_blocks, 100);
    EXPECT_LT(world.out_of_blocks, 5000);
    for (const auto& actor : actors) actor->give_up(world);
    EXPECT_EQ(world.model.check(probes::snapshot_of(world.allocator, num_blocks)), "");
    EXPECT_EQ(world.allocator.num_free(), num_blocks);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PoolTrace, testing::Range(1, 6));

}  // namespace
}  // namespace wb::solutions
