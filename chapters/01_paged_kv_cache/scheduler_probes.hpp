/// @file
/// What the tests may ask of exercise 1.6 (driver: scheduler_driver.hpp): traces of single operations, and whole workloads,
/// in which the driver plays the model: it ends each sequence when it has run as many steps as the workload says.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "outcome.hpp"
#include "pool_snapshot.hpp"
#include "probe/probe.hpp"
#include "scheduler.hpp"

namespace wb {

inline auto fields(SchedulerOptions& o) {
    return std::tie(o.block_size, o.num_gpu_blocks, o.num_cpu_blocks, o.watermark, o.max_sequences, o.preemption);
}
inline auto fields(Request& request) {
    return std::tie(request.id, request.prompt_len, request.max_new_tokens, request.num_sequences);
}
inline auto fields(StepPlan& p) {
    return std::tie(p.running, p.admitted, p.resumed, p.preempted, p.rejected, p.swap_out, p.swap_in, p.copies,
                    p.slot_mapping);
}

namespace probes {

/// One operation on a Scheduler.
struct SchedulerOp {
    enum class Kind : std::uint8_t { add, admission, step, finish, table };
    Kind kind = Kind::step;
    Request request;   ///< of add and admission; its id also of finish and table
    int sequence = 0;  ///< of finish and table
};
inline auto fields(SchedulerOp& op) {
    return std::tie(op.kind, op.request, op.sequence);
}

/// A running group's tables.
struct GroupTables {
    std::int64_t id = 0;
    std::vector<std::vector<BlockId>> blocks;  ///< [num_sequences]
    std::vector<int> num_tokens;               ///< [num_sequences]
};
inline auto fields(GroupTables& group) {
    return std::tie(group.id, group.blocks, group.num_tokens);
}

/// What one operation did, and what the scheduler looks like now.
struct SchedulerSnapshot {
    Outcome outcome = Outcome::done;
    std::string message;                   ///< of the exception
    Admission admission = Admission::now;  ///< the answer to `admission`
    StepPlan plan;                         ///< of step
    std::vector<std::int64_t> waiting, running, preempted;
    std::vector<GroupTables> tables;  ///< of the running groups
    PoolSnapshot gpu, cpu;
};
inline auto fields(SchedulerSnapshot& s) {
    return std::tie(s.outcome, s.message, s.admission, s.plan, s.waiting, s.running, s.preempted, s.tables, s.gpu,
                    s.cpu);
}

/// A request of a workload.
struct Arrival {
    int step = 0;  ///< added before the step of this number, 0 being the first
    Request request;
    std::vector<int> lengths;  ///< [num_sequences]: tokens that each generates, 1 .. max_new_tokens
};
inline auto fields(Arrival& arrival) {
    return std::tie(arrival.step, arrival.request, arrival.lengths);
}

using Trace = std::vector<SchedulerSnapshot>;
/// options, operations -> a snapshot after each
inline const Probe<Trace(SchedulerOptions, std::vector<SchedulerOp>)> schedule_trace{"1.6/schedule_trace"};
/// options, arrivals in order, most steps -> a snapshot after each step, taken before sequences end; and one after the last
/// of them have ended. Stops when all requests are gone.
inline const Probe<Trace(SchedulerOptions, std::vector<Arrival>, int)> serve{"1.6/serve"};

}  // namespace probes
}  // namespace wb
