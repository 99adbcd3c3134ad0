/// @file
/// What the tests may ask of exercise 1.5: hashes of many blocks at once, and traces over one cache and the sequences that
/// use it (driver: cache_driver.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "outcome.hpp"
#include "pool_snapshot.hpp"
#include "prefix_cache.hpp"
#include "probe/probe.hpp"

namespace wb::probes {

/// One operation. Sequences are numbered from 0 in order of creation by `match` and `start`, whether these succeed or not.
struct CacheOp {
    enum class Kind : std::uint8_t {
        match,      ///< a sequence whose table holds what match(tokens) found, and nothing else
        start,      ///< a sequence by start_sequence(tokens)
        append,     ///< `number` tokens to the table of `sequence`
        insert,     ///< insert(tokens, the table's blocks)
        free,       ///< the table of `sequence`
        make_room,  ///< make_room(number)
    };
    Kind kind = Kind::match;
    int sequence = 0;
    int number = 0;
    std::vector<int> tokens;
};
inline auto fields(CacheOp& op) {
    return std::tie(op.kind, op.sequence, op.number, op.tokens);
}

/// What one operation did, and what the world looks like now.
struct CacheSnapshot {
    Outcome outcome = Outcome::done;
    std::string message;             ///< of the exception
    std::vector<Slot> slot_mapping;  ///< of start and append: earlier_slot, and what was appended
    int result = 0;                  ///< of match: num_tokens; of make_room: how many were evicted
    std::vector<BlockId> blocks;     ///< of the sequence's table
    int num_tokens = 0;              ///< of the sequence's table
    int num_cached = 0, num_evictable = 0;
    PoolSnapshot pool;
};
inline auto fields(CacheSnapshot& s) {
    return std::tie(s.outcome, s.message, s.slot_mapping, s.result, s.blocks, s.num_tokens, s.num_cached,
                    s.num_evictable, s.pool);
}

/// parents [n], tokens [n * block_size], block_size -> the hash of each block
inline const Probe<std::vector<BlockHash>(std::vector<BlockHash>, std::vector<int>, int)> hash_blocks{
    "1.5/hash_blocks"};
/// The pool's size, tokens in a block, trace -> a snapshot after each operation
inline const Probe<std::vector<CacheSnapshot>(int, int, std::vector<CacheOp>)> cache_trace{"1.5/cache_trace"};
/// block_size -> whether a cache of it could be made
inline const Probe<bool(int)> make_cache{"1.5/make_cache"};

}  // namespace wb::probes
