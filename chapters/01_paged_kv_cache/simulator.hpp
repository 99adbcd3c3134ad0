/// @file
/// Exercise 1.8, third part: a server's memory, simulated. No keys, no values, no model: only who holds how many slots, step by
/// step. Time is counted in steps of the model, 0, 1, 2, ..; in a step each running request writes one token more. The rules:
///
/// In step t
/// 1. Requests with arrival <= t join the end of the queue, in order of arrival, of equals the one with the smaller index first.
/// 2. Paged only: the running requests, in order of arrival, each take a block if the token that they are about to write needs
///    one. While none is free for one, the *latest arrived* running request is preempted, be it that one itself: it gives all
///    its blocks back and waits at the head of the queue. What it generated is not lost; it is computed again with the prompt.
/// 3. The head of the queue is admitted while it fits; the first that does not fit stops the others.
///      contiguous  fits when the buddy allocator has a chunk for the rule's reservation (exercise 1.7)
///      paged       fits when the blocks for its tokens so far and the next, ceil((prompt + generated + 1) / block_size), leave
///                  the watermark's blocks free. (After a preemption nobody fits: the head held more blocks than are free now.)
/// 4. Every running request writes a token. Now the step is measured: a request in its k-th step holds prompt_len + k tokens.
/// 5. A request that has written its last token finishes: its memory is free from the next step on.
/// Steps in which nothing would run are skipped. It ends when every request has finished.
///
///     prompt 3, output 2, alone, arrival 0.5:   step 0: (skipped)   step 1: 4 tokens   step 2: 5 tokens, finishes
///
/// Between two events (an arrival, an end, a lack of blocks) each step is like the one before but for a token more in each request,
/// so a simulator that jumps from event to event gives the same numbers, and sooner. Walking step by step is right too.
/// What is left out, and matters on a real server: computing. A step takes as long with 7 requests as with 30, and a preempted
/// request's second prefill is free. Source: Kwon et al., SOSP 2023, sections 4.5 and 6.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "rivals.hpp"
#include "workload.hpp"

namespace wb {

/// Who manages the memory.
enum class KvSystem : std::uint8_t { orca_max, orca_pow2, orca_oracle, paged };

/// The server.
struct SimulatorOptions {
    KvSystem system = KvSystem::paged;  ///< whose memory manager it is
    int num_slots = 15728;              ///< of the pool: what 12 GiB hold of OPT-13B's tokens, 819,200 bytes each
    int max_len = 2048;                 ///< prompt and output together; what orca_max reserves
    int block_size = 16;      ///< paged: tokens in a block; the pool has num_slots / block_size blocks, rounded down
    double watermark = 0.01;  ///< paged: admissions leave std::ceil(watermark * blocks of the pool) blocks free
};

/// The members, in wire order.
inline auto fields(SimulatorOptions& o) {
    return std::tie(o.system, o.num_slots, o.max_len, o.block_size, o.watermark);
}

/// Sums over steps.
struct StepTotals {
    std::int64_t steps = 0;    ///< of decoding, each with one new token for every running sequence
    std::int64_t running = 0;  ///< running requests, so running / steps is the mean batch, and also the tokens written
    WasteSplit slots;          ///< total() is steps * num_slots
    bool operator==(const StepTotals&) const = default;

    /// Requests in the batch of a mean step; 0 when there was no step.
    [[nodiscard]] double mean_batch() const {
        return steps > 0 ? static_cast<double>(running) / static_cast<double>(steps) : 0;
    }
    /// The share of the pool that a sum of slots over steps is, e.g. share(totals.slots.tokens); 0 when there was no step.
    [[nodiscard]] double share(std::int64_t part) const {
        return slots.total() > 0 ? static_cast<double>(part) / static_cast<double>(slots.total()) : 0;
    }
};

/// The members, in wire order.
inline auto fields(StepTotals& totals) {
    return std::tie(totals.steps, totals.running, totals.slots);
}

/// When a request was in the cache.
struct RequestSteps {
    std::int64_t admitted = -1;  ///< the step of its first token
    std::int64_t finished = -1;  ///< the step of its last
    bool operator==(const RequestSteps&) const = default;
};

/// The members, in wire order.
inline auto fields(RequestSteps& steps) {
    return std::tie(steps.admitted, steps.finished);
}

/// What a simulation saw.
struct SimulationResult {
    StepTotals busy;  ///< steps in which something ran
    StepTotals
        saturated;  ///< of these, the steps with a request waiting after the admissions: there memory is what limits
    std::int64_t preemptions = 0;        ///< sequences that gave way to others
    std::vector<RequestSteps> requests;  ///< [requests], as given
};

/// The members, in wire order.
inline auto fields(SimulationResult& result) {
    return std::tie(result.busy, result.saturated, result.preemptions, result.requests);
}

/// Runs a trace to its end.
/// @param requests  in any order of arrival; none at all gives zeros
/// @throws std::invalid_argument  for num_slots < 0, max_len < 1, block_size < 1 or a watermark outside 0 .. 1 (NaN included); for a
///         request, naming its index, with an arrival outside 0 .. 2^53, a length below 1, prompt_len + output_len >
///         max_len, or one that could never be admitted or end: contiguous, when no empty pool has a chunk for it; paged, when
///         ceil((prompt_len + output_len) / block_size) blocks and the watermark are more than the pool has
SimulationResult simulate(const SimulatorOptions& options, const std::vector<TraceRequest>& requests);

}  // namespace wb
