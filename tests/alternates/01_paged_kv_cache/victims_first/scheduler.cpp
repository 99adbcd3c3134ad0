/// @file
/// Another scheduler: each step first reckons, in numbers alone, how many running groups can stay, then preempts the others,
/// then appends. Queues are searched with plain loops, admission is written as one inequality for each condition.
#include "scheduler.hpp"

#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

namespace wb {
namespace {

[[noreturn]] void refuse(const char* why) {
    throw std::invalid_argument(why);
}

long long blocks_for(long long tokens, int block_size) {
    return tokens / block_size + (tokens % block_size == 0 ? 0 : 1);
}

}  // namespace

Scheduler::Scheduler(const SchedulerOptions& options)
    : options_(options),
      gpu_(options.num_gpu_blocks < 0 ? 0 : options.num_gpu_blocks),
      cpu_(options.num_cpu_blocks < 0 ? 0 : options.num_cpu_blocks) {
    if (options.num_gpu_blocks < 0 || options.num_cpu_blocks < 0 || options.max_sequences < 0)
        refuse("a negative size");
    if (options.block_size <= 0) refuse("blocks of no tokens");
    if (std::isnan(options.watermark) || options.watermark < 0.0 || options.watermark > 1.0)
        refuse("no such watermark");
}

void Scheduler::add(const Request& request) {
    if (request.prompt_len < 1 || request.max_new_tokens < 1 || request.num_sequences < 1) refuse("a number below 1");
    if (ids_.count(request.id) != 0) refuse("an id that is taken");
    ids_.insert(request.id);
    waiting_.emplace_back();
    waiting_.back().request = request;
}

bool Scheduler::leaves_watermark(std::int64_t blocks) const {
    const double kept = std::ceil(options_.watermark * options_.num_gpu_blocks);
    return static_cast<double>(gpu_.num_free() - blocks) >= kept;
}

Admission Scheduler::admission(const Request& request) const {
    const long long sequences = request.num_sequences;
    const long long tokens =
        static_cast<long long>(request.prompt_len) + static_cast<long long>(request.max_new_tokens);
    const auto kept = static_cast<long long>(std::ceil(options_.watermark * options_.num_gpu_blocks));
    if (sequences > options_.max_sequences) return Admission::never;
    if (sequences * blocks_for(tokens, options_.block_size) + sequences + kept > options_.num_gpu_blocks)
        return Admission::never;
    long long after = sequences;
    for (const Group& group : running_) {
        for (const int tokens_of_one : group.num_tokens) after += tokens_of_one != 0;
    }
    if (after > options_.max_sequences) return Admission::later;
    return leaves_watermark(blocks_for(request.prompt_len, options_.block_size) + sequences) ? Admission::now
                                                                                             : Admission::later;
}

int Scheduler::blocks_to_append(const Group& group) const {
    std::map<BlockId, int> writers;  // of each last block with room
    int blocks = 0;
    for (std::size_t s = 0; s < group.tables.size(); ++s) {
        if (group.num_tokens[s] == 0) continue;
        if (group.tables[s].blocks_needed(1) == 1) {
            ++blocks;
        } else {
            ++writers[group.tables[s].blocks().back()];
        }
    }
    for (const auto& [block, count] : writers) blocks += count - 1;
    return blocks;
}

void Scheduler::append_one(Group& group, StepPlan& plan) {
    plan.running.push_back(group.request.id);
    for (std::size_t s = 0; s < group.tables.size(); ++s) {
        if (group.num_tokens[s] == 0) continue;
        if (const auto copy = group.tables[s].append_copy_on_write(1, plan.slot_mapping)) plan.copies.push_back(*copy);
        group.num_tokens[s] = group.tables[s].num_tokens() + 1;
    }
}

void Scheduler::admit_first(StepPlan& plan) {
    Group group = std::move(waiting_.front());
    waiting_.pop_front();
    BlockTable prompt(gpu_, options_.block_size);
    prompt.append(group.request.prompt_len, plan.slot_mapping);
    for (int s = 1; s < group.request.num_sequences; ++s) group.tables.push_back(prompt.fork());
    group.tables.push_back(std::move(prompt));
    group.num_tokens = std::vector<int>(group.tables.size(), group.request.prompt_len + 1);
    plan.running.push_back(group.request.id);
    plan.admitted.push_back(group.request.id);
    running_.push_back(std::move(group));
}

StepPlan Scheduler::step() {
    StepPlan plan;
    std::vector<const Group*> groups;
    for (const Group& group : running_) groups.push_back(&group);
    std::size_t staying = groups.size();
    int free = gpu_.num_free();
    for (std::size_t i = 0; i < staying; ++i) {
        const int needed = blocks_to_append(*groups[i]);
        while (i < staying && needed > free) {
            std::set<BlockId> given_up;
            for (const BlockTable& table : groups[--staying]->tables)
                given_up.insert(table.blocks().begin(), table.blocks().end());
            free += static_cast<int>(given_up.size());
        }
        if (i < staying) free -= needed;
    }
    while (running_.size() > staying) preempt_latest(plan);
    for (Group& group : running_) append_one(group, plan);

    while (plan.preempted.empty() && !preempted_.empty() && can_resume_first()) resume_first(plan);
    while (preempted_.empty() && !waiting_.empty()) {
        switch (admission(waiting_.front().request)) {
            case Admission::now:
                admit_first(plan);
                continue;
            case Admission::later:
                return plan;
            case Admission::never:
                plan.rejected.push_back(waiting_.front().request.id);
                ids_.erase(waiting_.front().request.id);
                waiting_.pop_front();
        }
    }
    return plan;
}

void Scheduler::finish(std::int64_t id, int sequence) {
    for (auto group = running_.begin(); group != running_.end(); ++group) {
        if (group->request.id != id) continue;
        const auto s = static_cast<std::size_t>(sequence);
        if (sequence < 0 || s >= group->tables.size() || group->num_tokens[s] == 0) refuse("no such sequence runs");
        group->tables[s].free();
        group->num_tokens[s] = 0;
        for (const int tokens : group->num_tokens) {
            if (tokens != 0) return;
        }
        ids_.erase(id);
        running_.erase(group);
        return;
    }
    refuse("no such group runs");
}

std::vector<std::int64_t> Scheduler::waiting() const {
    std::vector<std::int64_t> ids;
    for (const Group& group : waiting_) ids.push_back(group.request.id);
    return ids;
}

std::vector<std::int64_t> Scheduler::running() const {
    std::vector<std::int64_t> ids;
    for (const Group& group : running_) ids.push_back(group.request.id);
    return ids;
}

std::vector<std::int64_t> Scheduler::preempted() const {
    std::vector<std::int64_t> ids;
    for (const Group& group : preempted_) ids.push_back(group.request.id);
    return ids;
}

const BlockTable& Scheduler::table(std::int64_t id, int sequence) const {
    for (const Group& group : running_) {
        if (group.request.id != id) continue;
        if (sequence < 0 || sequence >= group.request.num_sequences) break;
        return group.tables[static_cast<std::size_t>(sequence)];
    }
    refuse("no such sequence runs");
}

}  // namespace wb
