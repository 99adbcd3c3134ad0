/// @file
/// What the tests may ask of exercises 1.1 to 1.4. Classes are driven by traces: a list of operations, which the given drivers
/// in block_bindings.cpp apply to the submission's class, and a snapshot after each.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "block_allocator.hpp"
#include "probe/probe.hpp"

namespace wb::probes {

/// One operation on a BlockAllocator. A block is named by the operation that allocated it, or by its number.
struct AllocatorOp {
    enum class Kind : std::uint8_t { allocate, add_reference, release };
    Kind kind = Kind::allocate;
    int allocated_by = -1;  ///< index in the trace; -1: `block` is meant
    BlockId block = 0;
};
inline auto fields(AllocatorOp& op) {
    return std::tie(op.kind, op.allocated_by, op.block);
}

/// How an operation ended.
enum class Outcome : std::uint8_t { done, out_of_blocks, invalid_argument, out_of_range, other_exception };

/// What an allocator looks like after one operation.
struct AllocatorSnapshot {
    Outcome outcome = Outcome::done;
    std::string message;  ///< of the exception
    BlockId block = -1;   ///< that was allocated, or meant
    int num_free = 0;
    std::vector<int> ref_counts;  ///< [num_blocks]
};
inline auto fields(AllocatorSnapshot& snapshot) {
    return std::tie(snapshot.outcome, snapshot.message, snapshot.block, snapshot.num_free, snapshot.ref_counts);
}

/// num_blocks, trace -> a snapshot after each operation
inline const Probe<std::vector<AllocatorSnapshot>(int, std::vector<AllocatorOp>)> allocator_trace{
    "1.1/allocator_trace"};

}  // namespace wb::probes
