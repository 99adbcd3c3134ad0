/// @file
/// Exercise 1.8: the memory simulator. The contract, with its rules, is chapters/01_paged_kv_cache/simulator.hpp.
#include "simulator.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>

#include "block_share.hpp"
#include "buddy_allocator.hpp"

namespace wb {

// TODO(1.8): run a trace by the five rules of the header.
//   Start:    a queue of indices, a list of running requests, a loop over steps, and split_waste (1.7) for the measurement. That is
//             right, and fast enough for the judge. Then look at what your loop does in a step in which nothing happens.
//   Equation: n such steps from m tokens on: tokens n m + n (n - 1) / 2; slots of a paged request B * block_steps(m - 1, n, B).
//   Ask:      which is the next step in which something can happen? An arrival, an end, a block that is not there: how soon is each?
//             And why need a blocked head of the queue not be tried again before one of them?
//   Traps:    a preempted request keeps what it has generated. What finishes in a step holds its memory to that step's end. Blocks
//             are taken in the order of arrival, and while someone is preempted the list of the running gets shorter.
SimulationResult simulate(const SimulatorOptions& options, const std::vector<TraceRequest>& requests) {
    throw wb::NotImplemented("1.8");
}

}  // namespace wb
