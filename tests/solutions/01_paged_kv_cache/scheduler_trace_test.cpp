/// @file
/// The solution of exercise 1.6 serves random requests for more than 10,000 operations (requests, steps and sequences that
/// end), replayed by the judge; in the end both pools are free. Built by the asan preset too.
#include <gtest/gtest.h>

#include "judge/draw.hpp"
#include "schedule_replay.hpp"
#include "scheduler_driver.hpp"

namespace wb::solutions {
namespace {

std::vector<probes::Arrival> draw_arrivals(Draw& draw, int requests) {
    const auto upto = [&](int most) { return 1 + static_cast<int>(draw.below(static_cast<std::size_t>(most))); };
    std::vector<probes::Arrival> arrivals;
    for (int i = 0, step = 0; i < requests; ++i) {
        if (i % 8 == 0) step += upto(16);
        Request request{i, upto(12), upto(24), upto(4)};
        if (upto(50) == 1) request.prompt_len = 1000;  // never fits
        probes::Arrival arrival{step, request, {}};
        for (int s = 0; s < request.num_sequences; ++s) arrival.lengths.push_back(upto(request.max_new_tokens));
        arrivals.push_back(std::move(arrival));
    }
    return arrivals;
}

class SchedulerTrace : public testing::TestWithParam<int> {};

TEST_P(SchedulerTrace, NoBlockLeaksInTenThousandRandomOperations) {
    Draw draw(static_cast<std::uint64_t>(GetParam()));
    for (const int cpu_blocks : {0, 8, 64}) {
        for (const Preemption preemption : {Preemption::recompute, Preemption::swap}) {
            const SchedulerOptions options{4, 48, cpu_blocks, 0.0625, 40, preemption};
            const auto arrivals = draw_arrivals(draw, 2500);
            const probes::Trace trace = drivers::run_serve(options, arrivals, 100000);
            ASSERT_EQ(check_schedule(options, arrivals, trace), "");
            std::size_t operations = arrivals.size() + trace.size(), preempted = 0;
            for (const auto& arrival : arrivals) operations += arrival.lengths.size();
            for (const auto& step : trace) preempted += step.plan.preempted.size();
            EXPECT_GT(operations, 10000U);
            EXPECT_GT(preempted, 100U) << "a run without preemption would show little";
            const auto& last = trace.back();
            EXPECT_TRUE(last.waiting.empty() && last.running.empty() && last.preempted.empty());
            EXPECT_EQ(last.gpu.num_free, options.num_gpu_blocks);
            EXPECT_EQ(last.cpu.num_free, options.num_cpu_blocks);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SchedulerTrace, testing::Range(1, 4));

}  // namespace
}  // namespace wb::solutions
