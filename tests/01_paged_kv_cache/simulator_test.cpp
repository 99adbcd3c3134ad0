/// @file
/// Judges exercise 1.8: the simulator, exactly. Small traces by hand, and random ones against a walk token by token.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "simulator_case.hpp"
#include "simulator_probes.hpp"

namespace wb {

/// As a failure's text shows it.
static void PrintTo(const StepTotals& t, std::ostream* out) {
    *out << t.steps << " steps, running " << t.running << ", tokens " << t.slots.tokens << ", reserved "
         << t.slots.reserved << ", internal " << t.slots.internal << ", external " << t.slots.external;
}
static void PrintTo(const RequestSteps& steps, std::ostream* out) {
    *out << "admitted in " << steps.admitted << ", finished in " << steps.finished;
}

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr SimulatorOptions paged{KvSystem::paged, 32, 32, 4, 0};  // 8 blocks of 4

SimulatorOptions contiguous(KvSystem system, int num_slots, int max_len) {
    return {system, num_slots, max_len, 16, 0};
}

void expect_family(const std::string& family) {
    for (const Case& c : cases("1.8/" + family)) {
        const SimulationResult result = probes::simulate(options_of(c), requests_of(c));
        {
            SCOPED_TRACE("a row for each request; columns: admitted, finished");
            expect_close(times_of(result), c, "times", {});
        }
        {
            SCOPED_TRACE("rows: busy, saturated; columns: steps, running, tokens, reserved, internal, external");
            expect_close(totals_of(result), c, "totals", {});
        }
        expect_close(preemptions_of(result), c, "preemptions", {});
    }
}

TEST(Simulator, OneRequestByHand) {
    const SimulationResult result = probes::simulate(paged, {{0.5, 3, 3}});
    EXPECT_THAT(result.requests, ElementsAre(RequestSteps{1, 3})) << "it is there in step 1, and writes in 1, 2 and 3";
    EXPECT_EQ(result.busy, (StepTotals{3, 3, {4 + 5 + 6, 0 + 1 + 0, 0 + 2 + 2, 28 + 24 + 24}}))
        << "4, 5 and 6 tokens in 1, 2 and 2 blocks of 4: in step 2 one slot is still to be used, and two never will be";
    EXPECT_EQ(result.saturated, StepTotals{}) << "nobody ever waits";
    EXPECT_EQ(result.preemptions, 0);

    const SimulationResult none = probes::simulate(paged, {});
    EXPECT_EQ(none.busy, StepTotals{}) << "no requests, no steps";
}

TEST(Simulator, BlockedHeadStopsTheOthers) {
    // A pool of 16 slots. The head of the queue needs all of it; the small one behind it would fit, and waits.
    const std::vector<TraceRequest> requests{{0, 4, 4}, {0, 8, 8}, {0, 1, 1}};
    const SimulationResult result = probes::simulate(contiguous(KvSystem::orca_oracle, 16, 16), requests);
    EXPECT_THAT(result.requests, ElementsAre(RequestSteps{0, 3}, RequestSteps{4, 11}, RequestSteps{12, 12}))
        << "first come, first served; memory is free in the step after the last token";
    EXPECT_EQ(result.busy.steps, 13);
    EXPECT_EQ(result.saturated.steps, 12) << "someone waits in every step but the last";
}

TEST(Simulator, LackOfBlocksPreemptsTheLatestArrival) {
    // 4 blocks of 4. A (3 + 9) and B (3 + 6) hold a block each at first, and C (1 + 2) one. In step 1 A takes the fourth;
    // B lacks one, and the latest to arrive is C.
    const SimulatorOptions four_blocks{KvSystem::paged, 16, 16, 4, 0};
    const SimulationResult result = probes::simulate(four_blocks, {{0, 3, 9}, {0, 3, 6}, {0, 1, 2}});
    EXPECT_EQ(result.preemptions, 2) << "C in step 1; in step 5 A needs its third block, and B has to go";
    EXPECT_THAT(result.requests, ElementsAre(RequestSteps{0, 8}, RequestSteps{0, 9}, RequestSteps{0, 9}))
        << "B waits at the head of the queue with its 5 tokens and needs 3 blocks for 9, so it is back when A has "
           "ended; "
           "C, behind it, has one token to write";
}

TEST(Simulator, WatermarkGuardsAdmissionsOnly) {
    // 4 blocks of 4, of which admissions leave 1 free.
    const SimulatorOptions four_blocks{KvSystem::paged, 16, 12, 4, 0.25};
    const SimulationResult result = probes::simulate(four_blocks, {{0, 5, 7}, {0, 5, 4}});
    EXPECT_THAT(result.requests, ElementsAre(RequestSteps{0, 6}, RequestSteps{7, 10}))
        << "A has 2 blocks; B needs 2 of the 2 that are free, and one of them is the watermark";
    const SimulationResult grows = probes::simulate(four_blocks, {{0, 3, 7}, {0, 3, 5}});
    EXPECT_EQ(grows.preemptions, 0) << "A and B hold a block each, then 2: the appends use the watermark's block";
    EXPECT_THAT(grows.requests, ElementsAre(RequestSteps{0, 6}, RequestSteps{0, 4}));
}

TEST(Simulator, SkipsStepsInWhichNothingRuns) {
    const SimulationResult result = probes::simulate(paged, {{1e9, 3, 2}, {0, 3, 2}});
    EXPECT_THAT(result.requests, ElementsAre(RequestSteps{1000000000, 1000000001}, RequestSteps{0, 1}));
    EXPECT_EQ(result.busy.steps, 4) << "a billion idle steps are neither walked nor counted";
}

TEST(Simulator, ContiguousRunsMatchTheWalkTokenByToken) {
    expect_family("contiguous");
}

TEST(Simulator, PagedRunsMatchTheWalkTokenByToken) {
    expect_family("paged");
}

TEST(Simulator, RefusesWhatCanNeverEnd) {
    const auto error = [](const SimulatorOptions& options, const std::vector<TraceRequest>& requests) {
        return probes::simulate.expect_error<std::invalid_argument>(options, requests);
    };
    const TraceRequest fine{0, 3, 3};
    EXPECT_THAT(error(paged, {fine, {0, 30, 3}}), HasSubstr("request 1")) << "33 tokens in a context of 32";
    EXPECT_THAT(error(paged, {{0, 0, 3}}), HasSubstr("request 0"));
    EXPECT_THAT(error(paged, {fine, fine, {0, 3, 0}}), HasSubstr("request 2"));
    for (const double arrival : {-1.0, std::nan(""), std::numeric_limits<double>::infinity(), 1e300}) {
        EXPECT_THAT(error(paged, {fine, {arrival, 3, 3}}), HasSubstr("request 1")) << "an arrival at " << arrival;
    }
    EXPECT_THAT(error({KvSystem::paged, 32, 32, 4, 0.1}, {fine, {0, 20, 12}}), HasSubstr("request 1"))
        << "8 blocks in the end, and one for the watermark, of 8";
    EXPECT_EQ(probes::simulate({KvSystem::paged, 32, 32, 4, 0.1}, {{0, 20, 8}}).busy.steps, 8) << "7 and 1 of 8";
    EXPECT_THAT(error(contiguous(KvSystem::orca_max, 24, 20), {fine}), HasSubstr("request 0"))
        << "20 slots take a chunk of 32, and a pool of 24 is 16 and 8";
    for (const SimulatorOptions& options :
         {SimulatorOptions{KvSystem::paged, -1, 32, 4, 0}, SimulatorOptions{KvSystem::paged, 32, 0, 4, 0},
          SimulatorOptions{KvSystem::paged, 32, 32, 0, 0}, SimulatorOptions{KvSystem::paged, 32, 32, 4, -0.1},
          SimulatorOptions{KvSystem::paged, 32, 32, 4, 1.1},
          SimulatorOptions{KvSystem::paged, 32, 32, 4, std::nan("")}}) {
        error(options, {});
    }
}

}  // namespace
}  // namespace wb
