/// @file
/// Judges exercise 1.7: the buddy allocator. The contract decides where each chunk lies, so starts are compared too.
#include <algorithm>
#include <map>
#include <string>

#include "judge/judge.hpp"
#include "rival_case.hpp"
#include "rival_probes.hpp"

namespace wb {

/// As a failure's text shows it.
static void PrintTo(const Chunk& chunk, std::ostream* out) {
    *out << chunk.size << " slots from " << chunk.start;
}

namespace {

using probes::BuddyOp;
using probes::BuddySnapshot;
using probes::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto allocate = BuddyOp::Kind::allocate;
constexpr auto free_chunk_of = BuddyOp::Kind::free_chunk_of;
constexpr auto free_at = BuddyOp::Kind::free_at;
constexpr BuddyOp list{BuddyOp::Kind::list_free_chunks, 0};

/// Asks for the trace; ends the test when a snapshot is missing. Snapshot 0 is before the first operation, n + 1 after operation n.
std::vector<BuddySnapshot> run(int num_slots, const std::vector<BuddyOp>& trace) {
    auto steps = probes::buddy_trace(num_slots, trace);
    if (steps.size() != trace.size() + 1) stop_test("the driver took " + std::to_string(steps.size()) + " snapshots");
    return steps;
}

std::vector<Chunk> free_chunks_of_a_new_pool(int num_slots) {
    return run(num_slots, {list})[1].free_chunks;
}

/// [operations, 4], as the case maker writes it.
Tensor<2, double> answers_of(const std::vector<BuddySnapshot>& steps) {
    Tensor<2, double> answers = zeros<2, double>({steps.size() - 1, 4});
    for (std::size_t n = 0; n + 1 < steps.size(); ++n) {
        const BuddySnapshot& step = steps[n + 1];
        if (step.outcome != Outcome::done)
            stop_test("operation " + std::to_string(n) + " is allowed, but threw " + outcome_name(step.outcome) + ": " +
                      step.message);
        answers(n, 0) = step.has_chunk ? step.chunk.start : -1;
        answers(n, 1) = step.has_chunk ? step.chunk.size : 0;
        answers(n, 2) = step.num_free;
        answers(n, 3) = step.largest_free;
    }
    return answers;
}

void expect_family(const std::string& family) {
    for (const Case& c : cases("1.7/" + family)) {
        SCOPED_TRACE("a row for each operation; columns: start (-1: no room), size, num_free, largest_free");
        const auto num_slots = static_cast<int>(c.number("num_slots"));
        expect_close(answers_of(run(num_slots, trace_of(c.in<2, double>("trace")))), c, "answers", {});
    }
}

TEST(BuddyAllocator, CutsAPoolOfAnySizeIntoPowersOfTwo) {
    EXPECT_THAT(free_chunks_of_a_new_pool(24), ElementsAre(Chunk{0, 16}, Chunk{16, 8})) << "24 = 16 + 8";
    EXPECT_THAT(free_chunks_of_a_new_pool(15728),
                ElementsAre(Chunk{0, 8192}, Chunk{8192, 4096}, Chunk{12288, 2048}, Chunk{14336, 1024},
                            Chunk{15360, 256}, Chunk{15616, 64}, Chunk{15680, 32}, Chunk{15712, 16}))
        << "the largest first, or a chunk would not start at a multiple of its size";
    EXPECT_THAT(free_chunks_of_a_new_pool(1), ElementsAre(Chunk{0, 1}));
    EXPECT_THAT(free_chunks_of_a_new_pool(0), IsEmpty()) << "a pool without slots is allowed";
    EXPECT_THAT(free_chunks_of_a_new_pool(1 << 30), ElementsAre(Chunk{0, 1 << 30}));
    EXPECT_THAT(probes::buddy_trace.expect_error<std::invalid_argument>(-1, {}), HasSubstr("-1"));
}

TEST(BuddyAllocator, ChunksAreAlignedAndDisjoint) {
    for (const Case& c : cases("1.7/traces")) {
        SCOPED_TRACE(c.name());
        const auto trace = trace_of(c.in<2, double>("trace"));
        const auto num_slots = static_cast<int>(c.number("num_slots"));
        const auto steps = run(num_slots, trace);
        std::map<int, int> held;  // start -> end
        for (std::size_t n = 0; n < trace.size(); ++n) {
            const BuddySnapshot& step = steps[n + 1];
            if (trace[n].kind == free_chunk_of) {
                held.erase(steps[static_cast<std::size_t>(trace[n].value) + 1].chunk.start);
                continue;
            }
            if (!step.has_chunk) continue;
            const auto [start, size] = step.chunk;
            ASSERT_GE(size, trace[n].value) << "operation " << n << " asked for more slots than it was given";
            ASSERT_LT(size, 2 * trace[n].value) << "operation " << n << ": half of this chunk would do";
            ASSERT_TRUE(start >= 0 && start % size == 0) << "a chunk of " << size << " starts at " << start
                                                         << ", which is no multiple of its size: it has no buddy";
            ASSERT_LE(start + size, num_slots) << "the chunk ends past the pool";
            const auto next = held.lower_bound(start);
            ASSERT_TRUE((next == held.end() || next->first >= start + size) &&
                        (next == held.begin() || std::prev(next)->second <= start))
                << "operation " << n << " was given " << size << " slots from " << start << ", some of which are held";
            held[start] = start + size;
        }
    }
}

TEST(BuddyAllocator, HalvesTheSmallestChunkThatIsLargeEnough) {
    const auto steps = run(24, {{allocate, 3}, {allocate, 5}, list});
    EXPECT_EQ(steps[1].chunk, (Chunk{16, 4})) << "the 8 is smaller than the 16 and large enough for 3";
    EXPECT_EQ(steps[2].chunk, (Chunk{0, 8})) << "what is left of the 8 is too small for 5; the 16 gives its lower half";
    EXPECT_THAT(steps[3].free_chunks, ElementsAre(Chunk{8, 8}, Chunk{20, 4}));
    expect_family("allocations");
}

TEST(BuddyAllocator, FreeBuddiesMergeAsFarAsTheyCan) {
    const auto steps = run(16, {{allocate, 4},
                                {allocate, 4},
                                {allocate, 4},
                                {allocate, 4},
                                {free_at, 4},
                                {free_at, 8},
                                list,
                                {free_at, 0},
                                list,
                                {free_at, 12},
                                list});
    EXPECT_THAT(steps[7].free_chunks, ElementsAre(Chunk{4, 4}, Chunk{8, 4}))
        << "4..7 and 8..11 are neighbours, not buddies: the buddy of 4..7 is 0..3";
    EXPECT_THAT(steps[9].free_chunks, ElementsAre(Chunk{0, 8}, Chunk{8, 4})) << "0..3 and 4..7 merge";
    EXPECT_THAT(steps[11].free_chunks, ElementsAre(Chunk{0, 16})) << "8..15 merges, and then with 0..7";
    EXPECT_EQ(steps[11].largest_free, 16);
    expect_family("traces");
}

TEST(BuddyAllocator, BuddyIsFreeOnlyAsAWhole) {
    const auto steps = run(16, {{allocate, 8}, {allocate, 4}, {allocate, 4}, {free_at, 8}, {free_at, 0}, list});
    EXPECT_THAT(steps[6].free_chunks, ElementsAre(Chunk{0, 8}, Chunk{8, 4}))
        << "a free chunk of 4 starts where the buddy of 0..7 does, but 12..15 is held";
}

TEST(BuddyAllocator, NoRoomIsAnAnswerThatChangesNothing) {
    const auto steps =
        run(24, {{allocate, 9}, {allocate, 9}, {allocate, 25}, {allocate, 1 << 30}, {allocate, 8}, list});
    EXPECT_TRUE(steps[1].has_chunk) << "9 slots fit the chunk of 16";
    for (const std::size_t n : {2U, 3U, 4U}) {
        EXPECT_STREQ(outcome_name(steps[n].outcome), "no exception")
            << "no room is std::nullopt, not an exception: " << steps[n].message;
        EXPECT_FALSE(steps[n].has_chunk) << "operation " << n - 1 << " was given a chunk that does not exist";
        EXPECT_EQ(steps[n].num_free, 8) << "an allocation that fails changes nothing";
        EXPECT_EQ(steps[n].largest_free, 8) << "nor does it split anything";
    }
    EXPECT_EQ(steps[5].chunk, (Chunk{16, 8}));
    EXPECT_THAT(steps[6].free_chunks, IsEmpty());
    EXPECT_EQ(steps[6].largest_free, 0) << "nothing can be allocated from a full pool";

    const auto refused = run(24, {{allocate, 0}, {allocate, -5}, list});
    for (const std::size_t n : {1U, 2U})
        EXPECT_STREQ(outcome_name(refused[n].outcome), "std::invalid_argument") << "a count below 1";
    EXPECT_THAT(refused[2].message, HasSubstr("-5"));
    EXPECT_EQ(refused[3].free_chunks.size(), 2U);
}

TEST(BuddyAllocator, RefusesToFreeWhatIsNotHeld) {
    const auto steps = run(16, {{allocate, 8},
                                {allocate, 8},
                                {free_at, 0},
                                {free_at, 0},
                                {free_at, 4},
                                {free_at, 12},
                                {free_at, -1},
                                {free_at, 16},
                                {free_at, 1 << 30},
                                list});
    EXPECT_STREQ(outcome_name(steps[3].outcome), "no exception") << steps[3].message;
    const std::pair<std::size_t, std::string> refused[] = {{4, "slot 0"},  {5, "slot 4"},  {6, "slot 12"},
                                                           {7, "slot -1"}, {8, "slot 16"}, {9, "slot 1073741824"}};
    for (const auto& [n, slot] : refused) {
        EXPECT_STREQ(outcome_name(steps[n].outcome), "std::invalid_argument")
            << slot << " starts no held chunk: it was freed before, lies inside a chunk, or is not the pool's";
        EXPECT_THAT(steps[n].message, HasSubstr(slot)) << "the message names the slot";
        EXPECT_EQ(steps[n].num_free, 8) << "an error changes nothing";
    }
    EXPECT_THAT(steps[10].free_chunks, ElementsAre(Chunk{0, 8}));
}

}  // namespace
}  // namespace wb
