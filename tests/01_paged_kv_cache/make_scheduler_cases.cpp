/// @file
/// Writes the cases of exercise 1.6: workloads, with what every step decides and what known mistakes decide instead.
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "scheduler_oracle.hpp"
#include "serving_case.hpp"

namespace wb {
namespace {

using oracle::SchedulerFlaws;
using Decisions = std::vector<Decision>;

const std::vector<std::pair<std::string, SchedulerFlaws>> mistakes = {
    {"that keep the watermark free for the appends of rule 1 too", {.watermark_on_append = true}},
    {"without the watermark on resumption", {.no_watermark_on_resumption = true}},
    {"without the watermark on admission", {.no_watermark_on_admission = true}},
    {"without the one more block for each sequence on admission and resumption", {.no_block_more = true}},
    {"that admit requests while something is preempted", {.admits_while_preempted = true}},
    {"that admit a later request past one that does not fit yet", {.skips_what_does_not_fit = true}},
    {"that count a copy for every sharer of a block, where the last one writes in place",
     {.copy_for_every_sharer = true}},
    {"that swap a shared block once for each sequence that shares it", {.shared_blocks_swapped_once_each = true}},
    {"that recompute groups of several sequences", {.groups_are_recomputed = true}},
    {"that count ended sequences towards max_sequences", {.ended_sequences_count = true}},
};

Decisions decide(const ServingCase& workload, const SchedulerFlaws& flaws = {}) {
    std::vector<oracle::RequestArrival> arrivals;
    for (const auto& a : workload.arrivals) arrivals.push_back({a.step, a.request, a.lengths});
    Decisions decisions;
    for (const auto& d : oracle::serve(workload.options, arrivals, workload.most_steps, flaws)) {
        decisions.push_back({d.running, d.admitted, d.resumed, d.preempted, d.rejected, d.slots, d.swapped_out,
                             d.swapped_in, d.copied, d.gpu_free, d.cpu_free});
    }
    return decisions;
}

Tensor<1, double> tensor_of(const Decisions& decisions) {
    const std::vector<double> numbers = flat(decisions);
    Tensor<1, double> tensor(std::array<std::size_t, 1>{numbers.size()});
    std::copy(numbers.begin(), numbers.end(), tensor.begin());
    return tensor;
}

/// How often something happens in a workload.
struct Events {
    int preempted = 0, swapped = 0, dropped = 0, rejected = 0, copied = 0;
};

Events events_of(const Decisions& decisions) {
    Events events;
    for (const Decision& d : decisions) {
        events.preempted += static_cast<int>(d.preempted.size());
        events.swapped += d.swapped_out > 0 ? 1 : 0;
        events.dropped += !d.preempted.empty() && d.swapped_out == 0 ? 1 : 0;
        events.rejected += static_cast<int>(d.rejected.size());
        events.copied += d.copied;
    }
    return events;
}

/// Sizes of the requests that a workload draws.
struct Mix {
    int requests = 60, prompt = 10, generated = 40, sequences = 1, gap = 3;
    bool some_too_large = false;
};

ServingCase draw_serving(Draw& draw, const SchedulerOptions& options, const Mix& mix) {
    const auto upto = [&](int most) { return 1 + static_cast<int>(draw.below(static_cast<std::size_t>(most))); };
    ServingCase workload{options, {}, 4000};
    int step = 0;
    for (int i = 0; i < mix.requests; ++i) {
        if (i % 5 == 0) step += upto(mix.gap);  // five at a time
        const std::int64_t id = 1000 - 7 * i;   // neither small nor rising: an id is a name
        Request request{id, upto(mix.prompt), upto(mix.generated), upto(mix.sequences)};
        if (mix.some_too_large && i % 6 == 4) request.prompt_len = options.block_size * options.num_gpu_blocks;
        probes::Arrival arrival{step, request, {}};
        for (int s = 0; s < request.num_sequences; ++s) arrival.lengths.push_back(upto(request.max_new_tokens));
        workload.arrivals.push_back(std::move(arrival));
    }
    return workload;
}

/// Draws workloads until one shows what its family is about.
void write(Draw& draw, const std::string& family, const std::string& name, const SchedulerOptions& options,
           const Mix& mix, const std::function<bool(const Events&)>& shows) {
    for (int attempt = 0; attempt < 200; ++attempt) {
        const ServingCase workload = draw_serving(draw, options, mix);
        const Decisions expected = decide(workload);
        if (!shows(events_of(expected))) continue;
        CaseWriter writer("1.6/" + family, name);
        put_serving(writer, workload);
        writer.expected("decisions", tensor_of(expected));
        for (const auto& [words, flaws] : mistakes) {
            const Decisions wrong = decide(workload, flaws);
            if (wrong != expected) writer.mistake(words, "decisions", tensor_of(wrong));
        }
        return;
    }
    throw std::runtime_error("1.6/" + family + "/" + name + ": none of 200 workloads shows what it should");
}

}  // namespace

WB_CASES(scheduler) {
    Draw draw(seed + 16);
    constexpr Preemption recompute = Preemption::recompute, swap = Preemption::swap;
    const auto calm = [](const Events& e) { return e.preempted == 0; };
    const auto drops = [](const Events& e) { return e.dropped >= 5 && e.swapped == 0; };
    const auto swaps = [](const Events& e) { return e.swapped >= 5 && e.dropped == 0; };
    const auto swaps_groups = [](const Events& e) { return e.swapped >= 3 && e.dropped >= 1 && e.copied >= 10; };
    const auto both = [](const Events& e) { return e.swapped >= 3 && e.dropped >= 3; };
    const Mix groups{.generated = 24, .sequences = 4};
    const Mix three{.generated = 24, .sequences = 3};
    for (const std::string name : {"first", "second"}) {
        // Room for all: admission, sharing, finishing.
        write(draw, "roomy", name, {4, 256, 0, 0.125, 24, recompute},
              {.requests = 40, .prompt = 24, .generated = 24, .sequences = 3}, calm);
        // One sequence a request, preempted by recomputation.
        write(draw, "recompute", name, {4, 32, 16, 0.0625, 64, recompute}, {.some_too_large = true}, drops);
        // The same, swapped to a pool that is large enough.
        write(draw, "swap", name, {4, 32, 128, 0.0625, 64, swap}, {}, swaps);
        // Groups that share blocks; swapped under either policy.
        write(draw, "groups", name, {4, 48, 256, 0.0625, 64, swap}, groups, swaps);
        write(draw, "groups", name + "_recompute", {4, 48, 256, 0.03125, 64, recompute}, groups, swaps_groups);
        // A CPU pool that is too small at times, and none at all.
        write(draw, "small_cpu", name, {4, 48, 6, 0.0625, 64, swap}, groups, both);
        write(draw, "no_cpu", name, {4, 48, 0, 0, 64, swap}, three, drops);
    }
}

}  // namespace wb
