/// @file
/// Oracle of exercise 1.6: who runs, who is admitted, who is preempted at each step of a workload, by the rules in the contract.
/// It has no allocator, no tables and no reference counts: a sequence is a list of tags, equal tags being one block, and what
/// is free is the pool minus the number of different tags. Independent of solutions/; the contract's plain types are shared.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scheduler.hpp"

namespace wb::oracle {

/// One request, when it comes and how many tokens each of its sequences generates.
struct RequestArrival {
    int step = 0;
    Request request;
    std::vector<int> lengths;
};

/// What one step decides. Ids in order of arrival.
struct StepDecision {
    std::vector<std::int64_t> running, admitted, resumed, preempted, rejected;
    int slots = 0;                                    ///< tokens that are computed
    int swapped_out = 0, swapped_in = 0, copied = 0;  ///< blocks
    int gpu_free = 0, cpu_free = 0;                   ///< after step(), before sequences end
};

/// Mistakes that decide differently.
struct SchedulerFlaws {
    bool watermark_on_append = false;
    bool no_watermark_on_resumption = false;
    bool no_watermark_on_admission = false;
    bool no_block_more = false;  ///< admission and resumption ask for no block beyond what they take
    bool admits_while_preempted = false;
    bool skips_what_does_not_fit = false;          ///< admission goes on to later requests
    bool copy_for_every_sharer = false;            ///< h instead of h - 1
    bool shared_blocks_swapped_once_each = false;  ///< for each sequence that shares them
    bool groups_are_recomputed = false;            ///< with the policy recompute, also those of several sequences
    bool ended_sequences_count = false;            ///< for max_sequences
};

/// Serves the workload to its end, or for most_steps.
std::vector<StepDecision> serve(const SchedulerOptions& options, const std::vector<RequestArrival>& arrivals,
                                int most_steps, const SchedulerFlaws& flaws = {});

}  // namespace wb::oracle
