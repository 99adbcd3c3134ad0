/// @file
/// Driver of exercise 1.6: applies operations to a Scheduler, or serves a workload with it, and takes a snapshot after each
/// operation or step. The worker runs it on a submission; the full workbook also on the solution, under sanitizers.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "scheduler_probes.hpp"

namespace wb::drivers {

using probes::Arrival;
using probes::GroupTables;
using probes::SchedulerOp;
using probes::SchedulerSnapshot;
using probes::Trace;

/// The sequences of every request that was ever added: snapshots ask for their tables.
using Sizes = std::map<std::int64_t, int>;

inline void look_at(const Scheduler& scheduler, const SchedulerOptions& options, const Sizes& sizes,
                    SchedulerSnapshot& snapshot) {
    snapshot.waiting = scheduler.waiting();
    snapshot.running = scheduler.running();
    snapshot.preempted = scheduler.preempted();
    for (const std::int64_t id : snapshot.running) {
        GroupTables group;
        group.id = id;
        const auto known = sizes.find(id);
        for (int s = 0; known != sizes.end() && s < known->second; ++s) {
            const BlockTable& table = scheduler.table(id, s);
            group.blocks.push_back(table.blocks());
            group.num_tokens.push_back(table.num_tokens());
        }
        snapshot.tables.push_back(std::move(group));
    }
    snapshot.gpu = probes::snapshot_of(scheduler.gpu(), options.num_gpu_blocks);
    snapshot.cpu = probes::snapshot_of(scheduler.cpu(), options.num_cpu_blocks);
}

inline void apply(Scheduler& scheduler, const SchedulerOp& op, SchedulerSnapshot& snapshot) {
    switch (op.kind) {
        case SchedulerOp::Kind::add:
            scheduler.add(op.request);
            break;
        case SchedulerOp::Kind::admission:
            snapshot.admission = scheduler.admission(op.request);
            break;
        case SchedulerOp::Kind::step:
            snapshot.plan = scheduler.step();
            break;
        case SchedulerOp::Kind::finish:
            scheduler.finish(op.request.id, op.sequence);
            break;
        case SchedulerOp::Kind::table:
            (void)scheduler.table(op.request.id, op.sequence);
            break;
    }
}

inline Trace run_schedule_trace(const SchedulerOptions& options, const std::vector<SchedulerOp>& ops) {
    Scheduler scheduler(options);
    Sizes sizes;
    Trace trace;
    for (const SchedulerOp& op : ops) {
        SchedulerSnapshot snapshot;
        snapshot.outcome = probes::outcome_of([&] { apply(scheduler, op, snapshot); }, snapshot.message);
        if (op.kind == SchedulerOp::Kind::add && snapshot.outcome == probes::Outcome::done)
            sizes[op.request.id] = op.request.num_sequences;
        look_at(scheduler, options, sizes, snapshot);
        trace.push_back(std::move(snapshot));
    }
    return trace;
}

/// The model's part: counts the steps that a group has run and ends what is complete.
class Model {
 public:
    void arrive(const Arrival& arrival) { left_[arrival.request.id] = arrival.lengths; }

    /// One token more for every sequence of the groups that ran; those with all of theirs are finished.
    void run(Scheduler& scheduler, const std::vector<std::int64_t>& running) {
        for (const std::int64_t id : running) {
            const auto group = left_.find(id);
            if (group == left_.end()) continue;  // the judge will say so
            for (std::size_t s = 0; s < group->second.size(); ++s) {
                int& left = group->second[s];
                if (left > 0 && --left == 0) scheduler.finish(id, static_cast<int>(s));
            }
        }
    }

 private:
    std::map<std::int64_t, std::vector<int>> left_;  ///< tokens that each sequence has yet to generate
};

inline Trace run_serve(const SchedulerOptions& options, const std::vector<Arrival>& arrivals, int most_steps) {
    Scheduler scheduler(options);
    Model model;
    Sizes sizes;
    Trace trace;
    auto next = arrivals.begin();
    for (int step = 0; step < most_steps; ++step) {
        for (; next != arrivals.end() && next->step <= step; ++next) {
            scheduler.add(next->request);
            model.arrive(*next);
            sizes[next->request.id] = next->request.num_sequences;
        }
        SchedulerSnapshot snapshot;
        snapshot.outcome = probes::outcome_of(
            [&] {
                snapshot.plan = scheduler.step();
                look_at(scheduler, options, sizes, snapshot);
                model.run(scheduler, snapshot.plan.running);
            },
            snapshot.message);
        trace.push_back(std::move(snapshot));
        const bool idle = scheduler.waiting().empty() && scheduler.running().empty() && scheduler.preempted().empty();
        if (trace.back().outcome != probes::Outcome::done || (next == arrivals.end() && idle)) break;
    }
    SchedulerSnapshot last;
    look_at(scheduler, options, sizes, last);
    trace.push_back(std::move(last));
    return trace;
}

}  // namespace wb::drivers
