/// @file
/// Judges exercise 1.1: the block allocator. Which block is handed out is the allocator's choice, so nothing expects a number.
#include <algorithm>
#include <set>

#include "block_probes.hpp"
#include "judge/draw.hpp"
#include "judge/judge.hpp"
#include "pool_model.hpp"

namespace wb {
namespace {

using probes::AllocatorOp;
using probes::AllocatorSnapshot;
using probes::Outcome;
using Kind = AllocatorOp::Kind;
using testing::HasSubstr;

AllocatorOp allocate() {
    return {Kind::allocate};
}
/// On the block that operation `op` of the trace allocated.
AllocatorOp add_reference(int op) {
    return {Kind::add_reference, op};
}
AllocatorOp release(int op) {
    return {Kind::release, op};
}
/// On a number.
AllocatorOp on(Kind kind, BlockId block) {
    return {kind, -1, block};
}

std::vector<AllocatorSnapshot> run(int num_blocks, const std::vector<AllocatorOp>& trace) {
    const auto steps = probes::allocator_trace(num_blocks, trace);
    if (steps.size() != trace.size()) stop_test("the driver answered with another number of snapshots");
    return steps;
}

/// The pool after a step that failed is the pool before it.
void expect_unchanged(const AllocatorSnapshot& before, const AllocatorSnapshot& after, const std::string& what) {
    EXPECT_EQ(after.pool.num_free, before.pool.num_free) << what << " is an error and must change nothing: num_free";
    EXPECT_EQ(after.pool.ref_counts, before.pool.ref_counts)
        << what << " is an error and must change nothing: ref_counts";
}

void expect_refused(const AllocatorSnapshot& step, const std::string& what, const std::string& text) {
    EXPECT_EQ(step.outcome, Outcome::invalid_argument)
        << what << " must throw std::invalid_argument, got " << probes::outcome_name(step.outcome);
    if (step.outcome == Outcome::invalid_argument) {
        EXPECT_THAT(step.message, HasSubstr(text)) << "the error must name the block";
    }
}

TEST(BlockAllocator, HandsOutEveryBlockOnce) {
    const auto steps = run(4, std::vector<AllocatorOp>(4, allocate()));
    std::set<BlockId> blocks;
    for (int n = 0; n < 4; ++n) {
        const AllocatorSnapshot& step = steps[static_cast<std::size_t>(n)];
        ASSERT_EQ(step.outcome, Outcome::done) << "4 blocks, " << n << " of them held: " << step.message;
        EXPECT_TRUE(step.block >= 0 && step.block < 4) << "block " << step.block << " in a pool of 4";
        EXPECT_TRUE(blocks.insert(step.block).second) << "block " << step.block << " was handed out twice";
        EXPECT_EQ(step.pool.num_blocks, 4);
        EXPECT_EQ(step.pool.num_free, 3 - n) << "after " << n + 1 << " of 4 were handed out";
        for (BlockId block = 0; block < 4; ++block) {
            EXPECT_EQ(step.pool.ref_counts.at(static_cast<std::size_t>(block)), blocks.contains(block) ? 1 : 0)
                << "block " << block << (blocks.contains(block) ? " has one holder" : " has no holder");
        }
    }
}

TEST(BlockAllocator, BlockStaysHeldUntilItsLastReferenceGoes) {
    const auto steps =
        run(1, {allocate(), add_reference(0), add_reference(0), release(0), release(0), release(0), allocate()});
    const int expected_counts[] = {1, 2, 3, 2, 1, 0, 1};
    for (std::size_t n = 0; n < steps.size(); ++n) {
        ASSERT_EQ(steps[n].outcome, Outcome::done) << "operation " << n << ": " << steps[n].message;
        EXPECT_EQ(steps[n].pool.ref_counts.at(0), expected_counts[n])
            << "after operation " << n << " of: allocate, two more references, three releases, allocate";
        EXPECT_EQ(steps[n].pool.num_free, expected_counts[n] == 0 ? 1 : 0)
            << "the block is free when its last holder has released it, not before";
    }
    for (const std::size_t n : {3U, 4U, 5U})
        EXPECT_EQ(steps[n].result, expected_counts[n]) << "release returns the references left";
}

TEST(BlockAllocator, EmptyPoolIsAnErrorThatChangesNothing) {
    const auto steps = run(2, {allocate(), allocate(), allocate(), release(0), allocate()});
    EXPECT_EQ(steps[2].outcome, Outcome::out_of_blocks)
        << "a pool of 2 has no third block: expected OutOfBlocks, got " << probes::outcome_name(steps[2].outcome);
    EXPECT_THAT(steps[2].message, HasSubstr("2")) << "the error must name the pool's size";
    expect_unchanged(steps[1], steps[2], "allocate from an empty pool");
    EXPECT_EQ(steps[4].outcome, Outcome::done) << "one block was released, so one can be had: " << steps[4].message;
    EXPECT_EQ(run(0, {allocate()})[0].outcome, Outcome::out_of_blocks) << "a pool of 0 blocks is a pool, always empty";
    probes::allocator_trace.expect_error<std::invalid_argument>(-1, {});
}

TEST(BlockAllocator, DoubleFreeIsAnErrorThatChangesNothing) {
    const auto steps = run(3, {allocate(), allocate(), release(0), release(0), allocate(), allocate(), allocate()});
    const std::string name = std::to_string(steps[0].block);
    expect_refused(steps[3], "releasing block " + name + ", which is free", name);
    expect_unchanged(steps[2], steps[3], "a double free");
    EXPECT_EQ(steps[6].outcome, Outcome::out_of_blocks)
        << "1 of 3 blocks is held, so 2 more can be had. A double free has put one on the free list twice";
}

TEST(BlockAllocator, FreeBlockGainsNoReference) {
    const auto steps = run(2, {allocate(), release(0), add_reference(0), allocate(), allocate()});
    const std::string name = std::to_string(steps[0].block);
    expect_refused(steps[2], "a reference to block " + name + ", which is free", name);
    expect_unchanged(steps[1], steps[2], "a reference to a free block");
    EXPECT_EQ(steps[3].pool.ref_counts.at(static_cast<std::size_t>(std::clamp(steps[3].block, 0, 1))), 1)
        << "whoever is handed the block must be its only holder";
}

TEST(BlockAllocator, ForeignNumbersAreErrorsThatChangeNothing) {
    const std::pair<Kind, std::string> kinds[] = {
        {Kind::add_reference, "add_reference"}, {Kind::release, "release"}, {Kind::ref_count, "ref_count"}};
    for (const BlockId block : {-1, 3, 4, 1 << 30}) {
        for (const auto& [kind, name] : kinds) {
            const auto steps = run(3, {allocate(), on(kind, block)});
            const std::string what = name + "(" + std::to_string(block) + ") in a pool of blocks 0..2";
            expect_refused(steps[1], what, std::to_string(block));
            expect_unchanged(steps[0], steps[1], what);
        }
    }
}

/// 10,000 operations that ought to work, and attempts on an empty pool; at the end every reference is released.
std::vector<AllocatorOp> random_trace(int num_blocks, Draw& draw) {
    std::vector<AllocatorOp> trace;
    std::vector<int> held;  // a reference each, by the operation that allocated its block
    std::map<int, int> references;
    while (trace.size() < 10000) {
        const int dice = static_cast<int>(draw.below(10));
        if (dice < 4 || held.empty()) {
            if (static_cast<int>(references.size()) < num_blocks) {
                held.push_back(static_cast<int>(trace.size()));
                references[held.back()] = 1;
            }
            trace.push_back(allocate());
        } else {
            const std::size_t place = draw.below(held.size());
            const int op = held[place];
            if (dice < 6) {
                held.push_back(op);
                ++references[op];
                trace.push_back(add_reference(op));
            } else {
                held.erase(held.begin() + static_cast<std::ptrdiff_t>(place));
                if (--references[op] == 0) references.erase(op);
                trace.push_back(release(op));
            }
        }
    }
    for (const int op : held) trace.push_back(release(op));
    return trace;
}

TEST(BlockAllocator, TenThousandOperationsAgreeWithTheModel) {
    constexpr int num_blocks = 32;
    for (const Case& c : cases("1.1/random")) {
        Draw draw(static_cast<std::uint64_t>(c.number("seed")));
        const std::vector<AllocatorOp> trace = random_trace(num_blocks, draw);
        const auto steps = run(num_blocks, trace);
        model::PoolModel model(num_blocks, 1);
        std::map<BlockId, std::vector<model::Key>> holders;
        for (std::size_t n = 0; n < trace.size(); ++n) {
            const AllocatorSnapshot& step = steps[n];
            const char* names[] = {"allocate", "add_reference", "release", "ref_count"};
            const std::string what = "operation " + std::to_string(n) + ", " + names[static_cast<int>(trace[n].kind)] +
                                     " (block " + std::to_string(step.block) + "): ";
            const bool empty = trace[n].kind == Kind::allocate && model.num_free() == 0;
            if (step.outcome != (empty ? Outcome::out_of_blocks : Outcome::done)) {
                stop_test(what + std::to_string(model.num_free()) + " blocks are free, yet it ended with " +
                          probes::outcome_name(step.outcome) + " " + step.message);
            }
            if (empty) continue;
            if (trace[n].kind == Kind::release) {
                if (holders[step.block].empty()) stop_test(what + "nobody holds it");
                model.remove(holders[step.block].back());
                holders[step.block].pop_back();
            } else {
                if (step.block < 0 || step.block >= num_blocks) stop_test(what + "not one of the pool's blocks");
                holders[step.block].push_back(model.add({{step.block}, 0}));
            }
            if (const std::string wrong = model.check(step.pool); !wrong.empty()) stop_test(what + wrong);
        }
        EXPECT_EQ(steps.back().pool.num_free, num_blocks) << "every reference was released: all blocks are free";
    }
}

}  // namespace
}  // namespace wb
