/// @file
/// What paging is worth to a server that is never idle: requests finished per step of the model, paged and contiguous, on the
/// same 100,000 requests and the same pool (exercises 1.7 and 1.8, the reference). A step of decoding reads all the weights
/// whether it serves 7 requests or 34, so as long as memory limits the batch, requests per step is throughput, and the
/// counter `x_orca_max` is the paper's factor before computing and preemption take their part of it. The time is that of the
/// simulation itself: at most 5 s on one core.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "simulator.hpp"
#include "workload.hpp"

namespace {

using wb::KvSystem;

const std::vector<wb::TraceRequest>& requests(bool alpaca) {
    const auto draw = [](const wb::LengthModel& model) {
        wb::Random random(1);
        return wb::draw_requests(model, 100'000, random);
    };
    static const std::vector<wb::TraceRequest> sharegpt = draw(wb::sharegpt_like), short_ones = draw(wb::alpaca_like);
    return alpaca ? short_ones : sharegpt;
}

double requests_per_step(const wb::SimulationResult& result) {
    return static_cast<double>(result.requests.size()) / static_cast<double>(result.busy.steps);
}

/// @param state  range(0): the system; range(1): whether Alpaca-like; range(2): the watermark in percent
void HundredThousandRequests(benchmark::State& state) {
    wb::SimulatorOptions options;
    options.system = static_cast<KvSystem>(state.range(0));
    options.watermark = static_cast<double>(state.range(2)) / 100;
    const auto& trace = requests(state.range(1) != 0);
    wb::SimulationResult result;
    for ([[maybe_unused]] auto _ : state) result = wb::simulate(options, trace);

    options.system = KvSystem::orca_max;
    state.counters["batch"] = result.saturated.mean_batch();
    state.counters["requests_per_step"] = requests_per_step(result);
    state.counters["x_orca_max"] = requests_per_step(result) / requests_per_step(wb::simulate(options, trace));
    state.counters["preemptions_per_request"] =
        static_cast<double>(result.preemptions) / static_cast<double>(trace.size());
}

void EachSystem(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"system", "alpaca", "watermark"})->Unit(benchmark::kMillisecond);
    for (const std::int64_t alpaca : {0, 1}) {
        for (const KvSystem system : {KvSystem::orca_max, KvSystem::orca_pow2, KvSystem::orca_oracle, KvSystem::paged})
            benchmark->Args({static_cast<std::int64_t>(system), alpaca, 1});
        benchmark->Args({static_cast<std::int64_t>(KvSystem::paged), alpaca, 10});  // hardly any preemption
    }
}
BENCHMARK(HundredThousandRequests)->Apply(EachSystem);

}  // namespace
