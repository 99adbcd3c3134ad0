/// @file
/// Exercise 1.6: preemption and resumption of a group. The contract is chapters/01_paged_kv_cache/scheduler.hpp.
#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>

#include "scheduler.hpp"

namespace wb {
// SOLUTION BEGIN 1.6 removed
namespace {

int count_unfinished(const std::vector<int>& num_tokens) {
    return static_cast<int>(std::count_if(num_tokens.begin(), num_tokens.end(), [](int n) { return n > 0; }));
}

/// How many blocks the tables hold, each counted once.
int count_distinct(const std::vector<BlockTable>& tables) {
    std::set<BlockId> distinct;
    for (const BlockTable& table : tables) distinct.insert(table.blocks().begin(), table.blocks().end());
    return static_cast<int>(distinct.size());
}

/// Moves tables to another pool, in place. Each block is copied once, and shared there as it was here.
void move_tables(std::vector<BlockTable>& tables, BlockAllocator& to, std::vector<BlockCopy>& copies) {
    std::unordered_map<BlockId, BlockId> moved;  // a block here to its copy there
    for (BlockTable& table : tables) {
        std::vector<BlockId> blocks;
        for (const BlockId block : table.blocks()) {
            const auto known = moved.find(block);
            if (known == moved.end()) {
                blocks.push_back(moved[block] = to.allocate());
                copies.push_back({block, blocks.back()});
            } else {
                to.add_reference(known->second);
                blocks.push_back(known->second);
            }
        }
        BlockTable there(to, table.block_size(), std::move(blocks), table.num_tokens());
        table.free();
        table = std::move(there);
    }
}

}  // namespace
// SOLUTION END

// TODO(1.6): the latest arrival goes: swapped, or dropped.
//   Start:    every table of the group is freed in the GPU pool either way. For a swap, first build its twin in the CPU pool.
//   Ask:      where in preempted_ does the group belong, so that the list stays in order of arrival? And in plan.preempted?
//   Traps:    a block that three sequences share is copied once and held by three tables there too. Count the distinct blocks
//             before the first is copied: a swap half done helps nobody. What a dropped group must remember is num_tokens.
void Scheduler::preempt_latest(StepPlan& plan) {
    // SOLUTION BEGIN 1.6
    preempted_.splice(preempted_.begin(), running_, std::prev(running_.end()));
    Group& group = preempted_.front();
    const bool wants_swap = options_.preemption == Preemption::swap || count_unfinished(group.num_tokens) > 1;
    group.swapped = wants_swap && count_distinct(group.tables) <= cpu_.num_free();
    if (group.swapped) {
        move_tables(group.tables, cpu_, plan.swap_out);
    } else {
        for (BlockTable& table : group.tables) table.free();
    }
    plan.preempted.insert(plan.preempted.begin(), group.request.id);
    // SOLUTION END
}

// TODO(1.6): whether the first preempted group's blocks, and one more for each sequence, leave the watermark free.
//   Traps:    a swapped group shares blocks, a dropped one will not. Ended sequences need none.
bool Scheduler::can_resume_first() const {
    // SOLUTION BEGIN 1.6
    const Group& group = preempted_.front();
    std::int64_t blocks = count_unfinished(group.num_tokens);
    if (group.swapped) {
        blocks += count_distinct(group.tables);
    } else {
        for (const int n : group.num_tokens) blocks += (n + options_.block_size - 1) / options_.block_size;
    }
    return leaves_watermark(blocks);
    // SOLUTION END
}

// TODO(1.6): the first preempted group runs again.
//   Ask:      how many slots does a swapped group of 2 sequences with 7 tokens each add to the plan? And a dropped one?
//   Traps:    an ended sequence stays ended. After this step every unfinished sequence has one token more to append.
void Scheduler::resume_first(StepPlan& plan) {
    // SOLUTION BEGIN 1.6
    running_.splice(running_.end(), preempted_, preempted_.begin());
    Group& group = running_.back();
    plan.resumed.push_back(group.request.id);
    if (group.swapped) {
        group.swapped = false;
        move_tables(group.tables, gpu_, plan.swap_in);
        append_one(group, plan);
        return;
    }
    for (std::size_t s = 0; s < group.tables.size(); ++s) {
        if (group.num_tokens[s] == 0) continue;
        group.tables[s].append(group.num_tokens[s], plan.slot_mapping);
        ++group.num_tokens[s];
    }
    plan.running.push_back(group.request.id);
    // SOLUTION END
}

}  // namespace wb
