/// @file
/// Driver of exercise 1.5: applies a trace to a PrefixCache and takes a snapshot after each operation. The worker runs it on a
/// submission; the full workbook also on the solution, under sanitizers.
#pragma once

#include <utility>
#include <vector>

#include "cache_probes.hpp"

namespace wb::drivers {

using probes::CacheOp;
using probes::CacheSnapshot;

/// One pool, one cache, and the sequences that use them.
struct CacheWorld {
    CacheWorld(int num_blocks, int size) : allocator(num_blocks), cache(allocator, size), block_size(size) {}
    BlockAllocator allocator;
    PrefixCache cache;
    int block_size;
    std::vector<BlockTable> tables;
};

inline void apply(CacheWorld& world, const CacheOp& op, std::size_t table, CacheSnapshot& snapshot) {
    switch (op.kind) {
        case CacheOp::Kind::match: {
            PrefixMatch match = world.cache.match(op.tokens);
            snapshot.result = match.num_tokens;
            const int held = static_cast<int>(match.blocks.size()) * world.block_size;
            world.tables[table] = BlockTable(world.allocator, world.block_size, std::move(match.blocks), held);
            break;
        }
        case CacheOp::Kind::start:
            world.tables[table] = world.cache.start_sequence(op.tokens, snapshot.slot_mapping);
            break;
        case CacheOp::Kind::append:
            world.tables[table].append(op.number, snapshot.slot_mapping);
            break;
        case CacheOp::Kind::insert:
            world.cache.insert(op.tokens, world.tables[table].blocks());
            break;
        case CacheOp::Kind::free:
            world.tables[table].free();
            break;
        case CacheOp::Kind::make_room:
            snapshot.result = world.cache.make_room(op.number);
            break;
    }
}

inline std::vector<CacheSnapshot> run_cache_trace(int num_blocks, int block_size, const std::vector<CacheOp>& trace) {
    CacheWorld world(num_blocks, block_size);
    std::vector<CacheSnapshot> snapshots;
    for (const CacheOp& op : trace) {
        CacheSnapshot snapshot;
        snapshot.slot_mapping = {probes::earlier_slot};
        auto table = static_cast<std::size_t>(op.sequence);
        if (op.kind == CacheOp::Kind::match || op.kind == CacheOp::Kind::start) {
            table = world.tables.size();
            world.tables.emplace_back(world.allocator, block_size);
        }
        snapshot.outcome = probes::outcome_of([&] { apply(world, op, table, snapshot); }, snapshot.message);
        if (op.kind != CacheOp::Kind::make_room) {
            snapshot.blocks = world.tables.at(table).blocks();
            snapshot.num_tokens = world.tables.at(table).num_tokens();
        }
        snapshot.num_cached = world.cache.num_cached();
        snapshot.num_evictable = world.cache.num_evictable();
        snapshot.pool = probes::snapshot_of(world.allocator, num_blocks);
        snapshots.push_back(std::move(snapshot));
    }
    return snapshots;
}

}  // namespace wb::drivers
