/// @file
/// Preemption of the other scheduler: the order of the copies is that of the blocks' numbers.
#include <map>

#include "scheduler.hpp"

namespace wb {
namespace {

/// Each block of the tables and how many of them hold it.
std::map<BlockId, int> holders(const std::vector<BlockTable>& tables) {
    std::map<BlockId, int> count;
    for (const BlockTable& table : tables) {
        for (const BlockId block : table.blocks()) ++count[block];
    }
    return count;
}

std::vector<BlockTable> twins(const std::vector<BlockTable>& tables, BlockAllocator& pool,
                              std::vector<BlockCopy>& copies) {
    std::map<BlockId, BlockId> twin;
    for (const auto& [block, count] : holders(tables)) {
        twin[block] = pool.allocate();
        for (int i = 1; i < count; ++i) pool.add_reference(twin[block]);
        copies.push_back({block, twin[block]});
    }
    std::vector<BlockTable> result;
    for (const BlockTable& table : tables) {
        std::vector<BlockId> blocks = table.blocks();
        for (BlockId& block : blocks) block = twin[block];
        result.emplace_back(pool, table.block_size(), std::move(blocks), table.num_tokens());
    }
    return result;
}

void free_all(std::vector<BlockTable>& tables) {
    for (BlockTable& table : tables) table.free();
}

}  // namespace

void Scheduler::preempt_latest(StepPlan& plan) {
    Group group = std::move(running_.back());
    running_.pop_back();
    int unfinished = 0;
    for (const int tokens : group.num_tokens) unfinished += tokens > 0;
    group.swapped = (unfinished > 1 || options_.preemption == Preemption::swap) &&
                    static_cast<int>(holders(group.tables).size()) <= cpu_.num_free();
    std::vector<BlockTable> left;  // what stays of the group: its twins in the CPU pool, or empty tables
    if (group.swapped) {
        left = twins(group.tables, cpu_, plan.swap_out);
    } else {
        for (std::size_t s = 0; s < group.tables.size(); ++s) left.emplace_back(gpu_, options_.block_size);
    }
    free_all(group.tables);
    group.tables = std::move(left);
    plan.preempted.insert(plan.preempted.begin(), group.request.id);
    preempted_.push_front(std::move(group));
}

bool Scheduler::can_resume_first() const {
    const Group& group = preempted_.front();
    std::int64_t blocks = group.swapped ? static_cast<std::int64_t>(holders(group.tables).size()) : 0;
    for (const int tokens : group.num_tokens) {
        if (tokens == 0) continue;
        blocks += 1;
        if (!group.swapped) blocks += (tokens - 1) / options_.block_size + 1;
    }
    return leaves_watermark(blocks);
}

void Scheduler::resume_first(StepPlan& plan) {
    Group group = std::move(preempted_.front());
    preempted_.pop_front();
    plan.resumed.push_back(group.request.id);
    if (group.swapped) {
        std::vector<BlockTable> back = twins(group.tables, gpu_, plan.swap_in);
        free_all(group.tables);
        group.tables = std::move(back);
        group.swapped = false;
        append_one(group, plan);
    } else {
        plan.running.push_back(group.request.id);
        for (std::size_t s = 0; s < group.tables.size(); ++s) {
            group.tables[s].append(group.num_tokens[s], plan.slot_mapping);
            if (group.num_tokens[s] > 0) ++group.num_tokens[s];
        }
    }
    running_.push_back(std::move(group));
}

}  // namespace wb
