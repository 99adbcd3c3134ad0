/// @file
/// Exercise 1.6: preemption and resumption of a group. The contract is chapters/01_paged_kv_cache/scheduler.hpp.
#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>

#include "scheduler.hpp"

namespace wb {

// TODO(1.6): the latest arrival goes: swapped, or dropped.
//   Start:    every table of the group is freed in the GPU pool either way. For a swap, first build its twin in the CPU pool.
//   Ask:      where in preempted_ does the group belong, so that the list stays in order of arrival? And in plan.preempted?
//   Traps:    a block that three sequences share is copied once and held by three tables there too. Count the distinct blocks
//             before the first is copied: a swap half done helps nobody. What a dropped group must remember is num_tokens.
void Scheduler::preempt_latest(StepPlan& plan) {
    throw wb::NotImplemented("1.6");
}

// TODO(1.6): whether the first preempted group's blocks, and one more for each sequence, leave the watermark free.
//   Traps:    a swapped group shares blocks, a dropped one will not. Ended sequences need none.
bool Scheduler::can_resume_first() const {
    throw wb::NotImplemented("1.6");
}

// TODO(1.6): the first preempted group runs again.
//   Ask:      how many slots does a swapped group of 2 sequences with 7 tokens each add to the plan? And a dropped one?
//   Traps:    an ended sequence stays ended. After this step every unfinished sequence has one token more to append.
void Scheduler::resume_first(StepPlan& plan) {
    throw wb::NotImplemented("1.6");
}

}  // namespace wb
