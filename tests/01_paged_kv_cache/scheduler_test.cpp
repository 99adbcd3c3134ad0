/// @file
/// Judges exercise 1.6 by small schedules that can be followed by hand. Each is replayed as well (schedule_replay.hpp): whatever
/// blocks are used, every sequence must read its own tokens. Steps count from 0; blocks have 4 tokens.
#include <limits>

#include "judge/judge.hpp"
#include "pool_model.hpp"
#include "schedule_replay.hpp"

namespace wb {
namespace {

using probes::Arrival;
using probes::Outcome;
using probes::SchedulerOp;
using probes::SchedulerSnapshot;
using probes::Trace;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = SchedulerOp::Kind;

SchedulerOptions pools(int num_gpu_blocks, int num_cpu_blocks = 0, Preemption preemption = Preemption::recompute) {
    return {4, num_gpu_blocks, num_cpu_blocks, 0.0, 64, preemption};
}

/// A request whose sequences all generate max_new_tokens, unless lengths are given.
Arrival request(std::int64_t id, int prompt_len, int max_new_tokens, int num_sequences = 1,
                std::vector<int> lengths = {}, int step = 0) {
    if (lengths.empty()) lengths.assign(static_cast<std::size_t>(num_sequences), max_new_tokens);
    return {step, {id, prompt_len, max_new_tokens, num_sequences}, std::move(lengths)};
}

/// Serves to the end and replays; ends the test unless everybody finishes.
Trace serve(const SchedulerOptions& options, const std::vector<Arrival>& arrivals) {
    Trace trace = probes::serve(options, arrivals, 100);
    if (const std::string wrong = check_schedule(options, arrivals, trace); !wrong.empty()) stop_test(wrong);
    const SchedulerSnapshot& last = trace.at(trace.size() - 1);
    if (!last.waiting.empty() || !last.running.empty() || !last.preempted.empty()) {
        stop_test("after 100 steps " + model::list(last.waiting) + " wait, " + model::list(last.running) + " run and " +
                  model::list(last.preempted) + " are preempted: somebody waits for ever");
    }
    EXPECT_EQ(last.gpu.num_free, options.num_gpu_blocks) << "all have ended: the GPU pool must be free";
    EXPECT_EQ(last.cpu.num_free, options.num_cpu_blocks) << "all have ended: the CPU pool must be free";
    return trace;
}

SchedulerOp op(Kind kind, const Request& request = {}, int sequence = 0) {
    return {kind, request, sequence};
}

TEST(Scheduler, AdmitsFirstComeFirstServed) {
    // 20 needs 6 + 1 blocks, and 6 of 8 are free beside 30. 10 would fit, and must wait behind 20.
    const Trace trace =
        serve(pools(8), {request(30, 8, 4, 1, {2}), request(20, 24, 4, 1, {1}), request(10, 4, 4, 1, {1})});
    EXPECT_THAT(trace[0].plan.admitted, ElementsAre(30)) << "20 does not fit yet, and stops 10, which would";
    EXPECT_THAT(trace[0].waiting, ElementsAre(20, 10)) << "in order of arrival, not of id";
    EXPECT_THAT(trace[1].plan.admitted, IsEmpty());
    ASSERT_GE(trace.size(), 3U);
    EXPECT_THAT(trace[2].plan.admitted, ElementsAre(20, 10)) << "30 has ended after its second step: both fit now";
    EXPECT_EQ(trace[2].plan.slot_mapping.size(), 24U + 4U)
        << "their whole prompts are computed in the step that admits them";
}

TEST(Scheduler, AdmissionSaysNowLaterOrNever) {
    const SchedulerOptions options{4, 16, 0, 0.125, 4, Preemption::recompute};  // the watermark is 2 blocks
    constexpr int huge = std::numeric_limits<int>::max();
    const std::tuple<Request, Admission, const char*> empty_pool[] = {
        {{1, 16, 16, 1}, Admission::now, "4 + 1 + 2 of 16 blocks"},
        {{1, 40, 12, 1}, Admission::now, "at most 13 + 1 blocks and 2: just fits"},
        {{1, 40, 13, 1}, Admission::never, "at most 14 + 1 blocks and 2: one too many"},
        {{1, 12, 12, 2}, Admission::now, "at most 2 * (6 + 1) blocks and 2: just fits"},
        {{1, 12, 13, 2}, Admission::never, "at most 2 * (7 + 1) blocks and 2"},
        {{1, 1, 1, 5}, Admission::never, "5 sequences, and max_sequences is 4"},
        {{1, huge, huge, 1}, Admission::never, "prompt_len + max_new_tokens is more than an int holds"},
    };
    const std::tuple<Request, Admission, const char*> beside_one[] = {
        {{1, 20, 4, 1}, Admission::now, "5 + 1 + 2 of the 8 blocks that are free"},
        {{1, 21, 4, 1}, Admission::later, "6 + 1 + 2, and 8 blocks are free"},
        {{1, 4, 4, 3}, Admission::now, "1 + 3 + 2 blocks; 4 sequences"},
        {{1, 4, 4, 4}, Admission::later, "with the one that runs 5 sequences, and max_sequences is 4"},
        {{1, 40, 13, 1}, Admission::never, "never is never, whatever runs"},
    };
    std::vector<SchedulerOp> ops;
    for (const auto& [asked, expected, why] : empty_pool) ops.push_back(op(Kind::admission, asked));
    ops.push_back(op(Kind::add, {99, 32, 4, 1}));
    ops.push_back(op(Kind::step));
    for (const auto& [asked, expected, why] : beside_one) ops.push_back(op(Kind::admission, asked));
    const Trace trace = probes::schedule_trace(options, ops);
    const char* names[] = {"now", "later", "never"};
    std::size_t i = 0;
    const auto compare = [&](const Request& asked, Admission expected, const char* why) {
        const auto got = static_cast<std::size_t>(trace.at(i++).admission);
        EXPECT_EQ(got, static_cast<std::size_t>(expected))
            << "a prompt of " << asked.prompt_len << " tokens, at most " << asked.max_new_tokens << " new ones, "
            << asked.num_sequences << " sequences: got " << (got < 3 ? names[got] : "no answer") << ", expected "
            << names[static_cast<std::size_t>(expected)] << ": " << why;
    };
    for (const auto& [asked, expected, why] : empty_pool) compare(asked, expected, why);
    i += 2;
    for (const auto& [asked, expected, why] : beside_one) compare(asked, expected, why);
}

TEST(Scheduler, RejectsWhatCanNeverFitAndGoesOn) {
    const Trace trace = serve(pools(8), {request(1, 100, 4), request(2, 4, 2), request(3, 4, 100), request(4, 4, 2)});
    EXPECT_THAT(trace[0].plan.rejected, ElementsAre(1, 3));
    EXPECT_THAT(trace[0].plan.admitted, ElementsAre(2, 4)) << "a request that can never fit does not stop the others";
}

TEST(Scheduler, WatermarkIsKeptOnAdmissionButNotOnAppend) {
    // 8 blocks, a watermark of 2. The first two requests take 3 and 2; the third needs 1 + 1 + 2, and 3 are free.
    const SchedulerOptions options{4, 8, 0, 0.25, 64, Preemption::recompute};
    const Trace trace = serve(options, {request(1, 12, 8), request(2, 8, 8), request(3, 4, 4)});
    EXPECT_THAT(trace[0].plan.admitted, ElementsAre(1, 2)) << "the third would leave fewer than 2 blocks free";
    ASSERT_GE(trace.size(), 9U);
    EXPECT_THAT(trace[1].plan.preempted, IsEmpty())
        << "tokens 13 and 9 start new blocks and leave 1 free: the watermark is not for appends";
    EXPECT_EQ(trace[1].gpu.num_free, 1);
    EXPECT_THAT(trace[5].plan.preempted, ElementsAre(2)) << "token 13 of request 2 finds no block";
    EXPECT_THAT(trace[8].plan.resumed, ElementsAre(2)) << "request 1 has ended: 4 + 1 + 2 blocks of 8";
    EXPECT_THAT(trace[8].plan.admitted, ElementsAre(3))
        << "nothing is preempted any more, and 1 + 1 + 2 of 4 blocks fit";
}

TEST(Scheduler, SequencesOfAGroupShareTheirPrompt) {
    const Trace trace = serve(pools(16), {request(1, 6, 4, 3)});
    EXPECT_EQ(trace[0].plan.slot_mapping.size(), 6U) << "the prompt is computed once for all three";
    EXPECT_EQ(trace[0].gpu.num_free, 14) << "6 tokens, 2 blocks";
    ASSERT_GE(trace.size(), 3U);
    EXPECT_EQ(trace[1].plan.copies.size(), 2U)
        << "three write to a shared block: two copy it, the last one writes in place";
    EXPECT_EQ(trace[1].plan.slot_mapping.size(), 3U);
    EXPECT_EQ(trace[1].gpu.num_free, 12) << "one full block in common and one of their own each";
}

TEST(Scheduler, EndedSequencesGiveBackWhatIsTheirsAlone) {
    const SchedulerOptions options{4, 16, 0, 0.0, 4, Preemption::recompute};  // at most 4 sequences
    const Trace trace = serve(options, {request(1, 8, 6, 3, {1, 2, 6}), request(2, 4, 2, 2)});
    EXPECT_THAT(trace[0].plan.admitted, ElementsAre(1)) << "3 + 2 sequences are more than 4";
    ASSERT_GE(trace.size(), 3U);
    EXPECT_THAT(trace[1].plan.admitted, ElementsAre(2)) << "a sequence of group 1 has ended: 2 + 2 may run";
    EXPECT_EQ(trace[1].gpu.num_free, 16 - 2 - 2 - 1)
        << "the prompt of 2 blocks, still shared by two; a block of their own "
           "each; group 2's prompt";
    EXPECT_EQ(trace[2].gpu.num_free, 16 - 2 - 1 - 3)
        << "one sequence of group 1 is left; group 2 shares its full prompt";
}

TEST(Scheduler, PreemptsTheLatestArrivalFirst) {
    // Three requests of 4 tokens grow alike; at token 9 each needs a third block, and the pool has 6.
    const Trace trace = serve(pools(6), {request(3, 4, 8), request(2, 4, 8), request(1, 4, 8)});
    ASSERT_GE(trace.size(), 9U);
    for (std::size_t step = 0; step < 5; ++step) EXPECT_THAT(trace[step].plan.preempted, IsEmpty()) << "step " << step;
    EXPECT_THAT(trace[5].plan.preempted, ElementsAre(1)) << "request 1 came last";
    EXPECT_THAT(trace[5].plan.running, ElementsAre(3, 2)) << "its two blocks serve the other two";
    EXPECT_THAT(trace[7].plan.running, ElementsAre(3, 2));
    EXPECT_THAT(trace[8].plan.resumed, ElementsAre(1)) << "requests 3 and 2 have ended after 8 steps";
}

TEST(Scheduler, PreemptsAsManyAsItTakesAndListsThemByArrival) {
    // Group 1's three sequences start a block each, and 1 is free: request 3 gives 1, request 2 the rest.
    const Trace trace = serve(pools(9), {request(1, 4, 4, 3), request(2, 24, 4), request(3, 4, 4)});
    EXPECT_THAT(trace[0].plan.admitted, ElementsAre(1, 2, 3));
    ASSERT_GE(trace.size(), 2U);
    EXPECT_THAT(trace[1].plan.preempted, ElementsAre(2, 3)) << "the latest goes first, the list is in order of arrival";
    EXPECT_THAT(trace[1].plan.running, ElementsAre(1));
}

TEST(Scheduler, GroupsAppendWholeOrNotAtAll) {
    // In step 1 group 3 needs two copies, and one block is left: not even its first sequence may append.
    const Trace trace = serve(pools(12, 8), {request(1, 16, 4, 2), request(2, 11, 4), request(3, 6, 2, 3)});
    EXPECT_THAT(trace[0].plan.admitted, ElementsAre(1, 2, 3));
    ASSERT_GE(trace.size(), 2U);
    EXPECT_THAT(trace[1].plan.preempted, ElementsAre(3)) << "it lacks a block and is the latest arrival itself";
    EXPECT_THAT(trace[1].plan.copies, IsEmpty())
        << "a preempted group copies nothing: all of its sequences append or none";
    EXPECT_EQ(trace[1].plan.slot_mapping.size(), 3U) << "two sequences of group 1 and request 2";
}

TEST(Scheduler, CountsTheBlocksThatAGroupReallyTakes) {
    // In step 1 request 1 starts a block, and 2 are left: just what the three sequences of group 2 need to copy one block.
    const Trace trace = serve(pools(9), {request(1, 16, 4), request(2, 6, 2, 3)});
    ASSERT_GE(trace.size(), 2U);
    EXPECT_THAT(trace[1].plan.preempted, IsEmpty())
        << "of three that share a block two copy it and the last one writes in place: 2 blocks, not 3";
    EXPECT_EQ(trace[1].gpu.num_free, 0);
}

TEST(Scheduler, RecomputationTakesPromptAndGeneratedAsOnePrompt) {
    const Trace trace = serve(pools(6, 16), {request(1, 4, 8), request(2, 4, 8), request(3, 4, 8)});
    ASSERT_GE(trace.size(), 9U);
    EXPECT_THAT(trace[5].plan.preempted, ElementsAre(3));
    EXPECT_THAT(trace[5].plan.swap_out, IsEmpty()) << "one sequence, policy recompute: nothing is copied";
    EXPECT_THAT(trace[8].plan.resumed, ElementsAre(3));
    EXPECT_EQ(trace[8].plan.slot_mapping.size(), 9U)
        << "4 tokens of its prompt and the 5 that it had generated, the newest included";
}

TEST(Scheduler, SwappingBringsTokensBackAndComputesOnlyTheNewest) {
    const Trace trace = serve(pools(6, 16, Preemption::swap), {request(1, 4, 8), request(2, 4, 8), request(3, 4, 8)});
    ASSERT_GE(trace.size(), 9U);
    EXPECT_EQ(trace[5].plan.swap_out.size(), 2U) << "8 tokens, 2 blocks";
    EXPECT_EQ(trace[5].cpu.num_free, 14);
    EXPECT_EQ(trace[8].plan.swap_in.size(), 2U);
    EXPECT_EQ(trace[8].plan.slot_mapping.size(), 1U) << "8 tokens are back; the ninth is computed";
    EXPECT_EQ(trace[8].cpu.num_free, 16) << "what is back is free in the CPU pool";
}

TEST(Scheduler, SwappedGroupsStaySharedUnderEitherPolicy) {
    for (const Preemption policy : {Preemption::swap, Preemption::recompute}) {
        SCOPED_TRACE(policy == Preemption::swap ? "policy swap" : "policy recompute, but a group of three");
        const Trace trace = serve(pools(16, 8, policy), {request(1, 28, 8), request(2, 8, 8, 3)});
        ASSERT_GE(trace.size(), 9U);
        EXPECT_THAT(trace[5].plan.preempted, ElementsAre(2));
        EXPECT_EQ(trace[5].plan.swap_out.size(), 5U) << "2 blocks that all three share, and one of their own each";
        EXPECT_EQ(trace[5].cpu.num_free, 3);
        EXPECT_THAT(trace[8].plan.resumed, ElementsAre(2));
        EXPECT_EQ(trace[8].plan.swap_in.size(), 5U);
        EXPECT_EQ(trace[8].plan.slot_mapping.size(), 3U);
        EXPECT_EQ(trace[8].gpu.num_free, 16 - 5 - 3) << "shared as before, and each has started a block";
    }
}

TEST(Scheduler, WithoutRoomInTheCpuPoolGroupsAreRecomputed) {
    const Trace trace = serve(pools(16, 4, Preemption::swap), {request(1, 28, 8), request(2, 8, 8, 3)});
    ASSERT_GE(trace.size(), 9U);
    EXPECT_THAT(trace[5].plan.preempted, ElementsAre(2));
    EXPECT_THAT(trace[5].plan.swap_out, IsEmpty()) << "5 blocks into 4: all or none";
    EXPECT_EQ(trace[5].cpu.num_free, 4);
    EXPECT_EQ(trace[8].plan.slot_mapping.size(), 39U) << "three sequences of 8 + 5 tokens, each for itself";
    EXPECT_EQ(trace[8].gpu.num_free, 4) << "4 blocks each, nothing shared";
}

TEST(Scheduler, NobodyIsAdmittedWhileSomebodyIsPreempted) {
    // Request 2 is preempted in step 1 and needs 5 blocks. Request 3 needs 2, which are free all the time.
    const Trace trace = serve(pools(6), {request(1, 8, 8), request(2, 12, 8), request(3, 1, 1, 1, {}, 2)});
    ASSERT_GE(trace.size(), 9U);
    EXPECT_THAT(trace[1].plan.preempted, ElementsAre(2));
    for (std::size_t step = 2; step < 8; ++step) {
        EXPECT_THAT(trace[step].plan.admitted, IsEmpty()) << "step " << step << ": request 2 waits for these blocks";
        EXPECT_THAT(trace[step].plan.resumed, IsEmpty()) << "step " << step << ": request 2 does not fit yet";
    }
    EXPECT_THAT(trace[8].plan.resumed, ElementsAre(2));
    EXPECT_THAT(trace[8].plan.admitted, ElementsAre(3)) << "in the same step, now that nothing is preempted";
}

TEST(Scheduler, ErrorsChangeNothing) {
    // 8 blocks: in step 1 group 1 takes the last two, and request 2 is preempted. Then a sequence of group 1 ends.
    std::vector<SchedulerOp> ops{
        op(Kind::add, {1, 8, 4, 2}),       op(Kind::add, {2, 16, 4, 1}), op(Kind::step), op(Kind::step),
        op(Kind::finish, {1, 0, 0, 0}, 1), op(Kind::add, {3, 4, 4, 1})};
    const std::size_t before = ops.size() - 1;
    const std::pair<SchedulerOp, const char*> errors[] = {
        {op(Kind::add, {1, 4, 4, 1}), "add: group 1 runs"},
        {op(Kind::add, {2, 4, 4, 1}), "add: group 2 is preempted"},
        {op(Kind::add, {3, 4, 4, 1}), "add: group 3 waits"},
        {op(Kind::add, {4, 0, 4, 1}), "add: an empty prompt"},
        {op(Kind::add, {4, 4, 0, 1}), "add: max_new_tokens 0"},
        {op(Kind::add, {4, 4, 4, 0}), "add: num_sequences 0"},
        {op(Kind::finish, {1, 0, 0, 0}, 1), "finish: the sequence has ended already"},
        {op(Kind::finish, {1, 0, 0, 0}, 2), "finish: group 1 has sequences 0 and 1"},
        {op(Kind::finish, {1, 0, 0, 0}, -1), "finish: sequence -1"},
        {op(Kind::finish, {2, 0, 0, 0}, 0), "finish: group 2 is preempted"},
        {op(Kind::finish, {3, 0, 0, 0}, 0), "finish: group 3 waits"},
        {op(Kind::finish, {4, 0, 0, 0}, 0), "finish: there is no group 4"},
        {op(Kind::table, {2, 0, 0, 0}, 0), "table: group 2 is preempted"},
        {op(Kind::table, {1, 0, 0, 0}, 2), "table: group 1 has sequences 0 and 1"},
    };
    for (const auto& [wrong, why] : errors) ops.push_back(wrong);
    ops.push_back(op(Kind::add, {4, 4, 4, 1}));  // none of the errors has taken the id
    const Trace trace = probes::schedule_trace(pools(8), ops);
    ASSERT_EQ(trace.size(), ops.size());
    ASSERT_THAT(trace[before].running, ElementsAre(1)) << "what the errors need: group 1 runs";
    ASSERT_THAT(trace[before].preempted, ElementsAre(2))
        << "what the errors need: token 17 of request 2 finds no block";
    ASSERT_THAT(trace[before].waiting, ElementsAre(3)) << "what the errors need: request 3 waits";
    std::size_t i = before;
    for (const auto& [wrong, why] : errors) {
        const SchedulerSnapshot& after = trace[++i];
        EXPECT_EQ(after.outcome, Outcome::invalid_argument)
            << why << ": expected std::invalid_argument, got " << probes::outcome_name(after.outcome);
        EXPECT_EQ(after.running, trace[before].running) << why << ": nothing may change";
        EXPECT_EQ(after.preempted, trace[before].preempted) << why << ": nothing may change";
        EXPECT_EQ(after.waiting, trace[before].waiting) << why << ": nothing may change";
        EXPECT_EQ(after.gpu.ref_counts, trace[before].gpu.ref_counts) << why << ": nothing may change";
    }
    EXPECT_EQ(trace.back().outcome, Outcome::done) << "the id of a request that was refused is not taken";
}

TEST(Scheduler, IdsOfThoseThatAreGoneMayBeUsedAgain) {
    const std::vector<SchedulerOp> ops{
        op(Kind::add, {1, 4, 4, 1}), op(Kind::add, {2, 100, 4, 1}), op(Kind::step), op(Kind::finish, {1, 0, 0, 0}, 0),
        op(Kind::add, {1, 4, 4, 1}), op(Kind::add, {2, 4, 4, 1}),   op(Kind::step)};
    const Trace trace = probes::schedule_trace(pools(8), ops);
    EXPECT_THAT(trace.at(2).plan.rejected, ElementsAre(2));
    EXPECT_EQ(trace.at(3).outcome, Outcome::done);
    EXPECT_THAT(trace.at(3).running, IsEmpty()) << "with its only sequence the group is gone";
    EXPECT_EQ(trace.at(4).outcome, Outcome::done) << "group 1 has ended: " << trace.at(4).message;
    EXPECT_EQ(trace.at(5).outcome, Outcome::done) << "request 2 was rejected: " << trace.at(5).message;
    EXPECT_THAT(trace.at(6).plan.admitted, ElementsAre(1, 2));
}

TEST(Scheduler, RefusesOptionsThatMakeNoSense) {
    const SchedulerOptions good = pools(8);
    EXPECT_EQ(probes::schedule_trace(good, {op(Kind::step)}).size(), 1U);
    const auto refused = [&](auto change, const char* why) {
        SchedulerOptions options = good;
        change(options);
        SCOPED_TRACE(why);
        (void)probes::schedule_trace.expect_error<std::invalid_argument>(options, {op(Kind::step)});
    };
    refused([](auto& o) { o.block_size = 0; }, "block_size 0");
    refused([](auto& o) { o.num_gpu_blocks = -1; }, "num_gpu_blocks -1");
    refused([](auto& o) { o.num_cpu_blocks = -1; }, "num_cpu_blocks -1");
    refused([](auto& o) { o.max_sequences = -1; }, "max_sequences -1");
    refused([](auto& o) { o.watermark = -0.01; }, "a watermark of -0.01");
    refused([](auto& o) { o.watermark = 1.01; }, "a watermark of 1.01");
    refused([](auto& o) { o.watermark = std::numeric_limits<double>::quiet_NaN(); }, "a watermark that is NaN");
}

}  // namespace
}  // namespace wb
