/// @file
/// What a pool of KV blocks looks like after an operation: part of every snapshot of a trace. As large as the pool, however
/// long the trace.
#pragma once

#include <tuple>
#include <vector>

#include "block_allocator.hpp"
#include "block_table.hpp"

namespace wb::probes {

/// What lies in slot_mapping before an operation appends to it: what is there must stay.
inline constexpr Slot earlier_slot = -1;

/// An allocator as it looks from outside.
struct PoolSnapshot {
    int num_blocks = 0;           ///< of the whole pool
    int num_free = 0;             ///< that anyone may have
    std::vector<int> ref_counts;  ///< [blocks that the pool was made with]
};
/// The members, in wire order.
inline auto fields(PoolSnapshot& pool) {
    return std::tie(pool.num_blocks, pool.num_free, pool.ref_counts);
}

/// @param size  blocks that the pool was made with: num_blocks() is the submission's own word for it
inline PoolSnapshot snapshot_of(const BlockAllocator& allocator, int size) {
    PoolSnapshot pool{allocator.num_blocks(), allocator.num_free(), {}};
    for (BlockId block = 0; block < size; ++block) pool.ref_counts.push_back(allocator.ref_count(block));
    return pool;
}

}  // namespace wb::probes
