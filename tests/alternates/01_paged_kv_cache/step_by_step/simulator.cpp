/// @file
/// Exercise 1.8 as the plain loop over steps, with split_waste (1.7) for the measurement.
#include "simulator.hpp"

#include <algorithm>
#include <cmath>
#include <list>
#include <stdexcept>
#include <string>

#include "buddy_allocator.hpp"

namespace wb {
namespace {

struct Job {
    std::size_t index = 0;
    int prompt = 0, output = 0, written = 0;
    int slots = 0, chunk = 0;
};

ReservationRule rule_of(KvSystem system) {
    return system == KvSystem::orca_max    ? ReservationRule::orca_max
           : system == KvSystem::orca_pow2 ? ReservationRule::orca_pow2
                                           : ReservationRule::orca_oracle;
}

void add(StepTotals& totals, const WasteSplit& split, std::size_t running) {
    ++totals.steps;
    totals.running += static_cast<std::int64_t>(running);
    totals.slots.tokens += split.tokens;
    totals.slots.reserved += split.reserved;
    totals.slots.internal += split.internal;
    totals.slots.external += split.external;
}

}  // namespace

SimulationResult simulate(const SimulatorOptions& o, const std::vector<TraceRequest>& requests) {
    if (!(o.num_slots >= 0 && o.max_len >= 1 && o.block_size >= 1 && o.watermark >= 0 && o.watermark <= 1))
        throw std::invalid_argument("options that no server has");
    const bool paged = o.system == KvSystem::paged;
    const int block = o.block_size, num_blocks = o.num_slots / block;
    const int watermark = static_cast<int>(std::ceil(o.watermark * num_blocks));
    int free_blocks = num_blocks;
    BuddyAllocator pool(paged ? 0 : o.num_slots);
    const auto blocks_for = [&](int tokens) { return (tokens + block - 1) / block; };

    std::vector<std::size_t> coming;
    for (std::size_t n = 0; n < requests.size(); ++n) {
        const TraceRequest& r = requests[n];
        const std::string name = "request " + std::to_string(n);
        if (!(r.arrival >= 0) || r.arrival > 0x1p53) throw std::invalid_argument(name + " arrives at no step");
        try {
            const int needed = reserved_slots(rule_of(o.system), r.prompt_len, r.output_len, o.max_len);
            if (paged ? blocks_for(needed) + watermark > num_blocks : needed > pool.largest_free())
                throw std::invalid_argument("too long for the pool");
        } catch (const std::invalid_argument& error) {
            throw std::invalid_argument(name + ": " + error.what());
        }
        coming.push_back(n);
    }
    std::sort(coming.begin(), coming.end(), [&](std::size_t a, std::size_t b) {
        return requests[a].arrival < requests[b].arrival || (requests[a].arrival == requests[b].arrival && a < b);
    });

    SimulationResult result;
    result.requests.resize(requests.size());
    std::list<Job> waiting, running;
    auto next = coming.begin();
    for (std::int64_t step = 0; next != coming.end() || !waiting.empty() || !running.empty(); ++step) {
        if (waiting.empty() && running.empty())
            step = std::max(step, static_cast<std::int64_t>(std::ceil(requests[*next].arrival)));
        for (; next != coming.end() && requests[*next].arrival <= static_cast<double>(step); ++next)
            waiting.push_back({*next, requests[*next].prompt_len, requests[*next].output_len});

        bool preempted = false;
        for (auto job = running.begin(); paged && job != running.end();) {
            if (job->prompt + job->written < job->slots) {
                ++job;
            } else if (free_blocks > 0) {
                --free_blocks;
                job->slots += block;
                ++job;
            } else {
                preempted = true;
                ++result.preemptions;
                const auto last = std::prev(running.end());
                if (last == job) job = running.end();
                free_blocks += last->slots / block;
                last->slots = 0;
                waiting.splice(waiting.begin(), running, last);
            }
        }
        while (!preempted && !waiting.empty()) {
            Job& job = waiting.front();
            if (paged) {
                const int needed = blocks_for(job.prompt + job.written + 1);
                if (free_blocks - needed < watermark) break;
                free_blocks -= needed;
                job.slots = needed * block;
            } else {
                job.slots = reserved_slots(rule_of(o.system), job.prompt, job.output, o.max_len);
                const auto chunk = pool.allocate(job.slots);
                if (!chunk) break;
                job.chunk = chunk->start;
            }
            RequestSteps& steps = result.requests[job.index];
            if (steps.admitted < 0) steps.admitted = step;
            running.splice(running.end(), waiting, waiting.begin());
        }

        std::vector<Holding> holdings;
        for (Job& job : running) {
            ++job.written;
            holdings.push_back({job.prompt + job.written, job.prompt + job.output, job.slots});
        }
        const WasteSplit split = split_waste(holdings, o.num_slots);
        add(result.busy, split, running.size());
        if (!waiting.empty()) add(result.saturated, split, running.size());

        running.remove_if([&](const Job& job) {
            if (job.written < job.output) return false;
            if (paged) {
                free_blocks += job.slots / block;
            } else {
                pool.free(job.chunk);
            }
            result.requests[job.index].finished = step;
            return true;
        });
    }
    return result;
}

}  // namespace wb
