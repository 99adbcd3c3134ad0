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
// SOLUTION BEGIN 1.6 removed
namespace {

std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
    return (a + b - 1) / b;
}

template <class Number>
void require_at_least(Number least, Number got, const char* name) {
    if (got < least) {
        throw std::invalid_argument(std::string("scheduler: ") + name + " is " + std::to_string(got) +
                                    ", and must be at least " + std::to_string(least));
    }
}

std::int64_t watermark_blocks(const SchedulerOptions& options) {
    return static_cast<std::int64_t>(std::ceil(options.watermark * options.num_gpu_blocks));
}

/// The group's place in a list; the list's end when it is not there.
template <class Groups>
auto find_group(Groups& groups, std::int64_t id) {
    return std::find_if(groups.begin(), groups.end(), [id](const auto& group) { return group.request.id == id; });
}

template <class Groups>
auto& require_running(Groups& running, std::int64_t id, int sequence) {
    const auto group = find_group(running, id);
    if (group == running.end())
        throw std::invalid_argument("scheduler: no group " + std::to_string(id) + " is running");
    if (sequence < 0 || sequence >= group->request.num_sequences) {
        throw std::invalid_argument("scheduler: group " + std::to_string(id) + " has sequences 0.." +
                                    std::to_string(group->request.num_sequences - 1) + ", got " +
                                    std::to_string(sequence));
    }
    return *group;
}

template <class Groups>
std::vector<std::int64_t> ids_of(const Groups& groups) {
    std::vector<std::int64_t> ids;
    for (const auto& group : groups) ids.push_back(group.request.id);
    return ids;
}

}  // namespace
// SOLUTION END

// TODO(1.6): two pools and empty queues.
//   Traps:    0 .. 1 must refuse NaN too, and NaN is neither below 0 nor above 1. Look at the sizes before a pool is made of them.
Scheduler::Scheduler(const SchedulerOptions& options)
    : options_(options), gpu_(std::max(0, options.num_gpu_blocks)), cpu_(std::max(0, options.num_cpu_blocks)) {
    // SOLUTION BEGIN 1.6
    require_at_least(1, options.block_size, "block_size");
    require_at_least(0, options.num_gpu_blocks, "num_gpu_blocks");
    require_at_least(0, options.num_cpu_blocks, "num_cpu_blocks");
    require_at_least(0, options.max_sequences, "max_sequences");
    if (!(options.watermark >= 0 && options.watermark <= 1)) {
        throw std::invalid_argument("scheduler: the watermark is a share of the pool, 0 .. 1, got " +
                                    std::to_string(options.watermark));
    }
    // SOLUTION END
}

// TODO(1.6): the request goes to the end of the queue.
void Scheduler::add(const Request& request) {
    // SOLUTION BEGIN 1.6
    require_at_least(1, request.prompt_len, "prompt_len");
    require_at_least(1, request.max_new_tokens, "max_new_tokens");
    require_at_least(1, request.num_sequences, "num_sequences");
    if (!ids_.insert(request.id).second)
        throw std::invalid_argument("scheduler: there is a group " + std::to_string(request.id) + " already");
    waiting_.push_back({request, {}, {}, false});
    // SOLUTION END
}

// TODO(1.6): now, later or never.
//   Start:    `never` looks at the request and the options alone; `now` looks at what is free and what runs.
//   Ask:      why is it a mistake to answer `later` for a request that fits only in a pool without any other group?
//   Traps:    prompt_len + max_new_tokens may pass 2^31: compute in 64 bits. Ended sequences do not count as running.
Admission Scheduler::admission(const Request& request) const {
    // SOLUTION BEGIN 1.6
    const std::int64_t sequences = request.num_sequences;
    const std::int64_t most_tokens = std::int64_t{request.prompt_len} + request.max_new_tokens;
    const std::int64_t most_blocks = sequences * (ceil_div(most_tokens, options_.block_size) + 1);
    if (sequences > options_.max_sequences || most_blocks + watermark_blocks(options_) > options_.num_gpu_blocks)
        return Admission::never;
    std::int64_t running = 0;
    for (const Group& group : running_)
        running += std::count_if(group.num_tokens.begin(), group.num_tokens.end(), [](int n) { return n > 0; });
    const std::int64_t prompt_blocks = ceil_div(request.prompt_len, options_.block_size);
    const bool fits = leaves_watermark(prompt_blocks + sequences) && running + sequences <= options_.max_sequences;
    return fits ? Admission::now : Admission::later;
    // SOLUTION END
}

// TODO(1.6): whether the watermark stays free.
bool Scheduler::leaves_watermark(std::int64_t blocks) const {
    // SOLUTION BEGIN 1.6
    return blocks + watermark_blocks(options_) <= gpu_.num_free();
    // SOLUTION END
}

// TODO(1.6): the blocks of one more token for each unfinished sequence.
//   Ask:      four sequences share a last block with room. The first three copy it: what does the fourth do?
//   Traps:    asking each table by itself counts a copy too many for each shared block; then someone is preempted for nothing.
int Scheduler::blocks_to_append(const Group& group) const {
    // SOLUTION BEGIN 1.6
    int blocks = 0;
    std::vector<BlockId> with_room;  // the last block of each sequence that has room in it
    for (std::size_t s = 0; s < group.tables.size(); ++s) {
        if (group.num_tokens[s] == 0) continue;
        const BlockTable& table = group.tables[s];
        if (table.num_tokens() % options_.block_size == 0) {
            ++blocks;
        } else {
            with_room.push_back(table.blocks().back());
        }
    }
    // Of each block, all writers but the last one need a copy.
    std::sort(with_room.begin(), with_room.end());
    const auto distinct = std::unique(with_room.begin(), with_room.end()) - with_room.begin();
    return blocks + static_cast<int>(with_room.size()) - static_cast<int>(distinct);
    // SOLUTION END
}

// TODO(1.6): append, and tell the plan: the slots, the copies, the group that runs.
void Scheduler::append_one(Group& group, StepPlan& plan) {
    // SOLUTION BEGIN 1.6
    for (std::size_t s = 0; s < group.tables.size(); ++s) {
        if (group.num_tokens[s] == 0) continue;
        const std::optional<BlockCopy> copy = group.tables[s].append_copy_on_write(1, plan.slot_mapping);
        if (copy) plan.copies.push_back(*copy);
        ++group.num_tokens[s];
    }
    plan.running.push_back(group.request.id);
    // SOLUTION END
}

// TODO(1.6): the first waiting group runs: one table for the prompt, shared by all sequences.
//   Ask:      how many slots does a prompt of 5 tokens take for 3 sequences?
void Scheduler::admit_first(StepPlan& plan) {
    // SOLUTION BEGIN 1.6
    running_.splice(running_.end(), waiting_, waiting_.begin());
    Group& group = running_.back();
    const auto sequences = static_cast<std::size_t>(group.request.num_sequences);
    group.tables.reserve(sequences);
    group.tables.emplace_back(gpu_, options_.block_size).append(group.request.prompt_len, plan.slot_mapping);
    while (group.tables.size() < sequences) group.tables.push_back(group.tables.front().fork());
    group.num_tokens.assign(sequences, group.request.prompt_len + 1);
    plan.running.push_back(group.request.id);
    plan.admitted.push_back(group.request.id);
    // SOLUTION END
}

// TODO(1.6): the three rules, in order.
//   Start:    without preemption: append for the running groups, then admit. Add rule 1's `while`, and rule 2, when that works.
//   Ask:      which group can never be preempted while another one runs? Why does that keep everybody from waiting for ever?
//   Traps:    all of a group's blocks or none: look before the first sequence appends. The victim may be the group itself.
//             A group that was preempted in this step must not come back in it.
StepPlan Scheduler::step() {
    // SOLUTION BEGIN 1.6
    StepPlan plan;
    for (auto group = running_.begin(); group != running_.end();) {  // rule 1
        if (blocks_to_append(*group) <= gpu_.num_free()) {
            append_one(*group, plan);
            ++group;
            continue;
        }
        const bool itself = std::next(group) == running_.end();
        preempt_latest(plan);
        if (itself) break;
    }
    if (plan.preempted.empty()) {  // rule 2
        while (!preempted_.empty() && can_resume_first()) resume_first(plan);
    }
    while (preempted_.empty() && !waiting_.empty()) {  // rule 3
        const Request& request = waiting_.front().request;
        const Admission when = admission(request);
        if (when == Admission::later) break;
        if (when == Admission::now) {
            admit_first(plan);
        } else {
            plan.rejected.push_back(request.id);
            ids_.erase(request.id);
            waiting_.pop_front();
        }
    }
    return plan;
    // SOLUTION END
}

// TODO(1.6): a sequence ends, and perhaps its group.
//   Traps:    blocks that other sequences share stay; which call of yours sees to that?
void Scheduler::finish(std::int64_t id, int sequence) {
    // SOLUTION BEGIN 1.6
    Group& group = require_running(running_, id, sequence);
    int& num_tokens = group.num_tokens[static_cast<std::size_t>(sequence)];
    if (num_tokens == 0) {
        throw std::invalid_argument("scheduler: sequence " + std::to_string(sequence) + " of group " +
                                    std::to_string(id) + " has ended already");
    }
    group.tables[static_cast<std::size_t>(sequence)].free();
    num_tokens = 0;
    if (std::all_of(group.num_tokens.begin(), group.num_tokens.end(), [](int n) { return n == 0; })) {
        ids_.erase(id);
        running_.erase(find_group(running_, id));
    }
    // SOLUTION END
}

// TODO(1.6): who waits, who runs, who had to go.
std::vector<std::int64_t> Scheduler::waiting() const {
    // SOLUTION BEGIN 1.6
    return ids_of(waiting_);
    // SOLUTION END
}

std::vector<std::int64_t> Scheduler::running() const {
    // SOLUTION BEGIN 1.6
    return ids_of(running_);
    // SOLUTION END
}

std::vector<std::int64_t> Scheduler::preempted() const {
    // SOLUTION BEGIN 1.6
    return ids_of(preempted_);
    // SOLUTION END
}

// TODO(1.6): one sequence's table.
const BlockTable& Scheduler::table(std::int64_t id, int sequence) const {
    // SOLUTION BEGIN 1.6
    return require_running(running_, id, sequence).tables[static_cast<std::size_t>(sequence)];
    // SOLUTION END
}

}  // namespace wb
