/// @file
/// How long two models take, measured side by side: a run of one, a run of the other, again and again, so that whatever else the machine
/// does falls on both. Given code, for the demo `prune`.
#pragma once

#include <cstddef>

#include "pruning_task.hpp"

namespace wb::demo {

/// Medians over the rounds.
struct Latency {
    double before = 0, after = 0;  ///< seconds
    double ratio = 0;              ///< the median of after / before of each round: what is left of the time
};

/// Whole forward passes of `samples` samples: both models `rounds` times, alternately, on one thread, after one round that does not count.
Latency whole_latency(const Task& before, const Task& after, std::size_t samples, std::size_t rounds);

/// The same of the attention modules alone, each on random numbers of its task's lengths.
Latency attention_latency(const Task& before, const Task& after, std::size_t samples, std::size_t rounds);

/// What all attention modules of a task cost together, for one sample: exercise 3.6's count.
struct AttentionTotals {
    double parameters = 0, flops = 0, bytes = 0;
};
AttentionTotals attention_totals(const Task& task);

}  // namespace wb::demo
