/// @file
/// Judges exercise 1.4: which beams survive, and what becomes of their blocks.
#include <algorithm>
#include <set>

#include "beam_probes.hpp"
#include "judge/draw.hpp"
#include "judge/judge.hpp"
#include "pool_model.hpp"

namespace wb {
namespace {

using probes::BeamOp;
using probes::BeamSnapshot;
using probes::BeamStart;
using probes::Outcome;
using Blocks = std::vector<BlockId>;

// ---- select_beams ----

Tensor<2, double> as_table(const std::vector<BeamChoice>& choices) {
    Tensor<2, double> table = zeros<2, double>({choices.size(), 3});
    for (std::size_t row = 0; row < choices.size(); ++row) {
        table(row, 0) = choices[row].parent;
        table(row, 1) = choices[row].token;
        table(row, 2) = choices[row].log_prob;
    }
    return table;
}

/// Everything is exact: a double and a float added in double give the oracle's bits.
void expect_choices(const std::string& family) {
    for (const Case& c : cases(family)) {
        const Tensor<1, double> log_probs = c.in<1, double>("log_probs");
        const std::vector<double> beams(log_probs.begin(), log_probs.end());
        const int width = static_cast<int>(c.number("width"));
        SCOPED_TRACE("rows: the survivors, the best first; columns: parent, token, log_prob; width " +
                     std::to_string(width));
        expect_close(as_table(probes::select_beams(beams, c.in<2>("next"), width)), c, "choices", {});
    }
}

TEST(SelectBeams, BestExtensionsOfAllBeamsSurvive) {
    expect_choices("1.4/select/random");
}

TEST(SelectBeams, EqualsKeepTheirOrderAndTheImpossibleIsLeftOut) {
    expect_choices("1.4/select/equal");
    expect_choices("1.4/select/impossible");
    const Tensor<2> two_rows = zeros<2>({2, 5});
    probes::select_beams.expect_error<std::invalid_argument>({0.0, 0.0}, two_rows, 0);
    probes::select_beams.expect_error<ShapeError>({0.0, 0.0, 0.0}, two_rows, 2);
}

// ---- BeamGroup ----

BeamOp step(const std::vector<int>& parents) {
    return {false, parents};
}
BeamOp free_all() {
    return {true, {}};
}

std::string words(const BeamOp& op) {
    return op.free ? "free()" : "step(" + model::list(op.parents) + ")";
}

std::vector<BeamSnapshot> run(const BeamStart& start, const std::vector<BeamOp>& trace) {
    std::vector<BeamSnapshot> steps = probes::beam_trace(start, trace);
    if (steps.size() != trace.size() + 1) stop_test("the driver answered with another number of snapshots");
    return steps;
}

std::vector<Slot> new_slots(const BeamSnapshot& snapshot) {
    if (snapshot.slot_mapping.empty() || snapshot.slot_mapping.front() != probes::earlier_slot) {
        ADD_FAILURE() << "slot_mapping held a slot before; new ones are added to its end, none is taken away";
        return {};
    }
    return {snapshot.slot_mapping.begin() + 1, snapshot.slot_mapping.end()};
}

void expect_done(const BeamSnapshot& snapshot, const BeamOp& op) {
    if (snapshot.outcome == Outcome::done) return;
    stop_test(words(op) + " must succeed, but threw " + probes::outcome_name(snapshot.outcome) + ": " +
              snapshot.message);
}

void expect_unchanged(const BeamSnapshot& before, const BeamSnapshot& after, const std::string& what) {
    EXPECT_EQ(after.blocks, before.blocks) << what << ": the beams must stay";
    EXPECT_EQ(after.num_tokens, before.num_tokens) << what << ": the beams must stay";
    EXPECT_EQ(after.pool.ref_counts, before.pool.ref_counts) << what << ": every ref_count must stay";
    EXPECT_EQ(after.pool.num_free, before.pool.num_free) << what << ": no block may be taken or given up";
    EXPECT_TRUE(new_slots(after).empty()) << what << ": slot_mapping must stay";
}

TEST(BeamGroup, SiblingsShareTheirHistoryAndCopyWhatTheyWrite) {
    // 6 tokens in blocks of 4: {A, B}, B with room for two.
    const std::vector<BeamOp> trace{step({0, 0, 0}), step({0, 1, 1})};
    const auto steps = run({.num_blocks = 12, .block_size = 4, .prompt_len = 6}, trace);
    expect_done(steps[1], trace[0]);
    ASSERT_EQ(steps[1].blocks.size(), 3U) << "three beams";
    const Blocks prompt = steps[0].blocks.at(0);
    std::set<BlockId> last;
    for (const Blocks& beam : steps[1].blocks) {
        ASSERT_EQ(beam.size(), 2U) << "7 tokens lie in two blocks of 4";
        EXPECT_EQ(beam[0], prompt[0]) << "the full block of the prompt is shared by all beams";
        last.insert(beam[1]);
    }
    EXPECT_EQ(last.size(), 3U) << "each beam wrote its own seventh token, so each has a last block of its own";
    EXPECT_TRUE(last.contains(prompt[1])) << "one of the three writes in place";
    EXPECT_EQ(steps[1].copies.size(), 2U) << "the other two copy";
    EXPECT_EQ(steps[1].pool.num_free, 12 - 4);
    EXPECT_EQ(steps[1].num_tokens, (std::vector<int>{7, 7, 7}));

    expect_done(steps[2], trace[1]);  // beam 2 is gone, beam 1 has two children
    ASSERT_EQ(steps[2].blocks.size(), 3U);
    EXPECT_EQ(steps[2].blocks[0], steps[1].blocks[0]) << "an only child goes on with its parent's table";
    EXPECT_EQ(steps[2].copies.size(), 1U) << "of beam 1's two children one copies, one writes in place";
    EXPECT_EQ(steps[2].pool.num_free, 12 - 4) << "the dead beam's last block is free again, the copy took one";
    EXPECT_EQ(new_slots(steps[2]).size(), 3U) << "one slot for each new beam";
}

TEST(BeamGroup, SharingEndsWithTheLastCommonAncestor) {
    const std::vector<BeamOp> trace{step({0, 0}), step({0, 1}), step({0, 1}), step({1, 1}), free_all()};
    const auto steps = run({.num_blocks = 8, .block_size = 2, .prompt_len = 2}, trace);
    for (std::size_t n = 0; n < trace.size(); ++n) expect_done(steps[n + 1], trace[n]);
    ASSERT_EQ(steps[3].blocks.size(), 2U);
    EXPECT_EQ(steps[3].pool.num_free, 8 - 5) << "the prompt's block is shared, two blocks of each beam are not";
    EXPECT_EQ(steps[4].pool.num_free, 8 - 4)
        << "both beams continue old beam 1: prompt, its first block and its second, copied once; beam 0's are free";
    EXPECT_EQ(steps[5].pool.num_free, 8) << "free() gives everything back";
    EXPECT_TRUE(steps[5].blocks.empty()) << "no beam is left";
}

TEST(BeamGroup, BlocksOfChildlessBeamsServeTheOthers) {
    // Blocks of 1: each token takes one. After the first step prompt, 1 + 1 + 1 blocks: the pool is empty.
    const std::vector<BeamOp> trace{step({0, 0, 0}), step({1, 1}), step({}), step({})};
    const auto steps = run({.num_blocks = 4, .block_size = 1, .prompt_len = 1}, trace);
    expect_done(steps[1], trace[0]);
    EXPECT_EQ(steps[1].pool.num_free, 0);
    if (steps[2].outcome == Outcome::out_of_blocks) {
        stop_test(
            "the two new beams need a block each, and beams 0 and 2, which have no children, give up one each. Free "
            "them before anything is allocated, and count their blocks as free");
    }
    expect_done(steps[2], trace[1]);
    EXPECT_EQ(steps[2].pool.num_free, 0) << "the prompt, beam 1's token, and one token for each child";
    expect_done(steps[3], trace[2]);
    EXPECT_EQ(steps[3].pool.num_free, 4) << "a step without survivors frees the group";
    expect_done(steps[4], trace[3]);
}

TEST(BeamGroup, ErrorsChangeNothing) {
    const std::vector<BeamOp> trace{step({0, 0}),    step({0, 0, 0, 1}), step({0, 2}), step({-1}),
                                    step({1, 1, 1}), step({0, 0, 1}),    step({0, 1})};
    const auto steps = run({.num_blocks = 4, .block_size = 4, .prompt_len = 5, .keep_prompt = true}, trace);
    expect_done(steps[1], trace[0]);  // one full block, the prompt's last, a copy for each beam
    ASSERT_EQ(steps[1].pool.num_free, 0)
        << "the prompt's last block is held by someone else too, so both beams copy it";
    for (const std::size_t n : {2U, 5U, 6U}) {
        EXPECT_EQ(steps[n].outcome, Outcome::out_of_blocks)
            << words(trace[n - 1]) << " needs more blocks than childless beams give up: expected OutOfBlocks, got "
            << probes::outcome_name(steps[n].outcome);
        expect_unchanged(steps[1], steps[n], words(trace[n - 1]) + " without enough blocks");
    }
    for (const std::size_t n : {3U, 4U}) {
        EXPECT_EQ(steps[n].outcome, Outcome::out_of_range)
            << words(trace[n - 1]) << " with two old beams, 0 and 1: expected std::out_of_range, got "
            << probes::outcome_name(steps[n].outcome);
        expect_unchanged(steps[1], steps[n], words(trace[n - 1]) + " with a parent that does not exist");
    }
    expect_done(steps[7], trace[6]);
    EXPECT_TRUE(steps[7].copies.empty()) << "each beam has one child, which writes in place";
}

/// Steps of a search of width up to 4: now all from one parent, now each from its own. Whether a parent exists and whether
/// the blocks suffice is known only when the trace is played; the model knows what is due then.
std::vector<BeamOp> random_steps(int count, Draw& draw) {
    std::vector<BeamOp> trace{step({0, 0, 0, 0})};
    while (static_cast<int>(trace.size()) < count - 1) {
        const std::size_t width = draw.below(5) == 0 ? 1 + draw.below(4) : 4, favourite = draw.below(4);
        const bool crowded = draw.below(4) == 0;
        std::vector<int> parents;
        for (std::size_t beam = 0; beam < width; ++beam)
            parents.push_back(static_cast<int>(crowded ? favourite : draw.below(width)));
        trace.push_back(step(parents));
    }
    trace.push_back(free_all());
    return trace;
}

std::vector<model::Holding> holdings(const BeamSnapshot& snapshot) {
    std::vector<model::Holding> beams;
    for (std::size_t beam = 0; beam < snapshot.blocks.size(); ++beam)
        beams.push_back({snapshot.blocks[beam], snapshot.num_tokens.at(beam)});
    return beams;
}

/// One operation checked against the model. @return what is wrong
std::string check(model::PoolModel& model, std::vector<model::Key>& beams, const BeamOp& op, const BeamSnapshot& seen) {
    const bool known = std::all_of(op.parents.begin(), op.parents.end(), [&](int parent) {
        return parent >= 0 && static_cast<std::size_t>(parent) < beams.size();
    });
    std::string wrong;
    if (op.free) {
        for (const model::Key beam : beams) model.remove(beam);
        beams.clear();
        if (seen.outcome != Outcome::done || !seen.blocks.empty()) wrong = "no beam must be left";
    } else if (!known) {
        if (seen.outcome != Outcome::out_of_range)
            wrong = std::string("a parent does not exist: expected std::out_of_range, got ") +
                    probes::outcome_name(seen.outcome);
        if (seen.blocks.size() != beams.size()) wrong = "it failed, so the beams must stay";
    } else {
        wrong = model.step(beams, op.parents, {seen.outcome, holdings(seen), new_slots(seen), seen.copies});
    }
    return wrong.empty() ? model.check(seen.pool) : wrong;
}

TEST(BeamGroup, TenThousandStepsLeakNoBlock) {
    constexpr int traces = 40, steps_of_a_trace = 250;
    for (const Case& c : cases("1.4/random")) {
        Draw draw(static_cast<std::uint64_t>(c.number("seed")));
        for (int n = 0; n < traces; ++n) {
            const BeamStart start{.num_blocks = 64,
                                  .block_size = 1 + static_cast<int>(draw.below(5)),
                                  .prompt_len = static_cast<int>(draw.below(40)),
                                  .keep_prompt = draw.below(2) == 0};
            const std::vector<BeamOp> trace = random_steps(steps_of_a_trace, draw);
            const auto steps = run(start, trace);
            model::PoolModel model(start.num_blocks, start.block_size);
            const std::vector<model::Holding> prompt = holdings(steps[0]);
            if (prompt.size() != 1) stop_test("a new group has one beam, the prompt");
            std::vector<model::Key> beams{model.add(prompt[0])};
            if (start.keep_prompt) model.add(prompt[0]);
            if (const std::string wrong = model.check(steps[0].pool); !wrong.empty()) stop_test("the prompt: " + wrong);
            for (std::size_t at = 0; at < trace.size(); ++at) {
                const std::string wrong = check(model, beams, trace[at], steps[at + 1]);
                if (wrong.empty()) continue;
                stop_test("step " + std::to_string(at) + " of a random search, " + words(trace[at]) + " (prompt of " +
                          std::to_string(start.prompt_len) + " tokens, block_size " + std::to_string(start.block_size) +
                          "): " + wrong);
            }
            EXPECT_EQ(steps.back().pool.num_free,
                      start.num_blocks - (start.keep_prompt ? static_cast<int>(prompt[0].blocks.size()) : 0))
                << "every beam was freed: no block may be left over";
        }
    }
}

}  // namespace
}  // namespace wb
