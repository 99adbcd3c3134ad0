/// @file
/// Driver of exercise 1.5: applies a trace to the submission's PrefixCache and takes a snapshot after each operation.
#include "cache_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

using probes::CacheOp;
using probes::CacheSnapshot;

std::vector<BlockHash> run_hash_blocks(const std::vector<BlockHash>& parents, const std::vector<int>& tokens,
                                       int block_size) {
    std::vector<BlockHash> hashes;
    const std::span<const int> all(tokens);
    for (std::size_t i = 0; i < parents.size(); ++i) {
        const auto size = static_cast<std::size_t>(block_size);
        hashes.push_back(hash_block(parents[i], all.subspan(i * size, size)));
    }
    return hashes;
}

/// One pool, one cache, and the sequences that use them.
struct World {
    World(int num_blocks, int size) : allocator(num_blocks), cache(allocator, size), block_size(size) {}
    BlockAllocator allocator;
    PrefixCache cache;
    int block_size;
    std::vector<BlockTable> tables;
};

void apply(World& world, const CacheOp& op, std::size_t table, CacheSnapshot& snapshot) {
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

std::vector<CacheSnapshot> run_cache_trace(int num_blocks, int block_size, const std::vector<CacheOp>& trace) {
    World world(num_blocks, block_size);
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

bool run_make_cache(int block_size) {
    BlockAllocator allocator(1);
    const PrefixCache cache(allocator, block_size);
    return cache.num_cached() == 0;
}

}  // namespace

WB_BIND(cache) {
    worker.bind(probes::hash_blocks, &run_hash_blocks);
    worker.bind(probes::cache_trace, &run_cache_trace);
    worker.bind(probes::make_cache, &run_make_cache);
}

}  // namespace wb
