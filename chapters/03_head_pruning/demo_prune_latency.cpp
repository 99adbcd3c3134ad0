#include "demo_prune_latency.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>

#include "removal.hpp"
#include "wb/random.hpp"
#include "wb/threads.hpp"

namespace wb::demo {
namespace {

/// Runs something, and says how many seconds it took.
using Timed = std::function<double()>;

double median(std::vector<double> numbers) {
    std::sort(numbers.begin(), numbers.end());
    return numbers[numbers.size() / 2];
}

double seconds_of(const std::function<void()>& run) {
    const auto start = std::chrono::steady_clock::now();
    run();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Runs each module of a task once, on inputs that lie on the tape already, as a layer before would leave them.
Timed run_of_modules(const Task& task, std::size_t samples) {
    struct Asked {
        const PrunableAttention* module;
        Tensor<3> x, memory;
    };
    std::vector<Asked> all;
    Random random(1);
    for (std::size_t m = 0; m < task.modules.size(); ++m) {
        all.push_back({task.modules[m], normal_tensor<3>(random, {samples, task.q_len[m], task.d_model}),
                       normal_tensor<3>(random, {samples, task.kv_len[m], task.d_model})});
    }
    const auto tape = std::make_shared<Tape<float>>(Mode::infer);
    return [all, tape] {
        double seconds = 0;
        for (const Asked& one : all) {
            tape->reset(Mode::infer);
            const Var<float> x = tape->constant(one.x), memory = tape->constant(one.memory);
            seconds += seconds_of([&] { (*one.module)(x, memory); });
        }
        return seconds;
    };
}

Latency compare(const Timed& before, const Timed& after, std::size_t rounds) {
    const OnOneThread alone;  // what waking another costs depends on how busy the machine is, and not on the heads
    std::vector<double> times_before, times_after, ratios;
    for (std::size_t n = 0; n <= rounds; ++n) {
        const double b = before(), a = after();
        if (n == 0) continue;  // caches and memory are still cold
        times_before.push_back(b);
        times_after.push_back(a);
        ratios.push_back(a / b);
    }
    return {median(times_before), median(times_after), median(ratios)};
}

}  // namespace

Latency whole_latency(const Task& before, const Task& after, std::size_t samples, std::size_t rounds) {
    return compare([&] { return seconds_of([&] { before.run_once(samples); }); },
                   [&] { return seconds_of([&] { after.run_once(samples); }); }, rounds);
}

Latency attention_latency(const Task& before, const Task& after, std::size_t samples, std::size_t rounds) {
    return compare(run_of_modules(before, samples), run_of_modules(after, samples), rounds);
}

AttentionTotals attention_totals(const Task& task) {
    AttentionTotals totals;
    for (std::size_t m = 0; m < task.modules.size(); ++m) {
        const ModuleCost cost = attention_cost({.batch = 1,
                                                .heads = task.modules[m]->heads,
                                                .head_dim = task.modules[m]->head_dim,
                                                .d_model = task.d_model,
                                                .q_len = task.q_len[m],
                                                .kv_len = task.kv_len[m]});
        totals.parameters += static_cast<double>(cost.parameters);
        totals.flops += static_cast<double>(cost.flops);
        totals.bytes += static_cast<double>(cost.bytes);
    }
    return totals;
}

}  // namespace wb::demo
