/// @file
/// What the tests may ask of exercise 1.7. The buddy allocator is driven by traces, applied in rival_bindings.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "buddy_allocator.hpp"
#include "outcome.hpp"
#include "probe/probe.hpp"
#include "rivals.hpp"

namespace wb::probes {

/// One operation on a BuddyAllocator.
struct BuddyOp {
    enum class Kind : std::uint8_t {
        allocate,         ///< `value` slots
        free_chunk_of,    ///< the chunk that operation `value` of the trace was given
        free_at,          ///< whatever starts at slot `value`
        list_free_chunks  ///< the snapshot gains them
    };
    Kind kind = Kind::allocate;
    int value = 0;
};
inline auto fields(BuddyOp& op) {
    return std::tie(op.kind, op.value);
}

/// What the allocator looks like after one operation.
struct BuddySnapshot {
    Outcome outcome = Outcome::done;
    std::string message;  ///< of the exception
    bool has_chunk = false;
    Chunk chunk;  ///< that was allocated, if any
    int num_free = 0, largest_free = 0;
    std::vector<Chunk> free_chunks;  ///< where they were asked for
};
inline auto fields(BuddySnapshot& s) {
    return std::tie(s.outcome, s.message, s.has_chunk, s.chunk, s.num_free, s.largest_free, s.free_chunks);
}

/// num_slots, trace -> a snapshot before the first operation and after each
inline const Probe<std::vector<BuddySnapshot>(int, std::vector<BuddyOp>)> buddy_trace{"1.7/buddy_trace"};

/// rule, prompt_len, output_len, max_len -> slots
inline const Probe<int(ReservationRule, int, int, int)> reserved_slots{"1.7/reserved_slots"};

/// holdings, num_slots
inline const Probe<WasteSplit(std::vector<Holding>, int)> split_waste{"1.7/split_waste"};

}  // namespace wb::probes
