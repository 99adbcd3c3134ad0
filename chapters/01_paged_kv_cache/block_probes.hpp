/// @file
/// What the tests may ask of exercise 1.1. Classes are driven by traces: a list of operations, which a given driver
/// (block_bindings.cpp) applies to the submission's class, and a snapshot after each.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "block_allocator.hpp"
#include "outcome.hpp"
#include "pool_snapshot.hpp"
#include "probe/probe.hpp"

namespace wb::probes {

/// One operation on a BlockAllocator. A block is named by the operation that allocated it, or by its number.
struct AllocatorOp {
    enum class Kind : std::uint8_t { allocate, add_reference, release, ref_count };
    Kind kind = Kind::allocate;
    int allocated_by = -1;  ///< index in the trace; -1: `block` is meant
    BlockId block = 0;
};
inline auto fields(AllocatorOp& op) {
    return std::tie(op.kind, op.allocated_by, op.block);
}

/// What an allocator looks like after one operation.
struct AllocatorSnapshot {
    Outcome outcome = Outcome::done;
    std::string message;  ///< of the exception
    BlockId block = -1;   ///< that was allocated, or meant
    int result = 0;       ///< of release and ref_count
    PoolSnapshot pool;
};
inline auto fields(AllocatorSnapshot& snapshot) {
    return std::tie(snapshot.outcome, snapshot.message, snapshot.block, snapshot.result, snapshot.pool);
}

/// num_blocks, trace -> a snapshot after each operation
inline const Probe<std::vector<AllocatorSnapshot>(int, std::vector<AllocatorOp>)> allocator_trace{
    "1.1/allocator_trace"};

}  // namespace wb::probes
