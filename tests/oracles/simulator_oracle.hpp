/// @file
/// A server's memory, walked token by token: every step is looked at, and nothing is carried from step to step that can be
/// counted anew (the blocks in use, the free chunks, the waste). For small traces only. Also what known mistakes give; all flaws
/// false: right. Shares no code with solutions/.
#pragma once

#include <vector>

#include "simulator.hpp"

namespace wb::oracle {

/// Mistakes of a simulator, one at a time.
struct SimulatorFlaws {
    bool overtakes = false;               ///< a later request that fits is admitted past the blocked head
    bool no_watermark = false;            ///< admissions take the last block
    bool watermark_on_append = false;     ///< appends leave the watermark free too
    bool preempts_the_earliest = false;   ///< the longest in the cache goes first
    bool preempted_to_the_back = false;   ///< it waits behind everybody
    bool preempted_starts_over = false;   ///< what it generated is lost
    bool first_token_later = false;       ///< the prompt takes a step of its own: prompt_len + k - 1 tokens in step k
    bool arrives_a_step_early = false;    ///< an arrival at 1.5 is seen in step 1
    bool latest_of_equals_first = false;  ///< of equal arrivals, the larger index first
    bool chunk_is_internal = false;       ///< the rounding of a chunk counts as internal waste
    bool one_step_longer = false;         ///< memory is kept for one step more
};

SimulationResult simulate(const SimulatorOptions& options, const std::vector<TraceRequest>& requests,
                          const SimulatorFlaws& flaws = {});

}  // namespace wb::oracle
