/// @file
/// Judges exercise 1.6 by random workloads in tight pools: what every step decides against an oracle, the content of every
/// block by replay, and that everybody finishes.
#include <algorithm>
#include <cmath>
#include <map>

#include "judge/judge.hpp"
#include "pool_model.hpp"
#include "schedule_replay.hpp"
#include "serving_case.hpp"

namespace wb {
namespace {

using model::list;
using probes::SchedulerSnapshot;
using probes::Trace;

const std::vector<std::string> families{"roomy", "recompute", "swap", "groups", "small_cpu", "no_cpu"};

Trace serve(const ServingCase& workload) {
    Trace trace = probes::serve(workload.options, workload.arrivals, workload.most_steps);
    if (trace.empty()) stop_test("the driver answered without a snapshot");
    return trace;
}

/// What each step decided, up to the first that threw.
std::vector<Decision> decisions_of(const Trace& trace) {
    std::vector<Decision> decisions;
    for (std::size_t i = 0; i + 1 < trace.size(); ++i) {  // the last snapshot shows no step
        const StepPlan& p = trace[i].plan;
        decisions.push_back({p.running, p.admitted, p.resumed, p.preempted, p.rejected,
                             static_cast<int>(p.slot_mapping.size()), static_cast<int>(p.swap_out.size()),
                             static_cast<int>(p.swap_in.size()), static_cast<int>(p.copies.size()),
                             trace[i].gpu.num_free, trace[i].cpu.num_free});
    }
    return decisions;
}

/// "running {1, 2}, admitted {2}; 5 tokens computed; .."
std::string words(const Decision& d) {
    StepPlan plan;
    plan.running = d.running;
    plan.admitted = d.admitted;
    plan.resumed = d.resumed;
    plan.preempted = d.preempted;
    plan.rejected = d.rejected;
    return wb::words(plan) + "; " + std::to_string(d.slots) + " tokens, " + std::to_string(d.swapped_out) +
           " blocks out, " + std::to_string(d.swapped_in) + " in, " + std::to_string(d.copied) + " copied; " +
           std::to_string(d.gpu_free) + " GPU and " + std::to_string(d.cpu_free) + " CPU blocks free";
}

/// Fails at the first step that decides otherwise, and says so if another known rule was followed from there on.
void expect_decisions(const std::string& family) {
    for (const Case& c : cases("1.6/" + family)) {
        const ServingCase workload = serving_of(c);
        const Trace trace = serve(workload);
        const std::vector<Decision> got = decisions_of(trace);
        const auto numbers = c.expected<1>("decisions");
        const std::vector<Decision> expected = wb::decisions_of({numbers.begin(), numbers.end()});
        if (got == expected) continue;
        const auto [mine, theirs] = std::mismatch(got.begin(), got.end(), expected.begin(), expected.end());
        std::string text = c.name() + ", step " + std::to_string(mine - got.begin());
        const std::string thrown = trace.at(trace.size() > 1 ? trace.size() - 2 : 0).message;
        if (mine != got.begin()) text += "\n  the step before: " + words(*(mine - 1));
        text += "\n  expected: " + (theirs == expected.end() ? "everybody has finished" : words(*theirs));
        text += "\n  got:      " + (mine == got.end() ? "no step" : words(*mine));
        if (!thrown.empty()) text += "\n  the last step threw: " + thrown;
        for (const auto& [mistake, decisions] : c.mistakes("decisions")) {
            if (flat(got) == decisions) text += "\n  All steps are those of rules " + mistake + ".";
        }
        stop_test(text);
    }
}

TEST(Serving, AdmissionFollowsTheRules) {
    expect_decisions("roomy");
}

TEST(Serving, RecomputationFollowsTheRules) {
    expect_decisions("recompute");
    expect_decisions("no_cpu");
}

TEST(Serving, SwappingFollowsTheRules) {
    expect_decisions("swap");
    expect_decisions("groups");
    expect_decisions("small_cpu");
}

TEST(Serving, EverySequenceReadsItsOwnTokens) {
    for (const std::string& family : families) {
        for (const Case& c : cases("1.6/" + family)) {
            const ServingCase workload = serving_of(c);
            const std::string wrong = check_schedule(workload.options, workload.arrivals, serve(workload));
            if (!wrong.empty()) stop_test(c.name() + ", " + wrong);
        }
    }
}

TEST(Serving, WatermarkStaysFreeWhenGroupsCome) {
    int below = 0;  // steps in which appends went below it: otherwise this test would show nothing
    for (const std::string& family : families) {
        for (const Case& c : cases("1.6/" + family)) {
            const ServingCase workload = serving_of(c);
            const int watermark =
                static_cast<int>(std::ceil(workload.options.watermark * workload.options.num_gpu_blocks));
            const Trace trace = serve(workload);
            for (std::size_t i = 0; i + 1 < trace.size(); ++i) {
                const StepPlan& plan = trace[i].plan;
                if (plan.admitted.empty() && plan.resumed.empty()) {
                    below += trace[i].gpu.num_free < watermark && plan.preempted.empty() ? 1 : 0;
                } else if (trace[i].gpu.num_free < watermark) {
                    stop_test(c.name() + ", step " + std::to_string(i) + ": " + wb::words(plan) + ", and " +
                              std::to_string(trace[i].gpu.num_free) + " GPU blocks are left free; the watermark is " +
                              std::to_string(watermark));
                }
            }
        }
    }
    EXPECT_GT(below, 0) << "in tight pools appends go below the watermark, which is not for them";
}

TEST(Serving, EveryoneFinishesAndBothPoolsAreFreeAgain) {
    for (const std::string& family : families) {
        for (const Case& c : cases("1.6/" + family)) {
            const ServingCase workload = serving_of(c);
            const Trace trace = serve(workload);
            const SchedulerSnapshot& last = trace.back();
            for (std::size_t i = 0; i + 1 < trace.size(); ++i) {
                if (trace[i].outcome != probes::Outcome::done)
                    stop_test(c.name() + ", step " + std::to_string(i) + " threw: " + trace[i].message);
            }
            if (!last.waiting.empty() || !last.running.empty() || !last.preempted.empty()) {
                stop_test(c.name() + ": after " + std::to_string(trace.size() - 1) + " steps " + list(last.waiting) +
                          " wait, " + list(last.running) + " run and " + list(last.preempted) + " are preempted");
            }
            EXPECT_EQ(last.gpu.num_free, workload.options.num_gpu_blocks) << c.name() << ": GPU blocks are lost";
            EXPECT_EQ(last.cpu.num_free, workload.options.num_cpu_blocks) << c.name() << ": CPU blocks are lost";
            std::map<std::int64_t, std::size_t> steps_run;
            for (std::size_t i = 0; i + 1 < trace.size(); ++i) {
                for (const std::int64_t id : trace[i].plan.running) ++steps_run[id];
                for (const std::int64_t id : trace[i].plan.rejected) ++steps_run[id];
            }
            for (const auto& arrival : workload.arrivals)
                EXPECT_GT(steps_run[arrival.request.id], 0U)
                    << c.name() << ": request " << arrival.request.id << " is lost";
        }
    }
}

TEST(Serving, FirstArrivalIsNeverOvertaken) {
    for (const std::string& family : families) {
        for (const Case& c : cases("1.6/" + family)) {
            const ServingCase workload = serving_of(c);
            const Trace trace = serve(workload);
            std::map<std::int64_t, std::size_t> arrival;
            for (const auto& a : workload.arrivals) arrival.emplace(a.request.id, arrival.size());
            for (std::size_t i = 0; i + 1 < trace.size(); ++i) {
                const SchedulerSnapshot& now = trace[i];
                std::vector<std::size_t> running, rest;
                for (const std::int64_t id : now.running) running.push_back(arrival.at(id));
                for (const std::int64_t id : now.preempted) rest.push_back(arrival.at(id));
                for (const std::int64_t id : now.waiting) rest.push_back(arrival.at(id));
                if (running.empty() || rest.empty()) continue;
                const std::size_t latest = *std::max_element(running.begin(), running.end());
                const std::size_t first = *std::min_element(rest.begin(), rest.end());
                if (first > latest) continue;
                stop_test(c.name() + ", step " + std::to_string(i) + ": request " +
                          std::to_string(workload.arrivals[latest].request.id) + " runs, and " +
                          std::to_string(workload.arrivals[first].request.id) +
                          ", which arrived before it, is preempted or waits");
            }
        }
    }
}

}  // namespace
}  // namespace wb
