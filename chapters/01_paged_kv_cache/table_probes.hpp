/// @file
/// What the tests may ask of exercises 1.2 and 1.3: traces over several block tables of one pool (driver: table_bindings.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "block_table.hpp"
#include "outcome.hpp"
#include "pool_snapshot.hpp"
#include "probe/probe.hpp"

namespace wb::probes {

/// One operation on a block table. Tables are numbered from 0 in order of creation, by `create`, `take_over` and `fork`.
struct TableOp {
    enum class Kind : std::uint8_t {
        create,     ///< an empty table
        take_over,  ///< a table over `blocks` fresh blocks, said to hold `count` tokens
        append,     ///< `count` tokens
        free,
        slot,           ///< of the token at position `count`
        blocks_needed,  ///< by `count` tokens
        fork,
        append_copy_on_write,         ///< `count` tokens
        blocks_needed_copy_on_write,  ///< by `count` tokens
    };
    Kind kind = Kind::create;
    int table = 0;
    int count = 0;
    int blocks = 0;
};
inline auto fields(TableOp& op) {
    return std::tie(op.kind, op.table, op.count, op.blocks);
}

/// What one operation did, and what its table looks like now; for `fork`, the new table.
struct TableSnapshot {
    Outcome outcome = Outcome::done;
    std::string message;             ///< of the exception
    std::vector<Slot> slot_mapping;  ///< earlier_slot, and what the operation appended
    std::optional<BlockCopy> copy;   ///< that append_copy_on_write returned
    Slot result = 0;                 ///< of slot, blocks_needed and blocks_needed_copy_on_write
    std::vector<BlockId> blocks;
    int num_tokens = 0;
    PoolSnapshot pool;
};
inline auto fields(TableSnapshot& s) {
    return std::tie(s.outcome, s.message, s.slot_mapping, s.copy, s.result, s.blocks, s.num_tokens, s.pool);
}

/// The pool's size, tokens in a block, trace -> a snapshot after each operation.
/// Two names, so that a failure names the exercise: table_trace for 1.2, sharing_trace for 1.3.
using TableTrace = Probe<std::vector<TableSnapshot>(int, int, std::vector<TableOp>)>;
inline const TableTrace table_trace{"1.2/table_trace"};
inline const TableTrace sharing_trace{"1.3/sharing_trace"};

}  // namespace wb::probes
