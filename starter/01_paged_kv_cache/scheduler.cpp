/// @file
/// Exercise 1.6: the scheduler's queue, admission and steps. The contract is chapters/01_paged_kv_cache/scheduler.hpp.
#include "scheduler.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>

namespace wb {

// TODO(1.6): two pools and empty queues.
//   Traps:    0 .. 1 must refuse NaN too, and NaN is neither below 0 nor above 1. Look at the sizes before a pool is made of them.
Scheduler::Scheduler(const SchedulerOptions& options)
    : options_(options), gpu_(std::max(0, options.num_gpu_blocks)), cpu_(std::max(0, options.num_cpu_blocks)) {
    throw wb::NotImplemented("1.6");
}

// TODO(1.6): the request goes to the end of the queue.
void Scheduler::add(const Request& request) {
    throw wb::NotImplemented("1.6");
}

// TODO(1.6): now, later or never.
//   Start:    `never` looks at the request and the options alone; `now` looks at what is free and what runs.
//   Ask:      why is it a mistake to answer `later` for a request that fits only in a pool without any other group?
//   Traps:    prompt_len + max_new_tokens may pass 2^31: compute in 64 bits. Ended sequences do not count as running.
Admission Scheduler::admission(const Request& request) const {
    throw wb::NotImplemented("1.6");
}

// TODO(1.6): whether the watermark stays free.
bool Scheduler::leaves_watermark(std::int64_t blocks) const {
    throw wb::NotImplemented("1.6");
}

// TODO(1.6): the blocks of one more token for each unfinished sequence.
//   Ask:      four sequences share a last block with room. The first three copy it: what does the fourth do?
//   Traps:    asking each table by itself counts a copy too many for each shared block; then someone is preempted for nothing.
int Scheduler::blocks_to_append(const Group& group) const {
    throw wb::NotImplemented("1.6");
}

// TODO(1.6): append, and tell the plan: the slots, the copies, the group that runs.
void Scheduler::append_one(Group& group, StepPlan& plan) {
    throw wb::NotImplemented("1.6");
}

// TODO(1.6): the first waiting group runs: one table for the prompt, shared by all sequences.
//   Ask:      how many slots does a prompt of 5 tokens take for 3 sequences?
void Scheduler::admit_first(StepPlan& plan) {
    throw wb::NotImplemented("1.6");
}

// TODO(1.6): the three rules, in order.
//   Start:    without preemption: append for the running groups, then admit. Add rule 1's `while`, and rule 2, when that works.
//   Ask:      which group can never be preempted while another one runs? Why does that keep everybody from waiting for ever?
//   Traps:    all of a group's blocks or none: look before the first sequence appends. The victim may be the group itself.
//             A group that was preempted in this step must not come back in it.
StepPlan Scheduler::step() {
    throw wb::NotImplemented("1.6");
}

// TODO(1.6): a sequence ends, and perhaps its group.
//   Traps:    blocks that other sequences share stay; which call of yours sees to that?
void Scheduler::finish(std::int64_t id, int sequence) {
    throw wb::NotImplemented("1.6");
}

// TODO(1.6): who waits, who runs, who had to go.
std::vector<std::int64_t> Scheduler::waiting() const {
    throw wb::NotImplemented("1.6");
}

std::vector<std::int64_t> Scheduler::running() const {
    throw wb::NotImplemented("1.6");
}

std::vector<std::int64_t> Scheduler::preempted() const {
    throw wb::NotImplemented("1.6");
}

// TODO(1.6): one sequence's table.
const BlockTable& Scheduler::table(std::int64_t id, int sequence) const {
    throw wb::NotImplemented("1.6");
}

}  // namespace wb
